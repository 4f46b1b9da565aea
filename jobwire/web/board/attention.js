/** Why somebody should look at a job: a mark in the list, and the reasons in words. */

import { element, icon } from "../page/dom.js";

/** @typedef {import("./documents.js").Job} Job */

/** @type {Record<string, (job: Job) => string>} */
const REASONS = {
  CANCEL_OVERDUE: ({ executor }) =>
    executor === "TRIGGER"
      ? "It was asked to stop, and Trigger.dev has not confirmed in time that it has."
      : "It was asked to stop, and its code has not done so in time.",
  HEARTBEAT_LATE: ({ executor }) =>
    executor === "TRIGGER"
      ? "Nothing was heard of its run for too long."
      : "Its worker gives no sign of life, and no other one takes it over.",
  START_OVERDUE: ({ executor, triggerRunId }) => {
    if (executor !== "TRIGGER") return "It is due for too long, and no worker takes it.";
    return triggerRunId === null
      ? "It is due for too long, and was not handed over to Trigger.dev."
      : "It waits for too long in the queue of Trigger.dev.";
  },
  DRIFTED: () => "It had to be corrected: what should have told of its run did not.",
  ORPHAN_SUSPECT: () => "Trigger.dev does not know its run; it is asked again.",
};

/** All kinds of attention that this page has words for. */
export const ATTENTION_KINDS = Object.keys(REASONS);

/**
 * Say why somebody should look at a job, a sentence for each kind.
 *
 * @param {Job} job
 */
export function describeAttention(job) {
  return job.attention.map((kind) => REASONS[kind]?.(job) ?? kind);
}

/** A mark that `updateAttentionMark` shows while a job needs attention. */
export function attentionMark() {
  return element("span", { class: "attention", hidden: true }, icon("warning"));
}

/**
 * @param {HTMLElement} mark
 * @param {Job} job
 */
export function updateAttentionMark(mark, job) {
  const told = describeAttention(job).join(" ");
  mark.hidden = told === "";
  mark.title = told;
  if (told) {
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", `Needs attention: ${told}`);
  }
}

/** @param {string[]} reasons */
export function buildAttention(reasons) {
  return [
    element("p", { class: "callout-title" }, icon("warning"), "Needs attention"),
    ...reasons.map((reason) => element("p", { class: "callout-text" }, reason)),
  ];
}
