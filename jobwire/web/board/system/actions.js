/** What an operator does in the system view: reconcile, pause a queue, send again. */

import { RECONCILE_JOBS, RESEND_NOTIFICATION, SET_QUEUE } from "./documents.js";

/** @typedef {import("./documents.js").Notification} Notification */
/** @typedef {import("./documents.js").Queue} Queue */
/** @typedef {import("./documents.js").ReconcileReport} ReconcileReport */

export class SystemActions {
  /** What is on its way, which is not begun twice. @type {Set<string>} */
  #busy = new Set();

  /**
   * @param {import("../api.js").Api} api
   * @param {import("../notices.js").Notices} notices
   */
  constructor(api, notices) {
    this.api = api;
    this.notices = notices;
  }

  /**
   * Compare all open jobs with Trigger.dev.
   *
   * @returns {Promise<ReconcileReport | null>} Null: it was refused, which is told.
   */
  async reconcile() {
    return (await this.#attempt("reconcile", RECONCILE_JOBS))?.report ?? null;
  }

  /**
   * Let no job of a queue start, or let them start again.
   *
   * @param {Queue} queue
   * @returns {Promise<Queue | null>} Null: it was refused, which is told.
   */
  async pauseOrResume({ name, isPaused }) {
    const input = { name, isPaused: !isPaused };
    const payload = await this.#attempt(`queue ${name}`, SET_QUEUE, { input });
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
    const payload = await this.#attempt(id, RESEND_NOTIFICATION, { input: { id } });
    if (!payload) return null;
    this.notices.tell(`${type} is sent again.`);
    return payload.notification;
  }

  /**
   * @param {string} what
   * @param {string} mutation
   * @param {Record<string, unknown>} [variables]
   * @returns {Promise<any>} Its payload; null: it was refused, or is under way.
   */
  async #attempt(what, mutation, variables) {
    if (this.#busy.has(what)) return null;
    this.#busy.add(what);
    try {
      const answer = await this.api.execute(mutation, variables);
      const [payload] = /** @type {any[]} */ (Object.values(answer));
      if (payload.errors.length === 0) return payload;
      const messages = payload.errors.map(
        (/** @type {Error} */ error) => error.message,
      );
      this.notices.fail(messages.join(" "));
    } catch (error) {
      this.notices.fail(error instanceof Error ? error.message : String(error));
    } finally {
      this.#busy.delete(what);
    }
    return null;
  }
}
