/** The page of the emulator: asks for its state, again and again, and turns its knobs. */

import { call } from "./control.js";
import { byId, write } from "./dom.js";
import { prepareForm, showFaults } from "./faults.js";
import { showRuns } from "./runs.js";

const INTERVAL_MS = 500;

let isFrozen = false;
let asking = 0;

async function look() {
  const mine = ++asking;
  try {
    const state = await call("/state");
    // What was asked later knows better.
    if (mine === asking) show(state);
    connected(true);
  } catch {
    connected(false);
  }
}

/** @param {any} state */
function show({ clock, runs, tasks, faults, alertsWaiting }) {
  isFrozen = clock.isFrozen;
  byId("time").dateTime = clock.now;
  write(byId("time"), clock.now.replace("T", " ").slice(0, 19));
  byId("frozen").hidden = !isFrozen;
  write(byId("freeze"), isFrozen ? "Release" : "Freeze");
  showRuns(runs, tasks, Date.parse(clock.now), (run) =>
    act(() => call(`/runs/${encodeURIComponent(run)}/cancel`, "POST")),
  );
  showFaults(faults, (fault) => act(() => call(`/faults/${fault}`, "DELETE")));
  byId("alerts").hidden = alertsWaiting === 0;
  write(byId("alerts"), `${alertsWaiting} alerts wait for their delivery`);
}

/** @param {boolean} is */
function connected(is) {
  const sign = byId("connection");
  sign.dataset.state = is ? "live" : "lost";
  write(sign, is ? "Live" : "The emulator does not answer");
}

/** @param {() => Promise<unknown>} order */
async function act(order) {
  const problem = byId("problem");
  try {
    await order();
    problem.hidden = true;
  } catch (error) {
    problem.textContent = error instanceof Error ? error.message : String(error);
    problem.hidden = false;
  }
  await look();
}

const turnClock = () => act(() => call("/clock", "POST", { [isFrozen ? "release" : "freeze"]: true }));

byId("freeze").addEventListener("click", turnClock);
for (const button of document.querySelectorAll("[data-advance]")) {
  const seconds = Number(/** @type {HTMLElement} */ (button).dataset.advance);
  button.addEventListener("click", () => act(() => call("/clock", "POST", { advance: seconds })));
}
byId("clear").addEventListener("click", () => act(() => call("/faults", "DELETE")));
prepareForm((fault) => act(() => call("/faults", "POST", fault)));

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (target.matches("input, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "f") void turnClock();
  else if (event.key === "n") byId("kind").focus();
  else return;
  event.preventDefault();
});

async function keepLooking() {
  if (!document.hidden) await look();
  setTimeout(keepLooking, INTERVAL_MS);
}
void keepLooking();
