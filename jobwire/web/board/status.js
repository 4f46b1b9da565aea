/** What a job's status, progress and cancellation mean, in words and signs. */

import { element, icon } from "../page/dom.js";
import { formatAge, formatDuration, formatNumber, formatPercent } from "./format.js";

/** @typedef {import("./documents.js").Job} Job */
/** @typedef {import("./documents.js").Progress} Progress */
/** @typedef {import("./documents.js").Cancellation} Cancellation */

/** The statuses in the order of a job's life, with the icon of each. */
export const STATUSES = [
  { name: "SCHEDULED", label: "Scheduled", icon: "clock" },
  { name: "QUEUED", label: "Queued", icon: "queue" },
  { name: "RUNNING", label: "Running", icon: "play" },
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

/**
 * Say what became of a cancel.
 *
 * @param {Cancellation} cancellation
 */
export function describeOutcome(cancellation) {
  if (cancellation.outcome === "PENDING" && cancellation.acknowledgedAt) {
    return "Its code was told to stop and is winding up.";
  }
  return OUTCOMES[cancellation.outcome] ?? cancellation.outcome;
}

/**
 * Say how far a job has come, or how it ended, in one line.
 *
 * @param {Job} job
 * @param {number} now In ms since 1970.
 */
export function describeProgress(job, now) {
  const since = (/** @type {string | null} */ at) => now - Date.parse(at ?? "");
  switch (job.status) {
    case "SCHEDULED":
      return due("Due", -since(job.runAt));
    case "QUEUED":
      return since(job.runAt) < 2000 ? "" : "Waiting for a worker";
    case "RUNNING":
      if (isCancelPending(job)) return "Stopping…";
      return job.progress ? describeReport(job.progress) : "";
    case "RETRYING": {
      const again = due("Next attempt", -since(job.nextAttemptAt));
      return job.failure ? `${again} · ${job.failure.message}` : again;
    }
    case "SUCCEEDED":
      return `In ${formatDuration(runTime(job, now) ?? 0)}`;
    case "FAILED":
      return job.failure?.message ?? "";
    case "CANCELED":
      return job.startedAt
        ? `Stopped after ${formatDuration(runTime(job, now) ?? 0)}`
        : "Never started";
    case "EXPIRED":
      return "Not started within its time-to-live";
    default:
      return "";
  }
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
