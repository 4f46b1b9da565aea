/** What can be done with a job, and why it was refused beside it. */

import { element, setText } from "./dom.js";

/** @typedef {import("./documents.js").Job} Job */

export class JobActions {
  #canceling = element("span", { className: "muted" }, "Canceling…");
  #refusal = element("p", { className: "error", role: "alert" });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {{cancel: () => void, force: () => void, retry: () => void}} on */
  constructor({ cancel, force, retry }) {
    this.cancel = element("button", { type: "button", click: cancel }, "Cancel");
    this.force = element(
      "button",
      { className: "danger", type: "button", click: force },
      "Force the cancel",
    );
    this.retry = element("button", { type: "button", click: retry }, "Retry");
    this.node = element(
      "div",
      { className: "actions" },
      this.#canceling,
      this.cancel,
      this.force,
      this.retry,
      this.#refusal,
    );
  }

  /**
   * @param {Job} job
   * @param {{isCanceling: boolean, isRetrying: boolean, refusal: string}} state
   */
  update(job, { isCanceling, isRetrying, refusal }) {
    this.#canceling.hidden = !isCanceling;
    this.cancel.hidden = isCanceling || !job.isCancelable;
    this.force.hidden = !isForceable(job);
    this.retry.hidden = !job.isRetryable;
    this.retry.disabled = isRetrying;
    this.#refusal.hidden = refusal === "";
    setText(this.#refusal, refusal);
    this.#updateAt(job, () => {
      this.force.hidden = !isForceable(job);
    });
  }

  leave() {
    clearTimeout(this.#timer);
  }

  /**
   * Look again when the grace is over.
   *
   * @param {Job} job
   * @param {() => void} update
   */
  #updateAt({ cancellation }, update) {
    clearTimeout(this.#timer);
    const wait = Date.parse(cancellation?.graceUntil ?? "") - Date.now();
    if (wait > 0) this.#timer = setTimeout(update, wait + 1);
  }
}

/** Whether a cancel waits for code that has had its time. @param {Job} job */
function isForceable({ cancellation, attention }) {
  if (cancellation?.outcome !== "PENDING" || cancellation.mode !== "GRACEFUL") {
    return false;
  }
  const isGraceOver = Date.parse(cancellation.graceUntil ?? "") <= Date.now();
  return isGraceOver || attention.includes("CANCEL_OVERDUE");
}
