/** What a job's status, progress and cancellation mean, in words and signs. */

import { element, icon } from "../page/dom.js";
import { formatAge, formatDuration, formatNumber, formatPercent } from "./format.js";

/** @typedef {import("./documents.js").Job} Job */
/** @typedef {import("./documents.js").Progress} Progress */

/** The statuses in the order of a job's life, with the icon of each. */
export const STATUSES = [
  { name: "SCHEDULED", label: "Scheduled", icon: "clock" },
  { name: "QUEUED", label: "Queued", icon: "queue" },
  { name: "RUNNING", label: "Running", icon: "play" },
  { name: "WAITING", label: "Waiting", icon: "pause" },
  { name: "RETRYING", label: "Retrying", icon: "again" },
  { name: "SUCCEEDED", label: "Succeeded", icon: "check" },
  { name: "FAILED", label: "Failed", icon: "cross" },
  { name: "CANCELED", label: "Canceled", icon: "stop" },
  { name: "EXPIRED", label: "Expired", icon: "hourglass" },
];

/** @type {Record<string, string>} */
const OUTCOMES = {
  PENDING: "Asked to stop; its code has not stopped yet.",
  STOPPED: "Its code has stopped.",
  NEVER_STARTED: "Canceled before any of its code ran.",
  FINISHED_FIRST: "The cancel came too late: the job had ended by itself.",
  FORCED_UNCONFIRMED: "Canceled by force; its code may still be running.",
};

/**
 * Name a status; one that this page does not know yet is shown as it is spelled.
 *
 * @param {string} status
 */
export function statusLabel(status) {
  return STATUSES.find(({ name }) => name === status)?.label ?? status;
}

/** @param {string} status */
export function statusBadge(status) {
  const badge = element("span", { class: "status" });
  updateStatusBadge(badge, status);
  return badge;
}

/**
 * @param {HTMLElement} badge
 * @param {string} status
 */
export function updateStatusBadge(badge, status) {
  if (badge.dataset.status === status) return;
  badge.dataset.status = status;
  const known = STATUSES.find(({ name }) => name === status);
  badge.replaceChildren(icon(known?.icon ?? "play"), statusLabel(status));
}

/** @param {Job} job */
export function isCancelPending(job) {
  return job.cancellation?.outcome === "PENDING";
}

/** Whether its cancel waits for its code and may be forced. @param {Job} job */
export function isForceable(job) {
  return isCancelPending(job) && job.cancellation?.mode === "GRACEFUL";
}

/** @param {Job} job */
export function isOnTrigger(job) {
  return job.executor === "TRIGGER";
}

/** Whether it has code that can only be asked to stop. @param {Job} job */
export function hasLiveCode({ status }) {
  return status === "RUNNING" || status === "WAITING";
}

/**
 * Say what became of a cancel; empty: none was asked for.
 *
 * @param {Job} job
 */
export function describeOutcome(job) {
  if (!job.cancellation) return "";
  const { outcome, acknowledgedAt } = job.cancellation;
  if (outcome === "PENDING") {
    if (isOnTrigger(job)) return describeWish(job, acknowledgedAt !== null);
    if (acknowledgedAt) return "Its code was told to stop and is winding up.";
  }
  return OUTCOMES[outcome] ?? outcome;
}

/**
 * Say how far a cancel has come that only Trigger.dev can carry out.
 *
 * @param {Job} job
 * @param {boolean} isTold Whether Trigger.dev has taken it.
 */
function describeWish({ triggerRunId }, isTold) {
  if (isTold) {
    return "Asked; waits for Trigger.dev to confirm that its code has stopped.";
  }
  return triggerRunId === null
    ? "Asked; Trigger.dev is told once it is known which run is the job's."
    : "Asked; Trigger.dev has not taken it yet.";
}

/**
 * Say how far a job has come, or how it ended, in one line.
 *
 * @param {Job} job
 * @param {number} now In ms since 1970.
 */
export function describeProgress(job, now) {
  const since = (/** @type {string | null} */ at) => now - Date.parse(at ?? "");
  if (isCancelPending(job)) {
    return isOnTrigger(job) ? "Asked to stop; waits for Trigger.dev" : "Stopping…";
  }
  switch (job.status) {
    case "SCHEDULED":
      return due("Due", -since(job.runAt));
    case "QUEUED":
      return since(job.runAt) < 2000 ? "" : describeQueue(job);
    case "RUNNING":
      return job.progress ? describeReport(job.progress) : "";
    case "WAITING": {
      const report = job.progress ? describeReport(job.progress) : "";
      return ["Parked by Trigger.dev", report].filter(Boolean).join(" · ");
    }
    case "RETRYING": {
      const again = due("Next attempt", -since(job.nextAttemptAt));
      return job.failure ? `${again} · ${job.failure.message}` : again;
    }
    case "SUCCEEDED":
      return `In ${formatDuration(runTime(job, now) ?? 0)}`;
    case "FAILED":
      return job.failure?.message ?? "";
    case "CANCELED":
      if (job.cancellation?.outcome === "FORCED_UNCONFIRMED") {
        return "Canceled by force";
      }
      return job.startedAt
        ? `Stopped after ${formatDuration(runTime(job, now) ?? 0)}`
        : "Never started";
    case "EXPIRED":
      return "Not started within its time-to-live";
    default:
      return "";
  }
}

/** @param {Job} job */
function describeQueue(job) {
  if (!isOnTrigger(job)) return "Waiting for a worker";
  return job.triggerRunId === null
    ? "Waiting to be handed over"
    : "In the queue of Trigger.dev";
}

/**
 * Say what the code reported last.
 *
 * @param {Progress} progress
 */
export function describeReport({ fraction, message, current, total }) {
  const parts = [];
  if (fraction !== null) parts.push(formatPercent(fraction));
  if (message) parts.push(message);
  else if (current !== null && total !== null) {
    parts.push(`${formatNumber(current)} of ${formatNumber(total)}`);
  } else if (current !== null) parts.push(formatNumber(current));
  return parts.join(" · ");
}

/**
 * How long it has been running since its first start, in ms; null: it never started.
 *
 * @param {Job} job
 * @param {number} now In ms since 1970.
 */
export function runTime(job, now) {
  if (!job.startedAt) return null;
  const end = job.finishedAt ? Date.parse(job.finishedAt) : now;
  return Math.max(0, end - Date.parse(job.startedAt));
}

/**
 * @param {string} what
 * @param {number} wait In ms.
 */
function due(what, wait) {
  if (wait < 1000) return `${what} now`;
  return `${what} in ${wait < 60_000 ? formatAge(wait) : formatDuration(wait)}`;
}
