/** Cancels that were asked for here: shown at once, corrected by the answer. */

import { cancelJob } from "./documents.js";
import { send } from "./mutation.js";

export class Cancels {
  /** @type {Set<string>} */
  #asked = new Set();
  /** @type {Map<string, string>} */
  #refusals = new Map();

  /**
   * @param {object} on
   * @param {() => void} on.change What was asked for here has changed.
   * @param {(job: import("./documents.js").Job) => void} on.answer
   * @param {() => void} on.signedOut
   */
  constructor(on) {
    this.on = on;
  }

  /**
   * Whether a cancel waits for its answer, or for the job's code to stop.
   *
   * @param {import("./documents.js").ListedJob} job
   */
  isUnderWay(job) {
    return this.#asked.has(job.id) || job.cancellation?.outcome === "PENDING";
  }

  /**
   * Why the last cancel was refused; empty: it was not.
   *
   * @param {string} id
   */
  refusal(id) {
    return this.#refusals.get(id) ?? "";
  }

  /**
   * @param {string} id
   * @param {"GRACEFUL" | "FORCE"} [mode]
   */
  async cancel(id, mode = "GRACEFUL") {
    this.#asked.add(id);
    this.#refusals.delete(id);
    this.on.change();
    const { payload, problems } = await send(cancelJob, { id, mode });
    this.#asked.delete(id);
    for (const { message, code } of problems) {
      this.#refusals.set(id, message);
      if (code === "UNAUTHENTICATED") this.on.signedOut();
    }
    if (payload?.job) this.on.answer(payload.job);
    this.on.change();
  }
}
