/** What the user does to a job schedule that is there: pause, resume, run now, delete. */

import { Attempts } from "./attempts.js";
import {
  DELETE_JOB_SCHEDULE,
  PAUSE_JOB_SCHEDULE,
  RESUME_JOB_SCHEDULE,
  RUN_JOB_SCHEDULE_NOW,
} from "./documents.js";
import { find, setText } from "../page/dom.js";
import { isFiredElsewhere } from "./schedule-words.js";

/** @typedef {import("./documents.js").Job} Job */
/** @typedef {import("./documents.js").JobSchedule} JobSchedule */

/**
 * @typedef {object} ScheduleActionsOptions
 * @property {import("./api.js").Api} api
 * @property {import("./notices.js").Notices} notices
 * @property {(schedule: JobSchedule) => void} onSchedule One as the server answered it.
 * @property {(schedule: JobSchedule, job: Job) => void} onNewJob The job that was made.
 * @property {(schedule: JobSchedule) => void} onDeleted
 * @property {() => void} onRefused What is shown may be out of date.
 */

export class ScheduleActions {
  #dialog = find("confirm-delete", HTMLDialogElement);
  #form = find("confirm-delete-form", HTMLFormElement);
  #subject = find("delete-subject", HTMLElement);
  #theirs = find("delete-theirs", HTMLElement);
  #attempts;
  /** @type {JobSchedule | null} */
  #confirming = null;

  /** @param {ScheduleActionsOptions} options */
  constructor(options) {
    this.options = options;
    this.#attempts = new Attempts(options.api, options.notices);
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#dialog.close();
      if (this.#confirming) this.#delete(this.#confirming);
    });
    find("keep-schedule", HTMLButtonElement).addEventListener("click", () =>
      this.#dialog.close(),
    );
  }

  /**
   * Have it not fire until it is resumed, or fire again.
   *
   * @param {JobSchedule} schedule
   */
  async pauseOrResume(schedule) {
    const mutation = schedule.isPaused ? RESUME_JOB_SCHEDULE : PAUSE_JOB_SCHEDULE;
    const told = schedule.isPaused ? "fires again" : "is paused";
    await this.#attempt(mutation, schedule, (answer) => {
      this.options.onSchedule(answer.schedule);
      this.options.notices.tell(`${schedule.key} ${told}.`);
    });
  }

  /**
   * Make a job of it at once.
   *
   * @param {JobSchedule} schedule
   */
  async runNow(schedule) {
    await this.#attempt(RUN_JOB_SCHEDULE_NOW, schedule, ({ job }) =>
      this.options.onNewJob(schedule, job),
    );
  }

  /**
   * Delete it, after asking.
   *
   * @param {JobSchedule} schedule
   */
  delete(schedule) {
    this.#confirming = schedule;
    setText(this.#subject, schedule.key);
    this.#theirs.hidden = !isFiredElsewhere(schedule);
    this.#dialog.showModal();
  }

  /** @param {JobSchedule} schedule */
  async #delete(schedule) {
    await this.#attempt(DELETE_JOB_SCHEDULE, schedule, () => {
      this.options.onDeleted(schedule);
      this.options.notices.tell(`${schedule.key} is deleted.`);
    });
  }

  /**
   * @param {string} mutation
   * @param {JobSchedule} schedule
   * @param {(payload: any) => void} onDone It was not refused.
   */
  async #attempt(mutation, { id }, onDone) {
    const { onRefused } = this.options;
    const input = { id };
    const payload = await this.#attempts.run(id, mutation, { input }, onRefused);
    if (payload) onDone(payload);
  }
}
