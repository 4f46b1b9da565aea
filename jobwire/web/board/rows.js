/** The rows of the list: drawn where they belong, kept while they stay, focus kept. */

import { find } from "../page/dom.js";
import { JobRow } from "./row.js";

/** @typedef {import("./documents.js").Job} Job */
/** @typedef {import("./row.js").JobActions} JobActions */

export class Rows {
  /** @type {Map<string, JobRow>} */
  #rows = new Map();
  #node = find("jobs", HTMLElement);
  /** @type {string | null} */
  #marked = null;

  /** @param {JobActions} actions */
  constructor(actions) {
    this.actions = actions;
  }

  get size() {
    return this.#rows.size;
  }

  /** @param {boolean} isBusy */
  set isBusy(isBusy) {
    this.#node.setAttribute("aria-busy", String(isBusy));
  }

  /**
   * Show these jobs and no others.
   *
   * @param {Job[]} jobs In their order.
   * @param {number} now In ms since 1970.
   */
  draw(jobs, now) {
    const focused = document.activeElement?.closest("[data-job-id]");
    const focusedAt = focused ? [...this.#node.children].indexOf(focused) : -1;
    const rows = new Map(jobs.map((job) => [job.id, this.#rowOf(job)]));
    for (const [id, row] of this.#rows) if (!rows.has(id)) row.node.remove();
    this.#rows = rows;
    let place = this.#node.firstElementChild;
    for (const job of jobs) {
      const row = this.#rowOf(job);
      row.update(job, now);
      if (row.node === place) place = place.nextElementSibling;
      else this.#node.insertBefore(row.node, place);
    }
    const neighbour = jobs[Math.min(focusedAt, jobs.length - 1)];
    if (focused && !focused.isConnected && neighbour) this.focus(neighbour.id);
    this.mark(this.#marked);
  }

  /**
   * Let time pass.
   *
   * @param {number} now In ms since 1970.
   */
  tick(now) {
    for (const row of this.#rows.values()) row.tick(now);
  }

  /** @param {string} id */
  focus(id) {
    this.#rows.get(id)?.link.focus();
  }

  /** The id of the job whose row has the focus; null: none has. */
  get focusedId() {
    const row = document.activeElement?.closest("[data-job-id]");
    return row instanceof HTMLElement ? (row.dataset.jobId ?? null) : null;
  }

  /**
   * Mark the job that is open, and no other.
   *
   * @param {string | null} id
   */
  mark(id) {
    if (id !== this.#marked && this.#marked !== null) {
      this.#rows.get(this.#marked)?.link.removeAttribute("aria-current");
    }
    this.#marked = id;
    if (id !== null) this.#rows.get(id)?.link.setAttribute("aria-current", "true");
  }

  /** @param {Job} job */
  #rowOf(job) {
    return this.#rows.get(job.id) ?? new JobRow(job, this.actions);
  }
}
