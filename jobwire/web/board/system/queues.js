/** The queues of the system view. */

import { find } from "../../page/dom.js";
import { QueueRow } from "./queue-row.js";
import { Rows } from "../rows.js";

/** @typedef {import("./documents.js").Queue} Queue */
/** @typedef {import("./state.js").CountedQueue} CountedQueue */

export class QueuesSection {
  #counted = find("queues-counted", HTMLElement);
  #rows;
  #mayWrite = false;

  /**
   * @param {import("./actions.js").SystemActions} actions
   * @param {(queue: Queue) => void} onQueue One as the server answered it.
   */
  constructor(actions, onQueue) {
    const pauseOrResume = async (/** @type {Queue} */ queue) => {
      const set = await actions.pauseOrResume(queue);
      if (set) onQueue(set);
    };
    this.#rows = new Rows(
      find("queues", HTMLElement),
      (/** @type {CountedQueue} */ queue) =>
        new QueueRow(queue, pauseOrResume, () => this.#mayWrite),
    );
  }

  /**
   * @param {CountedQueue[]} queues
   * @param {boolean} isAdmin Whether the reader may change them, and counts all jobs.
   * @param {number} now In ms since 1970.
   */
  show(queues, isAdmin, now) {
    this.#mayWrite = isAdmin;
    this.#counted.hidden = isAdmin;
    this.#rows.draw(queues, now);
  }
}
