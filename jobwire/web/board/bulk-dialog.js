/** Cancelling or retrying all jobs of a filter: counted first, then confirmed. */

import { find, setText } from "../page/dom.js";
import { CANCEL_JOBS, RETRY_JOBS } from "./documents.js";
import { formatCount, formatNumber } from "./format.js";
import { describeFilter } from "./job-filter.js";

/** @typedef {import("./documents.js").JobFilter} JobFilter */
/** @typedef {import("./documents.js").BulkOperation} BulkOperation */
/** @typedef {import("./documents.js").UserError & {actual?: number}} BulkError */

/**
 * One action, as it is asked for and said.
 *
 * @typedef {object} Verb
 * @property {string} mutation
 * @property {string} field Of the mutation.
 * @property {string} title
 * @property {string} verb
 * @property {string} about What happens to each job.
 * @property {(filter: JobFilter) => JobFilter} select Which of the jobs it is for.
 */

/** @type {Record<"cancel" | "retry", Verb>} */
const VERBS = {
  cancel: {
    mutation: CANCEL_JOBS,
    field: "cancelJobs",
    title: "Cancel jobs",
    verb: "Cancel",
    about:
      "Code that runs is asked to stop; what has not started is canceled at once.",
    select: (filter) => ({ ...filter, isTerminal: false }),
  },
  retry: {
    mutation: RETRY_JOBS,
    field: "retryJobs",
    title: "Retry jobs",
    verb: "Retry",
    about: "Each runs again, as a new job with the same data.",
    select: (filter) =>
      filter.statuses
        ? { ...filter, isTerminal: true }
        : { ...filter, statuses: ["FAILED", "CANCELED", "EXPIRED"] },
  },
};

/**
 * @typedef {object} BulkDialogOptions
 * @property {import("./api.js").Api} api
 * @property {() => JobFilter} filter
 * @property {(operation: BulkOperation) => void} onAsked It is carried out from now on.
 */

export class BulkDialog {
  #dialog = find("bulk", HTMLDialogElement);
  #problem = find("bulk-error", HTMLElement);
  #reason = find("bulk-reason", HTMLInputElement);
  #force = find("bulk-force", HTMLInputElement);
  #submit = find("bulk-submit", HTMLButtonElement);
  #verb = VERBS.cancel;
  /** @type {JobFilter} */
  #filter = {};
  /** How many jobs there are; null: they are being counted. @type {number | null} */
  #count = null;
  /** Rises with each opening: what an earlier one was answered is not heard. */
  #opening = 0;

  /** @param {BulkDialogOptions} options */
  constructor(options) {
    this.options = options;
    find("bulk-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#carryOut();
    });
    find("bulk-keep", HTMLButtonElement).addEventListener("click", () =>
      this.#dialog.close(),
    );
  }

  /**
   * Count the jobs of the filter that an action is for, and ask whether to go on.
   *
   * @param {"cancel" | "retry"} action
   */
  async open(action) {
    this.#opening += 1;
    this.#verb = VERBS[action];
    this.#filter = this.#verb.select(this.options.filter());
    this.#reason.value = "";
    this.#force.checked = false;
    this.#submit.classList.toggle("danger", action === "cancel");
    this.#submit.classList.toggle("primary", action === "retry");
    find("bulk-how", HTMLElement).hidden = action !== "cancel";
    setText(find("bulk-title", HTMLElement), this.#verb.title);
    setText(find("bulk-about", HTMLElement), this.#verb.about);
    this.#complain("");
    this.#show(null);
    this.#dialog.showModal();
    await this.#ask({ dryRun: true });
  }

  async #carryOut() {
    if (this.#count === null || this.#count === 0) return;
    const reason = this.#reason.value.trim();
    const isCancel = this.#verb === VERBS.cancel;
    const input = {
      expectedCount: this.#count,
      ...(isCancel && reason ? { reason } : {}),
      ...(isCancel && this.#force.checked ? { mode: "FORCE" } : {}),
    };
    this.#complain("");
    this.#submit.disabled = true;
    const operation = await this.#ask(input);
    this.#submit.disabled = !this.#count;
    if (!operation) return;
    this.#dialog.close();
    this.options.onAsked(operation);
  }

  /**
   * Send the request, and show what is wrong with it.
   *
   * @param {Record<string, unknown>} input
   * @returns {Promise<BulkOperation | null>}
   */
  async #ask(input) {
    const opening = this.#opening;
    const { mutation, field } = this.#verb;
    try {
      const answer = await this.options.api.execute(mutation, {
        input: { select: { filter: this.#filter }, ...input },
      });
      if (opening !== this.#opening) return null;
      const { operation, matchedCount, errors } = answer[field];
      if (errors.length > 0) this.#refuse(errors);
      else this.#show(matchedCount);
      return operation;
    } catch (error) {
      if (opening === this.#opening) {
        this.#complain(error instanceof Error ? error.message : String(error));
      }
      return null;
    }
  }

  /** @param {BulkError[]} errors */
  #refuse(errors) {
    const mismatch = errors.find(({ code }) => code === "COUNT_MISMATCH");
    if (mismatch?.actual === undefined) {
      this.#complain(errors.map(({ message }) => message).join(" "));
      return;
    }
    this.#show(mismatch.actual);
    this.#complain("The number of jobs has changed meanwhile. Look again.");
  }

  /** @param {number | null} count null: they are being counted. */
  #show(count) {
    this.#count = count;
    const said = count === null ? "Counting…" : this.#describe(count);
    setText(find("bulk-count", HTMLElement), said);
    const { title, verb } = this.#verb;
    setText(this.#submit, count ? `${verb} ${formatCount(count, "job")}` : title);
    this.#submit.disabled = !count;
  }

  /** @param {number} count */
  #describe(count) {
    if (count === 0) return `There are no ${describeFilter(this.#filter)}.`;
    return `${formatNumber(count)} ${describeFilter(this.#filter, count)}`;
  }

  /** @param {string} text Empty: nothing is wrong. */
  #complain(text) {
    this.#problem.hidden = text === "";
    setText(this.#problem, text);
  }
}

