/** One job schedule in the list: built once, then only what changed is touched. */

import { element, fill, icon, setText } from "../page/dom.js";
import { writeAddress } from "./address.js";
import { executorMark } from "./executor.js";
import { formatAge, formatMoment } from "./format.js";
import { NextTimes } from "./next-times.js";
import { describeOwner, isFiredElsewhere, notesOf } from "./schedule-words.js";
import { statusBadge, updateStatusBadge } from "./status.js";

/** @typedef {import("./documents.js").JobSchedule} JobSchedule */
/** @typedef {import("./documents.js").LastJob} LastJob */
/** @typedef {{runNow: (schedule: JobSchedule) => void,
 *   pauseOrResume: (schedule: JobSchedule) => void,
 *   delete: (schedule: JobSchedule) => void}} ScheduleActions */
/** @typedef {{userId: string | null, mayWrite: boolean}} Reader */

export class ScheduleRow {
  /** @type {JobSchedule} */
  #schedule;
  #shown = "";
  #notesShown = "";
  #next = new NextTimes();

  /**
   * @param {JobSchedule} schedule
   * @param {ScheduleActions} actions
   * @param {() => Reader} reader Who is looking.
   */
  constructor(schedule, actions, reader) {
    this.#schedule = schedule;
    this.reader = reader;
    this.link = element("a", { class: "schedule-key", href: `#${schedule.id}` });
    this.about = element("p", { class: "schedule-about" });
    this.cron = element("code", { class: "cron" });
    this.zone = element("span", { class: "muted" });
    this.description = element("p");
    this.owner = element("p", { class: "schedule-owner" });
    this.paused = element("span", { class: "paused" }, icon("pause"), "Paused");
    this.lastStatus = statusBadge("");
    this.last = element(
      "a",
      { class: "last-job" },
      element("span", { class: "visually-hidden" }, "Last job: "),
      this.lastStatus,
    );
    this.lastAge = element("time", { class: "muted" });
    this.noJob = element("span", { class: "muted" }, "No job yet");
    this.all = element("a", { class: "all-jobs" }, "All its jobs");
    this.notes = element("ul", { class: "schedule-notes", role: "list" });
    this.run = actionButton("bolt", () => actions.runNow(this.#schedule));
    this.pause = actionButton("pause", () => actions.pauseOrResume(this.#schedule));
    this.remove = actionButton("bin", () => actions.delete(this.#schedule));
    this.node = element(
      "li",
      { class: "schedule", "data-schedule-id": schedule.id },
      element("div", { class: "schedule-name" }, this.link, this.about),
      element(
        "div",
        { class: "schedule-rule" },
        element("p", { class: "schedule-cron" }, this.cron, " ", this.zone),
        this.description,
        this.owner,
      ),
      element("div", { class: "schedule-next" }, this.paused, this.#next.node),
      element(
        "div",
        { class: "schedule-last" },
        this.noJob,
        element("p", { class: "last-line" }, this.last, this.lastAge),
        this.all,
      ),
      element("div", { class: "schedule-actions" }, this.run, this.pause, this.remove),
      this.notes,
    );
  }

  /**
   * Show a schedule.
   *
   * @param {JobSchedule} schedule
   * @param {number} now In ms since 1970.
   */
  update(schedule, now) {
    const { userId, mayWrite } = this.reader();
    const key = JSON.stringify([schedule, userId, mayWrite]);
    if (key === this.#shown) {
      this.tick(now);
      return;
    }
    this.#shown = key;
    this.#schedule = schedule;
    this.node.classList.toggle("is-paused", schedule.isPaused);
    setText(this.link, schedule.key);
    fill(this.about, ...aboutOf(schedule, userId));
    setText(this.cron, schedule.cron);
    setText(this.zone, schedule.timezone);
    setText(this.description, schedule.description);
    const sign = isFiredElsewhere(schedule) ? "cloud" : "clock";
    fill(this.owner, icon(sign), describeOwner(schedule));
    this.paused.hidden = !schedule.isPaused;
    this.#next.show(schedule.nextRunTimes, now);
    this.#drawLast(schedule.lastJob);
    this.all.href = `?${new URLSearchParams({ tag: schedule.tag })}`;
    this.#drawActions(schedule, mayWrite);
    this.tick(now);
  }

  /**
   * Let time pass.
   *
   * @param {number} now In ms since 1970.
   */
  tick(now) {
    const { lastJob } = this.#schedule;
    this.#next.tick(now);
    if (lastJob) setText(this.lastAge, formatAge(now - Date.parse(lastJob.createdAt)));
    this.#drawNotes(now);
  }

  /** @param {LastJob | null} job */
  #drawLast(job) {
    const isThere = job !== null;
    this.noJob.hidden = isThere;
    this.last.hidden = this.lastAge.hidden = this.all.hidden = !isThere;
    if (!isThere) return;
    this.last.href = writeAddress("schedules", job.id);
    updateStatusBadge(this.lastStatus, job.status);
    this.lastAge.dateTime = job.createdAt;
    this.lastAge.title = `Created ${formatMoment(job.createdAt)}`;
  }

  /**
   * @param {JobSchedule} schedule
   * @param {boolean} mayWrite
   */
  #drawActions({ key, isPaused }, mayWrite) {
    name(this.run, `Run ${key} now`);
    name(this.pause, `${isPaused ? "Resume" : "Pause"} ${key}`);
    name(this.remove, `Delete ${key}`);
    this.pause.replaceChildren(icon(isPaused ? "play" : "pause"));
    for (const button of [this.run, this.pause, this.remove]) {
      button.disabled = !mayWrite;
    }
  }

  /** @param {number} now In ms since 1970. */
  #drawNotes(now) {
    const notes = notesOf(this.#schedule, now);
    const key = JSON.stringify(notes);
    if (key === this.#notesShown) return;
    this.#notesShown = key;
    this.notes.hidden = notes.length === 0;
    fill(
      this.notes,
      ...notes.map(({ icon: sign, tone, text }) =>
        element("li", { "data-tone": tone }, icon(sign), element("span", {}, text)),
      ),
    );
  }
}

/**
 * @param {JobSchedule} schedule
 * @param {string | null} reader The user who looks.
 */
function aboutOf({ tag, key, type, executor, userId }, reader) {
  return [
    element("span", {}, type),
    tag !== key && element("span", {}, `tag ${tag}`),
    reader !== null && reader !== userId && element("span", {}, `of ${userId}`),
    executorMark(executor),
  ];
}

/**
 * @param {string} iconName
 * @param {() => void} onClick
 */
function actionButton(iconName, onClick) {
  return element(
    "button",
    { type: "button", class: "quiet icon-only", onclick: onClick },
    icon(iconName),
  );
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} label
 */
function name(button, label) {
  button.setAttribute("aria-label", label);
  button.title = label;
}
