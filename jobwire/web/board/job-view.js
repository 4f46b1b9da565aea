/** What is shown of the job that is open. */

import { copyButton } from "../page/copy.js";
import { element, fill, find, setText } from "../page/dom.js";
import { buildAttention, describeAttention } from "./attention.js";
import { uuidOf } from "./identifiers.js";
import {
  buildAttempts,
  buildCancellation,
  buildFailure,
  buildMaker,
  buildRun,
  buildSecret,
  buildValue,
  Facts,
} from "./job-parts.js";
import { Part } from "./part.js";
import { showProgress } from "./row.js";
import {
  describeOutcome,
  describeProgress,
  isForceable,
  updateStatusBadge,
} from "./status.js";

/** @typedef {import("./documents.js").Attempt} Attempt */
/** @typedef {import("./documents.js").JobDetail} JobDetail */

export class JobView {
  #title = find("job-title", HTMLElement);
  #badge = find("job-status", HTMLElement);
  #subtitle = find("job-subtitle", HTMLElement);
  #note = find("job-note", HTMLElement);
  #bar = find("job-bar", HTMLProgressElement);
  #problem = find("job-error", HTMLElement);
  #content = find("job-content", HTMLElement);
  #cancel = find("job-cancel", HTMLButtonElement);
  #force = find("job-force", HTMLButtonElement);
  #retry = find("job-retry", HTMLButtonElement);
  #facts = new Facts(find("job-facts", HTMLElement));
  #run = new Part(find("job-run", HTMLElement));
  #maker = new Part(find("job-maker", HTMLElement));
  #attention = new Part(find("job-attention", HTMLElement));
  #failure = new Part(find("job-failure", HTMLElement));
  #cancellation = new Part(find("job-cancellation", HTMLElement));
  #data = new Part(find("job-data", HTMLElement));
  #result = new Part(find("job-result", HTMLElement));
  #attempts = new Part(find("job-attempts", HTMLElement));

  /** Show that a job is being read. */
  begin() {
    this.#content.hidden = true;
    this.#badge.hidden = true;
    setText(this.#title, "");
    this.show(null);
  }

  focus() {
    this.#title.focus();
  }

  /** @param {unknown} error null: all is well. */
  show(error) {
    this.#problem.hidden = error === null;
    setText(this.#problem, error instanceof Error ? error.message : "");
  }

  /**
   * Show what of a job never changes.
   *
   * @param {JobDetail} job
   */
  introduce({ id, tag, type, replayOf, schedule, tickAt }) {
    this.#content.hidden = false;
    this.#badge.hidden = false;
    setText(this.#title, tag);
    fill(
      this.#subtitle,
      element("span", {}, type),
      element("code", {}, id),
      copyButton(() => id, "Copy id"),
      copyButton(() => uuidOf(id), "Copy UUID"),
      replayOf &&
        element("a", { href: `#${replayOf.id}` }, "A retry of an earlier job"),
    );
    const isMade = schedule !== null || tickAt !== null;
    this.#maker.show(isMade ? { schedule, tickAt } : null, buildMaker);
  }

  /**
   * Show how a job stands.
   *
   * @param {JobDetail} job
   * @param {number} now In ms since 1970.
   */
  draw(job, now) {
    updateStatusBadge(this.#badge, job.status);
    showProgress(this.#bar, job);
    this.#offer(this.#cancel, job.isCancelable);
    this.#offer(this.#force, isForceable(job));
    this.#offer(this.#retry, job.isRetryable);
    this.#attention.show(
      job.attention.length ? describeAttention(job) : null,
      buildAttention,
    );
    this.#failure.show(job.failure, buildFailure);
    this.#run.show(job.triggerRunId, buildRun);
    const told = describeOutcome(job);
    this.#cancellation.show(job.cancellation && { ...job.cancellation, told }, (c) =>
      buildCancellation(c, c.told),
    );
    const isSecret = (/** @type {string} */ part) => job.redacted.includes(part);
    if (job.status === "SUCCEEDED" && isSecret("RESULT"))
      this.#result.show("Result", buildSecret);
    else this.#result.show(job.result, (result) => buildValue("Result", result));
    if (isSecret("DATA")) this.#data.show("Data", buildSecret);
    else this.#data.show(job.data, (data) => buildValue("Data", data));
    this.tick(job, now);
  }

  /** @param {Attempt[]} attempts */
  drawAttempts(attempts) {
    this.#attempts.show(attempts.length ? attempts : null, buildAttempts);
  }

  /**
   * Let time pass.
   *
   * @param {JobDetail} job
   * @param {number} now In ms since 1970.
   */
  tick(job, now) {
    this.#facts.update(job, now);
    setText(this.#note, job.status === "FAILED" ? "" : describeProgress(job, now));
  }

  /**
   * Show or hide a button; focus that would be lost goes to the title.
   *
   * @param {HTMLButtonElement} button
   * @param {boolean} isOffered
   */
  #offer(button, isOffered) {
    if (!isOffered && document.activeElement === button) this.focus();
    button.hidden = !isOffered;
  }
}
