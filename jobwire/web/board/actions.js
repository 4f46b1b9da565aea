/** What the user does to a job that is there: cancel it, or run it again. */

import { CANCEL_JOB, RETRY_JOB } from "./documents.js";
import { find, setText } from "../page/dom.js";
import { describeOutcome, hasLiveCode, isForceable, isOnTrigger } from "./status.js";

/** @typedef {import("./documents.js").Job} Job */
/** @typedef {import("./documents.js").UserError} UserError */

/**
 * @typedef {object} ActionsOptions
 * @property {import("./api.js").Api} api
 * @property {import("./notices.js").Notices} notices
 * @property {(job: Job) => void} onJob A job as the server answered it.
 * @property {(job: Job) => void} onNewJob The new job that a retry has made.
 */

export class Actions {
  #dialog = find("confirm-cancel", HTMLDialogElement);
  #form = find("confirm-cancel-form", HTMLFormElement);
  #reason = find("cancel-reason", HTMLInputElement);
  #subject = find("cancel-subject", HTMLElement);
  #stopper = find("cancel-stopper", HTMLElement);
  /** Jobs whose cancel is still open, asked for from this page. @type {Set<string>} */
  #awaited = new Set();
  /** @type {Job | null} */
  #confirming = null;

  /** @param {ActionsOptions} options */
  constructor(options) {
    this.options = options;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#dialog.close();
      const reason = this.#reason.value.trim();
      if (this.#confirming) this.#cancel(this.#confirming, reason ? { reason } : {});
    });
    find("keep-running", HTMLButtonElement).addEventListener("click", () =>
      this.#dialog.close(),
    );
  }

  /**
   * Cancel a job; when its code has started, ask first.
   *
   * @param {Job} job
   */
  cancel(job) {
    if (!job.isCancelable) return;
    if (!hasLiveCode(job)) {
      this.#cancel(job, {});
      return;
    }
    this.#confirming = job;
    this.#reason.value = "";
    setText(this.#subject, job.tag);
    setText(this.#stopper, isOnTrigger(job) ? "Trigger.dev" : "Its worker");
    this.#dialog.showModal();
  }

  /**
   * Have a job that was asked to stop settled after its grace, whatever its code does.
   *
   * @param {Job} job
   */
  force(job) {
    if (isForceable(job)) this.#cancel(job, { mode: "FORCE" });
  }

  /**
   * Run a job that has ended once more, as a new job.
   *
   * @param {Job} job
   */
  async retry(job) {
    if (!job.isRetryable) return;
    await this.#attempt(async () => {
      const input = { id: job.id };
      const { retryJob } = await this.options.api.execute(RETRY_JOB, { input });
      if (retryJob.job) this.options.onNewJob(retryJob.job);
      else this.#refuse(retryJob.errors);
    });
  }

  /**
   * Tell how a cancel that was asked for here has ended.
   *
   * @param {Job} job
   */
  observe(job) {
    if (!job.isTerminal || !this.#awaited.delete(job.id)) return;
    this.options.notices.tell(`${job.tag}: ${describeOutcome(job)}`);
  }

  /**
   * @param {Job} job
   * @param {{reason?: string, mode?: string}} how
   */
  async #cancel({ id }, how) {
    await this.#attempt(async () => {
      const input = { id, ...how };
      const { cancelJob } = await this.options.api.execute(CANCEL_JOB, { input });
      const { job, alreadySettled, errors } = cancelJob;
      if (!job) {
        this.#refuse(errors);
        return;
      }
      this.#awaited.add(id);
      if (alreadySettled) {
        this.#awaited.delete(id);
        this.options.notices.tell(
          `${job.tag} had ended already; nothing was canceled.`,
        );
      } else if (!job.isTerminal) {
        this.options.notices.tell(
          how.mode === "FORCE"
            ? `${job.tag} is canceled after its grace at the latest.`
            : `${job.tag} is asked to stop.`,
        );
      }
      this.options.onJob(job);
    });
  }

  /** @param {() => Promise<void>} action */
  async #attempt(action) {
    try {
      await action();
    } catch (error) {
      this.options.notices.fail(error instanceof Error ? error.message : String(error));
    }
  }

  /** @param {UserError[]} errors */
  #refuse(errors) {
    this.options.notices.fail(errors.map(({ message }) => message).join(" "));
  }
}
