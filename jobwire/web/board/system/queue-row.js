/** One queue in the system view: what waits in it, what runs, and how much may. */

import { element, icon, setText } from "../../page/dom.js";
import { formatNumber } from "../format.js";

/** @typedef {import("./documents.js").JobCounts} JobCounts */
/** @typedef {import("./state.js").CountedQueue} CountedQueue */

export class QueueRow {
  /** @type {CountedQueue} */
  #queue;
  #name = element("span", { class: "queue-name" });
  #paused = element("span", { class: "paused" }, icon("pause"), "Paused");
  #counts = element("span");
  #limits = element("span", { class: "muted" });

  /**
   * @param {CountedQueue} queue
   * @param {(queue: CountedQueue) => void} onPauseOrResume
   * @param {() => boolean} mayWrite
   */
  constructor(queue, onPauseOrResume, mayWrite) {
    this.#queue = queue;
    this.mayWrite = mayWrite;
    this.link = element("button", {
      type: "button",
      onclick: () => onPauseOrResume(this.#queue),
    });
    this.node = element(
      "li",
      { class: "queue" },
      element("p", { class: "queue-title" }, this.#name, this.#paused),
      this.#counts,
      this.#limits,
      this.link,
    );
  }

  /** @param {CountedQueue} queue */
  update(queue) {
    this.#queue = queue;
    setText(this.#name, queue.name);
    this.#paused.hidden = !queue.isPaused;
    setText(this.#counts, describeCounts(queue.counts));
    setText(this.#limits, describeLimits(queue));
    const verb = queue.isPaused ? "Resume" : "Pause";
    setText(this.link, verb);
    this.link.ariaLabel = `${verb} the queue ${queue.name}`;
    this.link.hidden = !this.mayWrite();
  }

  tick() {}
}

/**
 * Say how many jobs run and wait; empty: nobody has counted.
 *
 * @param {JobCounts | null} counts
 */
export function describeCounts(counts) {
  if (counts === null) return "";
  const of = (/** @type {string} */ status) =>
    counts.byStatus.find((one) => one.status === status)?.count ?? 0;
  return `${formatNumber(of("RUNNING"))} running, ${formatNumber(of("QUEUED"))} queued`;
}

/**
 * @param {{limit: number | null, limitPerKey: number | null}} queue
 */
export function describeLimits({ limit, limitPerKey }) {
  const all = limit === null ? "No limit" : `At most ${formatNumber(limit)} at once`;
  return limitPerKey === null
    ? all
    : `${all}, ${formatNumber(limitPerKey)} for each key`;
}
