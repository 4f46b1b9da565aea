/** The board: the parts of the page, and who tells whom. */

import { element, fill, find } from "../page/dom.js";
import { endpoint, liveEndpoint } from "../page/endpoint.js";
import { LiveSocket } from "../page/live.js";
import { authorization } from "../page/token.js";
import { Actions } from "./actions.js";
import { writeAddress } from "./address.js";
import { Api, UnauthenticatedError } from "./api.js";
import { BulkDialog } from "./bulk-dialog.js";
import { BulkProgress } from "./bulk-operation.js";
import { Clock } from "./clock.js";
import { Connection } from "./connection.js";
import { Counts } from "./counts.js";
import { CronDialog } from "./cron-dialog.js";
import { executorMark } from "./executor.js";
import { Executors } from "./executors.js";
import { FilterBar } from "./filter.js";
import { JobPanel } from "./job.js";
import { Jobs } from "./jobs.js";
import { Keyboard } from "./keys.js";
import { Notices } from "./notices.js";
import { ScheduleDialog } from "./schedule.js";
import { Schedules } from "./schedules.js";
import { Session } from "./session.js";
import { System } from "./system/view.js";
import { Views } from "./views.js";

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
/** The list that is being read. */
let listing = Promise.resolve();
const filter = new FilterBar(
  () => {
    listing = jobs.load();
    counts.follow(filter.filter);
  },
  () => listing.then(goToFound),
);
const counts = new Counts(socket, filter.counts);
const jobs = new Jobs({
  api,
  socket,
  clock,
  actions,
  filter: () => filter.filter,
  userId: () => session.viewer?.userId ?? null,
  onUser: (user) => filter.chooseUser(user),
  onChange: observe,
  onState: () => drawState(),
});
const panel = new JobPanel({
  api,
  socket,
  clock,
  session,
  actions,
  announce: (text) => notices.announce(text),
  onChange: observe,
  onClose: () => views.goUp(),
});
const schedules = new Schedules({
  api,
  clock,
  notices,
  reader: () => ({
    userId: session.viewer?.userId ?? null,
    mayWrite: mayOrMight("SCHEDULES_WRITE"),
  }),
  onNewJob: reveal,
});
const system = new System({
  api,
  clock,
  notices,
  isAdmin: async () => {
    if (session.viewer === null) await session.load(api);
    return session.may("ADMIN");
  },
});
const views = new Views(showPlace);
const schedule = new ScheduleDialog({
  api,
  session,
  onScheduled: reveal,
  onTypes: offerTypes,
});
const cron = new CronDialog({
  api,
  session,
  clock,
  announce: (text) => notices.announce(text),
  loadTypes: () => schedule.load(),
  onScheduled: (one) => {
    schedules.reveal(one);
    notices.announce(`${one.key} is scheduled.`);
  },
});
const executors = new Executors({
  api,
  announce: (text) => notices.announce(text),
  onRead: (all) => {
    const isOffered = all.some(
      (one) => one.executor === "TRIGGER" && one.health !== "NOT_CONFIGURED",
    );
    schedule.offerOtherTask(isOffered);
    cron.offerOtherTask(isOffered);
  },
});
const bulkProgress = new BulkProgress({ api, socket, notices });
const bulk = new BulkDialog({
  api,
  filter: () => filter.filter,
  onAsked: (operation) => bulkProgress.follow(operation),
});
const connection = new Connection({ socket, clock, notices });
const newJob = find("new-job", HTMLButtonElement);
const newSchedule = find("new-schedule", HTMLButtonElement);
const bulkButtons = {
  cancel: find("bulk-cancel", HTMLButtonElement),
  retry: find("bulk-retry", HTMLButtonElement),
};
const keysDialog = find("keys", HTMLDialogElement);

const keyboard = new Keyboard([
  { keys: ["n"], label: "New job, or new schedule", run: () => openNew() },
  {
    keys: ["s"],
    label: "The schedules, or back to the jobs",
    run: () => switchView("schedules"),
  },
  {
    keys: ["y"],
    label: "The system, or back to the jobs",
    run: () => switchView("system"),
  },
  {
    keys: ["/"],
    label: "Find jobs by tag, job id or run id",
    run: () => views.isAt("jobs") && filter.focus(),
  },
  {
    keys: ["u"],
    label: "Find the jobs of a user",
    run: () => views.isAt("jobs") && filter.focusUser(),
  },
  {
    keys: ["C"],
    label: "Cancel all jobs of the list",
    run: () => openBulk("cancel"),
  },
  {
    keys: ["R"],
    label: "Retry all failed jobs of the list",
    run: () => openBulk("retry"),
  },
  { keys: ["j", "ArrowDown"], label: "Next one", run: () => move(1) },
  { keys: ["k", "ArrowUp"], label: "Previous one", run: () => move(-1) },
  { keys: ["Enter"], label: "Open the job" },
  { keys: ["c"], label: "Cancel the job", run: () => act("cancel") },
  {
    keys: ["r"],
    label: "Retry the job, or run the schedule now",
    run: () => runAgain(),
  },
  {
    keys: ["p"],
    label: "Pause or resume the schedule",
    run: () => schedules.act("pauseOrResume"),
  },
  {
    keys: ["Delete"],
    label: "Delete the schedule",
    run: () => schedules.act("delete"),
  },
  { keys: ["Escape"], label: "Close", run: () => panel.id !== null && views.goUp() },
  { keys: ["?"], label: "These keys", run: () => keysDialog.showModal() },
]);

/** Begin as whoever the token says; nothing stays that another one was shown. */
function start() {
  socket.close();
  socket.open();
  jobs.isLoaded = false;
  listing = jobs.load();
  schedules.reset();
  system.reset();
  if (views.isAt("schedules")) schedules.show();
  if (views.isAt("system")) system.show();
  executors.load();
  if (panel.id !== null) openJob(panel.id, false);
  session
    .load(api)
    .then(() => {
      filter.offerUsers(session.may("ADMIN"));
      jobs.drawUsers();
    })
    .then(() => schedules.refresh())
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
function observe(job) {
  actions.observe(job);
  schedules.observe(job);
}

/** @param {Job} job */
function put(job) {
  panel.put(job);
  observe(job);
  return jobs.put(job);
}

/**
 * Show a new job at its place in the list.
 *
 * @param {Job} job
 */
function reveal(job) {
  const isShown = put(job);
  if (!views.isAt("jobs")) {
    notices.tell(`${job.tag} is scheduled.`, {
      label: "Open the job",
      run: () => views.go(views.name, job.id),
    });
  } else if (isShown) {
    jobs.focus(job.id);
    notices.announce(`${job.tag} is scheduled.`);
  } else {
    notices.tell(`${job.tag} is scheduled; the filter hides it.`, {
      label: "Clear the filter",
      run: () => filter.clear(),
    });
  }
}

/** Open what makes another one of what the view shows. */
function openNew() {
  if (views.isAt("schedules")) openCron();
  else openSchedule();
}

/** @param {string} [type] */
function openSchedule(type) {
  if (!newJob.disabled) schedule.open(type);
}

function openCron() {
  if (!newSchedule.disabled) cron.open();
}

/**
 * Go to a view, or from there to the jobs; the keyboard goes on from there.
 *
 * @param {"schedules" | "system"} name
 */
function switchView(name) {
  views.go(views.isAt(name) ? "jobs" : name);
  if (views.isAt("jobs")) jobs.move(0, null);
  else (name === "schedules" ? schedules : system).focus();
}

/** @param {number} step */
function move(step) {
  if (views.isAt("schedules")) {
    schedules.move(step);
    return;
  }
  if (views.isAt("system")) return false;
  const job = jobs.move(step, panel.id);
  if (!job || panel.id === null) return;
  history.replaceState(null, "", writeAddress("jobs", job.id));
  openJob(job.id, false);
}

/** @param {"cancel" | "retry"} verb */
function act(verb) {
  const job = panel.hasFocus ? panel.job : (jobs.focused ?? panel.job);
  if (job) actions[verb](job);
}

/** Go from the search to what it has found; a job that was named by its id opens. */
function goToFound() {
  const { only } = jobs;
  if (only && filter.namesJobs) views.go("jobs", only.id);
  else jobs.move(0, null);
}

/** @param {"cancel" | "retry"} action */
function openBulk(action) {
  if (!views.isAt("jobs") || bulkButtons[action].disabled) return false;
  bulk.open(action);
}

/** Retry the job, or run the schedule, that the keyboard is at. */
function runAgain() {
  if (panel.hasFocus || !schedules.act("runNow")) act("retry");
}

/**
 * Show the view that the address names, its job and its schedule.
 *
 * @param {import("./address.js").Place} place
 */
function showPlace({ view, job, schedule: marked }) {
  if (view === "schedules") schedules.show();
  else schedules.hide();
  if (view === "system") system.show();
  else system.hide();
  if (job !== panel.id) {
    if (job) openJob(job, true);
    else leaveJob();
  }
  schedules.mark(marked);
}

/**
 * @param {string} id
 * @param {boolean} takesFocus
 */
function openJob(id, takesFocus) {
  panel.show(id, { takesFocus });
  jobs.mark(id);
}

function leaveJob() {
  const { id } = panel;
  panel.close();
  jobs.mark(null);
  if (id === null) return;
  if (views.isAt("jobs")) jobs.focus(id);
  else (views.isAt("schedules") ? schedules : system).focusJob(id);
}

/** @param {JobType[]} types */
function offerTypes(types) {
  const names = types.map(({ name }) => name);
  filter.offerTypes(names);
  schedules.offerTypes(names);
  cron.offerTypes(types);
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
  newJob.disabled = !mayOrMight("JOBS_WRITE");
  for (const button of Object.values(bulkButtons)) {
    button.disabled = isEmpty || newJob.disabled;
  }
  newSchedule.disabled = !mayOrMight("SCHEDULES_WRITE");
  find("first-schedule", HTMLButtonElement).disabled = newSchedule.disabled;
}

/** Whether the viewer may do this, or is not known yet. @param {string} scope */
function mayOrMight(scope) {
  return session.viewer === null || session.may(scope);
}

newJob.addEventListener("click", () => openSchedule());
newSchedule.addEventListener("click", () => openCron());
find("first-schedule", HTMLButtonElement).addEventListener("click", () => openCron());
bulkButtons.cancel.addEventListener("click", () => openBulk("cancel"));
bulkButtons.retry.addEventListener("click", () => openBulk("retry"));
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
window.addEventListener("online", () => {
  socket.probe();
  schedules.refresh();
  system.refresh();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) socket.probe();
});
setInterval(() => {
  connection.tick();
  jobs.tick();
  panel.tick();
  schedules.tick();
  system.tick();
  cron.tick();
}, 1000);

start();
counts.follow(filter.filter);
bulkProgress.resume();
views.follow();
