/** The bulk operation that was asked for last: how far it is, and how it has ended. */

import { element, fill, find, icon } from "../page/dom.js";
import { recall, remember } from "../page/storage.js";
import { Attempts } from "./attempts.js";
import { ABORT_BULK_OPERATION, BULK_OPERATION, BULK_REFUSALS } from "./documents.js";
import { formatCount, formatNumber } from "./format.js";

/** @typedef {import("./documents.js").BulkOperation} Operation */
/** @typedef {import("./documents.js").BulkRefusal} Refusal */

/** Kept for this tab, so that an operation is still told of after a reload. */
const SETTING = "jobwire.bulk";
/** @type {Record<string, {now: string, past: string}>} */
const WORDS = {
  CANCEL: { now: "Canceling", past: "Canceled" },
  RETRY: { now: "Retrying", past: "Retried" },
};

/**
 * @typedef {object} BulkProgressOptions
 * @property {import("./api.js").Api} api
 * @property {import("../page/live.js").LiveSocket} socket
 * @property {import("./notices.js").Notices} notices
 */

export class BulkProgress {
  #node = find("bulk-operation", HTMLElement);
  #bar = element("progress", { "aria-label": "Progress of the bulk operation" });
  #text = element("span", { class: "operation-text", role: "status" });
  #stopButton = element("button", { type: "button", onclick: () => this.#abort() }, "Stop");
  #dismiss = element(
    "button",
    {
      type: "button",
      class: "quiet icon-only",
      "aria-label": "Dismiss",
      onclick: () => this.#forget(),
    },
    icon("cross"),
  );
  #refusals = element("details", { hidden: true });
  #attempts;
  #id = "";
  #stop = () => {};

  /** @param {BulkProgressOptions} options */
  constructor(options) {
    this.options = options;
    this.#attempts = new Attempts(options.api, options.notices);
    fill(
      this.#node,
      this.#text,
      this.#bar,
      this.#stopButton,
      this.#dismiss,
      this.#refusals,
    );
  }

  /** Go on with the operation that this tab was told of before. */
  resume() {
    const id = recall("sessionStorage", SETTING);
    if (id) this.#watch(id);
  }

  /** @param {Operation} operation */
  follow(operation) {
    remember("sessionStorage", SETTING, operation.id);
    this.#refusals.hidden = true;
    this.#draw(operation);
    this.#watch(operation.id);
  }

  /** @param {string} id */
  #watch(id) {
    this.#stop();
    this.#id = id;
    this.#stop = this.options.socket.follow({
      request: () => ({ query: BULK_OPERATION, variables: { id } }),
      next: ({ data }) => data && this.#draw(data.bulkOperation),
      failed: () => this.#forget(),
      ended: () => {},
    });
  }

  #forget() {
    this.#stop();
    remember("sessionStorage", SETTING, null);
    this.#node.hidden = true;
  }

  async #abort() {
    this.#stopButton.disabled = true;
    const input = { id: this.#id };
    const payload = await this.#attempts.run("abort", ABORT_BULK_OPERATION, { input });
    if (payload) this.#draw(payload.operation);
    this.#stopButton.disabled = false;
  }

  /** @param {Operation} operation */
  #draw(operation) {
    const { status, matchedCount, succeededCount, skippedCount, failedCount } = operation;
    const isRunning = status === "RUNNING";
    this.#node.hidden = false;
    this.#node.dataset.status = isRunning ? "RUNNING" : "";
    this.#text.textContent = describeOperation(operation);
    this.#bar.hidden = !isRunning;
    this.#bar.max = Math.max(matchedCount, 1);
    this.#bar.value = succeededCount + skippedCount + failedCount;
    this.#stopButton.hidden = !isRunning;
    this.#dismiss.hidden = isRunning;
    if (failedCount > 0 && !isRunning) this.#explain(operation);
  }

  /** Tell why jobs refused. @param {Operation} operation */
  async #explain({ id, failedCount }) {
    /** @type {{bulkOperation: {refusals: {nodes: Refusal[]}} | null}} */
    const { bulkOperation } = await this.options.api
      .execute(BULK_REFUSALS, { id })
      .catch(() => ({ bulkOperation: null }));
    if (bulkOperation === null || id !== this.#id) return;
    const { nodes } = bulkOperation.refusals;
    this.#refusals.hidden = false;
    fill(
      this.#refusals,
      element("summary", {}, `Why ${formatCount(failedCount, "job")} refused`),
      element(
        "ul",
        { role: "list" },
        ...nodes.map(({ jobId, message }) =>
          element("li", {}, element("a", { href: `#${jobId}` }, jobId), " ", message),
        ),
      ),
    );
  }
}

/**
 * Say how far an operation is, or how it has ended.
 *
 * @param {Operation} operation
 */
export function describeOperation(operation) {
  const { action, status, matchedCount, succeededCount } = operation;
  const { skippedCount, failedCount } = operation;
  const words = WORDS[action] ?? { now: action, past: action };
  const done = succeededCount + skippedCount + failedCount;
  const parts = [
    skippedCount && `${formatNumber(skippedCount)} needed nothing`,
    failedCount && `${formatNumber(failedCount)} refused`,
  ].filter(Boolean);
  const of = formatCount(matchedCount, "job");
  const head =
    status === "RUNNING"
      ? `${words.now} ${formatNumber(done)} of ${of}`
      : `${words.past} ${formatNumber(succeededCount)} of ${of}`;
  const end = status === "ABORTED" ? [`stopped after ${formatNumber(done)}`] : [];
  return `${[head, ...end, ...parts].join(", ")}.`;
}
