/** The board: the parts of the page, and who tells whom. */

import { element, fill, find } from "../page/dom.js";
import { endpoint, liveEndpoint } from "../page/endpoint.js";
import { LiveSocket } from "../page/live.js";
import { authorization } from "../page/token.js";
import { Actions } from "./actions.js";
import { Api, UnauthenticatedError } from "./api.js";
import { Clock } from "./clock.js";
import { Connection } from "./connection.js";
import { executorMark } from "./executor.js";
import { Executors } from "./executors.js";
import { FilterBar } from "./filter.js";
import { JobPanel } from "./job.js";
import { Jobs } from "./jobs.js";
import { Keyboard } from "./keys.js";
import { Notices } from "./notices.js";
import { ScheduleDialog } from "./schedule.js";
import { Session } from "./session.js";

/** @typedef {import("./documents.js").Job} Job */
/** @typedef {import("./documents.js").JobType} JobType */

const clock = new Clock();
const notices = new Notices();
const session = new Session(() => start());
const api = new Api({
  endpoint,
  token: () => session.token,
  clock,
  onUnauthenticated: (error) => askForToken(error.message),
});
const socket = new LiveSocket({
  url: liveEndpoint,
  credentials: () => authorization(session.token),
  onState: () => drawState(),
  onRefused: () => askForToken("The server does not take this token."),
});
const actions = new Actions({ api, notices, onJob: put, onNewJob: reveal });
const filter = new FilterBar(() => jobs.load());
const jobs = new Jobs({
  api,
  socket,
  clock,
  actions,
  filter: () => filter.filter,
  onChange: (job) => actions.observe(job),
  onState: () => drawState(),
});
const panel = new JobPanel({
  api,
  socket,
  clock,
  session,
  actions,
  announce: (text) => notices.announce(text),
  onChange: (job) => actions.observe(job),
  onClose: () => closeJob(),
});
const schedule = new ScheduleDialog({
  api,
  session,
  onScheduled: reveal,
  onTypes: offerTypes,
});
const executors = new Executors({
  api,
  announce: (text) => notices.announce(text),
  onRead: (all) =>
    schedule.offerOtherTask(
      all.some((one) => one.executor === "TRIGGER" && one.health !== "NOT_CONFIGURED"),
    ),
});
const connection = new Connection({ socket, clock, notices });
const newJob = find("new-job", HTMLButtonElement);
const keysDialog = find("keys", HTMLDialogElement);

const keyboard = new Keyboard([
  { keys: ["n"], label: "New job", run: () => openSchedule() },
  { keys: ["/"], label: "Filter by tag", run: () => filter.focus() },
  { keys: ["j", "ArrowDown"], label: "Next job", run: () => move(1) },
  { keys: ["k", "ArrowUp"], label: "Previous job", run: () => move(-1) },
  { keys: ["Enter"], label: "Open the job" },
  { keys: ["c"], label: "Cancel the job", run: () => act("cancel") },
  { keys: ["r"], label: "Retry the job", run: () => act("retry") },
  { keys: ["Escape"], label: "Close", run: () => panel.id !== null && closeJob() },
  { keys: ["?"], label: "These keys", run: () => keysDialog.showModal() },
]);

/** Begin as whoever the token says; nothing stays that another one was shown. */
function start() {
  socket.close();
  socket.open();
  jobs.isLoaded = false;
  jobs.load();
  executors.load();
  if (panel.id !== null) openJob(panel.id, false);
  session
    .load(api)
    .then(() => schedule.load())
    .then(drawState, (error) => {
      if (!(error instanceof UnauthenticatedError)) notices.fail(error.message);
    });
}

/** @param {string} reason */
function askForToken(reason) {
  socket.close("refused");
  session.ask(reason);
}

/** @param {Job} job */
function put(job) {
  panel.put(job);
  actions.observe(job);
  return jobs.put(job);
}

/**
 * Show a new job at its place in the list.
 *
 * @param {Job} job
 */
function reveal(job) {
  if (put(job)) {
    jobs.focus(job.id);
    notices.announce(`${job.tag} is scheduled.`);
  } else {
    notices.tell(`${job.tag} is scheduled; the filter hides it.`, {
      label: "Clear the filter",
      run: () => filter.clear(),
    });
  }
}

/** @param {string} [type] */
function openSchedule(type) {
  if (!newJob.disabled) schedule.open(type);
}

/** @param {number} step */
function move(step) {
  const job = jobs.move(step, panel.id);
  if (!job || panel.id === null) return;
  history.replaceState(null, "", `#${job.id}`);
  openJob(job.id, false);
}

/** @param {"cancel" | "retry"} verb */
function act(verb) {
  const job = panel.hasFocus ? panel.job : (jobs.focused ?? panel.job);
  if (job) actions[verb](job);
}

/** Open the job that the address names, or none. */
function followAddress() {
  const id = location.hash.slice(1);
  if (id === (panel.id ?? "")) return;
  if (id) openJob(id, true);
  else leaveJob();
}

/**
 * @param {string} id
 * @param {boolean} takesFocus
 */
function openJob(id, takesFocus) {
  panel.show(id, { takesFocus });
  jobs.mark(id);
}

function closeJob() {
  history.pushState(null, "", location.pathname + location.search);
  leaveJob();
}

function leaveJob() {
  const { id } = panel;
  panel.close();
  jobs.mark(null);
  if (id !== null) jobs.focus(id);
}

/** @param {JobType[]} types */
function offerTypes(types) {
  filter.offerTypes(types.map(({ name }) => name));
  const buttons = types
    .slice(0, 6)
    .map(({ name, description, executor }) =>
      element(
        "button",
        { type: "button", class: "card", onclick: () => openSchedule(name) },
        element("strong", {}, name),
        element("span", {}, description ?? ""),
        executor !== "INTERNAL" && executorMark(executor),
      ),
    );
  fill(find("type-cards", HTMLElement), ...buttons);
}

/** Say how fresh the list is, and what to do when it is empty. */
function drawState() {
  if (socket.state !== "open") jobs.isCaughtUp = false;
  connection.draw(jobs.isCaughtUp);
  const isEmpty = jobs.isLoaded && jobs.isEmpty;
  find("empty", HTMLElement).hidden = !(isEmpty && filter.isEmpty);
  find("no-match", HTMLElement).hidden = !(isEmpty && !filter.isEmpty);
  newJob.disabled = session.viewer !== null && !session.may("JOBS_WRITE");
}

newJob.addEventListener("click", () => openSchedule());
find("first-job", HTMLButtonElement).addEventListener("click", () => openSchedule());
find("no-match-clear", HTMLButtonElement).addEventListener("click", () =>
  filter.clear(),
);
find("show-keys", HTMLButtonElement).addEventListener("click", () =>
  keysDialog.showModal(),
);
find("keys-close", HTMLButtonElement).addEventListener("click", () =>
  keysDialog.close(),
);
keyboard.describe(find("keys-list", HTMLElement));
window.addEventListener("hashchange", followAddress);
window.addEventListener("online", () => socket.probe());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) socket.probe();
});
setInterval(() => {
  connection.tick();
  jobs.tick();
  panel.tick();
}, 1000);

start();
followAddress();
