/** The table of runs: rows stay the same elements, so that the focus stays in them. */

import { byId, element, write } from "./dom.js";

/** @type {Map<string, HTMLTableRowElement>} */
const rows = new Map();

/**
 * @param {any[]} runs From the newest.
 * @param {string[]} tasks
 * @param {number} now In ms.
 * @param {(run: string) => void} cancel
 */
export function showRuns(runs, tasks, now, cancel) {
  const body = byId("run-rows");
  const shown = new Set(runs.map((run) => run.id));
  for (const [id, row] of rows) {
    if (shown.has(id)) continue;
    row.remove();
    rows.delete(id);
  }
  runs.forEach((run, index) => {
    const row = rows.get(run.id) ?? makeRow(run, cancel);
    rows.set(run.id, row);
    update(row, run, now);
    if (body.children[index] !== row) body.insertBefore(row, body.children[index] ?? null);
  });
  byId("runs").hidden = runs.length === 0;
  byId("runs").ariaBusy = "false";
  byId("no-runs").hidden = runs.length > 0;
  write(byId("tasks"), tasks.join(", "));
}

/**
 * @param {any} run
 * @param {(run: string) => void} cancel
 */
function makeRow(run, cancel) {
  const button = element(
    "button",
    { type: "button", "aria-label": `Cancel ${run.task} ${run.id}` },
    "Cancel",
  );
  button.addEventListener("click", () => cancel(run.id));
  const row = /** @type {HTMLTableRowElement} */ (
    element(
      "tr",
      { "data-run": run.id },
      element("td", {}, element("span", { class: "status" })),
      element("td", {}, run.task, element("span", { class: "progress" })),
      element("td", { class: "id" }, run.id),
      element("td", { class: "number attempt" }),
      element("td", { class: "number age" }),
      element("td", { class: "number" }, button),
    )
  );
  return row;
}

/**
 * @param {HTMLTableRowElement} row
 * @param {any} run
 * @param {number} now
 */
function update(row, run, now) {
  const status = /** @type {HTMLElement} */ (row.querySelector(".status"));
  status.dataset.status = run.status;
  status.classList.toggle("is-terminal", run.isTerminal);
  write(status, run.status);
  const told = /** @type {HTMLElement} */ (row.querySelector(".progress"));
  write(told, run.progress ?? "");
  told.hidden = !run.progress;
  write(/** @type {Element} */ (row.querySelector(".attempt")), String(run.attempt));
  write(/** @type {Element} */ (row.querySelector(".age")), age(now - Date.parse(run.createdAt)));
  const button = /** @type {HTMLElement} */ (row.querySelector("button"));
  button.hidden = run.isTerminal;
}

/** @param {number} ms */
function age(ms) {
  const units = [
    [86_400_000, "d"],
    [3_600_000, "h"],
    [60_000, "min"],
    [1_000, "s"],
  ];
  const fitting = units.find(([size]) => ms >= Number(size));
  return fitting ? `${Math.floor(ms / Number(fitting[0]))} ${fitting[1]}` : "now";
}
