/** What an operator does in the system view: reconcile, pause a queue, send again. */

import { Attempts } from "../attempts.js";
import { RECONCILE_JOBS, RESEND_NOTIFICATION, SET_QUEUE } from "./documents.js";

/** @typedef {import("./documents.js").Notification} Notification */
/** @typedef {import("./documents.js").Queue} Queue */
/** @typedef {import("./documents.js").ReconcileReport} ReconcileReport */

export class SystemActions {
  #attempts;

  /**
   * @param {import("../api.js").Api} api
   * @param {import("../notices.js").Notices} notices
   */
  constructor(api, notices) {
    this.notices = notices;
    this.#attempts = new Attempts(api, notices);
  }

  /**
   * Compare all open jobs with Trigger.dev.
   *
   * @returns {Promise<ReconcileReport | null>} Null: it was refused, which is told.
   */
  async reconcile() {
    return (await this.#attempts.run("reconcile", RECONCILE_JOBS))?.report ?? null;
  }

  /**
   * Let no job of a queue start, or let them start again.
   *
   * @param {Queue} queue
   * @returns {Promise<Queue | null>} Null: it was refused, which is told.
   */
  async pauseOrResume({ name, isPaused }) {
    const input = { name, isPaused: !isPaused };
    const payload = await this.#attempts.run(`queue ${name}`, SET_QUEUE, { input });
    if (!payload) return null;
    this.notices.tell(isPaused ? `Jobs of ${name} start again.` : `${name} is paused.`);
    return payload.queue;
  }

  /**
   * Send a notification again.
   *
   * @param {Notification} notification
   * @returns {Promise<Notification | null>} Null: it was refused, which is told.
   */
  async resend({ id, type }) {
    const payload = await this.#attempts.run(id, RESEND_NOTIFICATION, { input: { id } });
    if (!payload) return null;
    this.notices.tell(`${type} is sent again.`);
    return payload.notification;
  }
}
