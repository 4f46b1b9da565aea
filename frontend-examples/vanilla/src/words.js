/** What the words of the API mean, for people. */

/** @type {Record<string, string>} */
const OUTCOMES = {
  PENDING: "Asked to stop; its code has not stopped yet.",
  STOPPED: "Its code has stopped.",
  NEVER_STARTED: "Canceled before any of its code ran.",
  FINISHED_FIRST: "It ended by itself first.",
  FORCED_UNCONFIRMED: "Canceled; its code may still be running.",
};

/** @type {Record<string, string>} */
const FAILURES = {
  TASK_ERROR: "Its code raised an error.",
  TIMEOUT: "It ran longer than it may.",
  CRASHED: "The process that ran it died.",
  OUT_OF_MEMORY: "It needed more memory than there was.",
  DISPATCH_REJECTED: "Trigger.dev refused to run it.",
  ORPHANED: "Its run is gone, and nobody told how it ended.",
  PLATFORM: "Trigger.dev itself failed.",
  EXPIRED: "Its time passed before it started.",
};

/** @type {Record<string, string>} */
const EXECUTORS = { INTERNAL: "Own workers", TRIGGER: "Trigger.dev" };

/** @type {Record<string, string>} */
const SOURCES = { API: "API", RECONCILER: "Reconciliation" };

/** @param {string} outcome */
export const outcomeWords = (outcome) => OUTCOMES[outcome] ?? spelledOut(outcome);
/** @param {string} kind */
export const failureWords = (kind) => FAILURES[kind] ?? spelledOut(kind);
/** @param {string} executor */
export const executorWords = (executor) => EXECUTORS[executor] ?? spelledOut(executor);
/** @param {string} source */
export const sourceWord = (source) => SOURCES[source] ?? spelledOut(source);

/**
 * Members may be added to every enum: those that are not known are read as they are.
 *
 * @param {string} word
 */
export function spelledOut(word) {
  const words = word.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const percent = new Intl.NumberFormat("en", { style: "percent" });

/** @param {Partial<import("./documents.js").Progress>} progress */
export function progressWords({ fraction, message }) {
  // 100 % is said only of what is complete.
  const share =
    fraction == null ? "" : percent.format(fraction < 1 ? Math.min(fraction, 0.99) : 1);
  return [share, message].filter(Boolean).join(" · ");
}
