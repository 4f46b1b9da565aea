/** The view of the job schedules: their list, read again and again while it is shown. */

import { UnauthenticatedError } from "./api.js";
import { find, setText } from "../page/dom.js";
import { formatTime } from "./format.js";
import { Poll } from "./poll.js";
import { Rows } from "./rows.js";
import { ScheduleActions } from "./schedule-actions.js";
import { ScheduleFilter } from "./schedule-filter.js";
import { readSchedules } from "./schedule-pages.js";
import { ScheduleRow } from "./schedule-row.js";

/** @typedef {import("./documents.js").Job} Job */
/** @typedef {import("./documents.js").JobSchedule} JobSchedule */
/** @typedef {import("./documents.js").LastJob} LastJob */
/** @typedef {import("./schedule-pages.js").Schedules} Answer */

const PAGE = 20;
/** How long a reading stands before the next one, in ms. */
const READ_EVERY = 4000;
const NOT_THERE = "There is no such schedule, or it is not yours to see.";

/**
 * @typedef {object} SchedulesOptions
 * @property {import("./api.js").Api} api
 * @property {import("./clock.js").Clock} clock
 * @property {import("./notices.js").Notices} notices
 * @property {() => import("./schedule-row.js").Reader} reader Who is looking.
 * @property {(job: Job) => void} onNewJob One was run now, as this job.
 */

export class Schedules {
  #title = find("schedules-title", HTMLElement);
  #problem = find("schedules-error", HTMLElement);
  #empty = find("no-schedules", HTMLElement);
  #noMatch = find("no-schedule-matches", HTMLElement);
  #filter = new ScheduleFilter(() => this.#begin());
  #more = find("more-schedules", HTMLButtonElement);
  #actions;
  #rows;
  #poll;
  /** @type {JobSchedule[]} */
  #schedules = [];
  #isLoaded = false;
  /** When the server has told of them last, in ms since 1970. */
  #readAt = 0;
  /** How many are asked for, the newest of all. */
  #wanted = PAGE;
  /** The schedule that the address names; null: none. @type {string | null} */
  #marked = null;
  /** What to focus as soon as there are rows. @type {(() => void) | null} */
  #toFocus = null;

  /** @param {SchedulesOptions} options */
  constructor(options) {
    this.options = options;
    this.#actions = new ScheduleActions({
      api: options.api,
      notices: options.notices,
      onSchedule: (schedule) => this.#put(schedule),
      onNewJob: (schedule, job) => this.#showRun(schedule, job),
      onDeleted: (schedule) => this.#remove(schedule),
      onRefused: () => this.refresh(),
    });
    this.#rows = new Rows(
      find("schedule-list", HTMLElement),
      (/** @type {JobSchedule} */ schedule) =>
        new ScheduleRow(schedule, this.#actions, options.reader),
    );
    this.#poll = new Poll({
      every: READ_EVERY,
      read: () =>
        readSchedules(options.api, this.#filter.variables, this.#wanted, this.#marked),
      onRead: (answer) => this.#take(answer),
      onFailed: (error) => this.#fail(error),
    });
    this.#more.addEventListener("click", () => this.#loadMore());
    find("schedules-clear", HTMLButtonElement).addEventListener("click", () =>
      this.#filter.clear(),
    );
  }

  /**
   * Offer types to filter by.
   *
   * @param {string[]} names
   */
  offerTypes(names) {
    this.#filter.offerTypes(names);
  }

  /** Show them, and keep them right. */
  show() {
    this.#poll.start();
  }

  /** Read no more until they are shown again. */
  hide() {
    this.#toFocus = null;
    this.#poll.stop();
  }

  /** Begin anew: what was shown was another reader's. */
  reset() {
    this.#schedules = [];
    this.#forget();
  }

  /** Read them now. */
  refresh() {
    this.#poll.now();
  }

  /**
   * Mark the schedule that the address names, and no other.
   *
   * @param {string | null} id
   */
  mark(id) {
    if (id === this.#marked) return;
    this.#marked = id;
    this.#rows.mark(id);
    if (id === null) return;
    this.#rows.focus(id);
    this.#focusSoon(() => this.#rows.focus(id));
    this.#poll.now();
  }

  /** Focus the first of them, or the title while there is none. */
  focus() {
    this.#title.focus();
    this.#focusSoon(() => this.move(0));
  }

  /**
   * Focus the schedule that a job is the last one of.
   *
   * @param {string} id
   */
  focusJob(id) {
    const schedule = this.#schedules.find(({ lastJob }) => lastJob?.id === id);
    if (schedule) this.#rows.focus(schedule.id);
  }

  /**
   * Do something to the schedule whose row has the focus.
   *
   * @param {"runNow" | "pauseOrResume" | "delete"} verb
   * @returns {boolean} false: there is none, or the reader may not.
   */
  act(verb) {
    const id = this.#rows.focusedId;
    const schedule = this.#schedules.find((one) => one.id === id);
    if (!schedule || !this.options.reader().mayWrite) return false;
    this.#actions[verb](schedule);
    return true;
  }

  /**
   * Move the focus up or down.
   *
   * @param {number} step
   */
  move(step) {
    const start = this.#rows.focusedId ?? this.#marked;
    const index = this.#schedules.findIndex(({ id }) => id === start);
    const last = this.#schedules.length - 1;
    const next = index < 0 ? 0 : Math.min(Math.max(index + step, 0), last);
    const schedule = this.#schedules[next];
    if (schedule) this.#rows.focus(schedule.id);
  }

  /**
   * Show a new one, and focus it.
   *
   * @param {JobSchedule} schedule
   */
  reveal(schedule) {
    this.#schedules = [schedule, ...this.#schedules];
    this.#draw();
    this.#rows.focus(schedule.id);
    this.#poll.now();
  }

  /**
   * Take in what is heard of a job that may be the last one of a schedule.
   *
   * @param {Job} job
   */
  observe({ id, version, status, createdAt }) {
    const schedule = this.#schedules.find(({ lastJob }) => lastJob?.id === id);
    if (!schedule?.lastJob || schedule.lastJob.version >= version) return;
    schedule.lastJob = { id, version, status, createdAt };
    this.#draw();
  }

  /** Let time pass. */
  tick() {
    this.#rows.tick(this.options.clock.present());
  }

  /**
   * Show what an own write has made of a schedule.
   *
   * @param {JobSchedule} schedule
   */
  #put(schedule) {
    this.#schedules = this.#schedules.map((one) =>
      one.id === schedule.id ? schedule : one,
    );
    this.#draw();
    this.#poll.now();
  }

  /**
   * @param {JobSchedule} schedule
   * @param {Job} job
   */
  #showRun(schedule, job) {
    const { id, version, status, createdAt } = job;
    this.#put({ ...schedule, lastJob: { id, version, status, createdAt } });
    this.options.onNewJob(job);
  }

  /** @param {JobSchedule} schedule One that is deleted. */
  #remove({ id }) {
    this.#schedules = this.#schedules.filter((one) => one.id !== id);
    if (id === this.#marked) this.mark(null);
    this.#draw();
    if (this.#schedules.length === 0) this.#title.focus();
    this.#poll.now();
  }

  /** Read others: what is shown stays until they have come. */
  #begin() {
    this.#forget();
    this.#poll.now();
  }

  #forget() {
    this.#isLoaded = false;
    this.#wanted = PAGE;
    this.#more.hidden = true;
    this.#show("");
    this.#draw();
  }

  /** @param {Answer} answer */
  #take({ schedules, hasMore, isMissing }) {
    const heard = new Map(this.#schedules.map(({ id, lastJob }) => [id, lastJob]));
    this.#schedules = schedules.map((one) => withNewer(one, heard.get(one.id)));
    this.#isLoaded = true;
    this.#readAt = this.options.clock.present();
    this.#more.hidden = !hasMore;
    this.#more.disabled = false;
    this.#show(isMissing ? NOT_THERE : "");
    this.#draw();
    this.#toFocus?.();
    this.#toFocus = null;
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#more.disabled = false;
    const message = error instanceof Error ? error.message : String(error);
    const shown = this.#isLoaded ? `Shown as of ${formatTime(this.#readAt)}.` : "";
    this.#show([message, shown].filter(Boolean).join(" "));
    this.#draw();
    if (error instanceof UnauthenticatedError) this.#poll.stop();
  }

  /** @param {string} problem Empty: all is well. */
  #show(problem) {
    this.#problem.hidden = problem === "";
    setText(this.#problem, problem);
  }

  #draw() {
    this.#rows.draw(this.#schedules, this.options.clock.present());
    this.#rows.isBusy = !this.#isLoaded && this.#problem.hidden;
    const isEmpty = this.#isLoaded && this.#schedules.length === 0;
    this.#empty.hidden = !isEmpty || !this.#filter.isEmpty;
    this.#noMatch.hidden = !isEmpty || this.#filter.isEmpty;
  }

  #loadMore() {
    const last = this.#schedules.at(-1)?.id;
    this.#wanted += PAGE;
    this.#more.disabled = true;
    this.#focusSoon(() => {
      const added = this.#schedules.findIndex(({ id }) => id === last) + 1;
      const schedule = this.#schedules[added];
      if (schedule) this.#rows.focus(schedule.id);
    });
    this.#poll.now();
  }

  /**
   * Move the focus with the next answer, unless the reader has moved it meanwhile.
   *
   * @param {() => void} move
   */
  #focusSoon(move) {
    const before = document.activeElement;
    this.#toFocus = () => {
      const now = document.activeElement;
      if (now === before || now === document.body) move();
    };
  }
}

/**
 * Keep what was heard of its last job, if that is newer than what was read.
 *
 * @param {JobSchedule} schedule
 * @param {LastJob | null | undefined} heard
 */
function withNewer(schedule, heard) {
  const { lastJob } = schedule;
  const isNewer = heard && heard.id === lastJob?.id && heard.version > lastJob.version;
  return isNewer ? { ...schedule, lastJob: heard } : schedule;
}
