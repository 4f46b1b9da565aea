/** What a job schedule says of itself, in words and signs. */

import { formatAppointment } from "./format.js";

/** @typedef {import("./documents.js").JobSchedule} JobSchedule */
/** @typedef {{icon: string, tone: "" | "warning" | "error", text: string}} Note */

/** What a tick does while an earlier job is open, the default first. */
export const OVERLAP_POLICIES = [
  { name: "SKIP", label: "Make no job" },
  { name: "QUEUE_ONE", label: "Wait until it has ended" },
  { name: "CANCEL_RUNNING", label: "Cancel it, and make another" },
  { name: "ALLOW", label: "Make another beside it" },
];

/** What becomes of ticks that no worker could use in time, the default first. */
export const MISFIRE_POLICIES = [
  { name: "RUN_ONCE", label: "One job for all of them" },
  { name: "SKIP", label: "No job" },
  { name: "RUN_ALL", label: "A job for each of the last day" },
];

/** @type {Record<string, string>} */
const OWNERS = { JOBWIRE: "Jobwire", TRIGGER_DEV: "Trigger.dev" };

/** @type {Record<string, string>} */
const SYNC_STATES = {
  PENDING: "not synced yet",
  SYNCED: "synced",
  FAILED: "refused",
};

/** Whether another clock than Jobwire's fires it. @param {{owner: string}} schedule */
export function isFiredElsewhere({ owner }) {
  return owner !== "JOBWIRE";
}

/**
 * Name whose clock fires it; one that this page does not know is shown as it is spelled.
 *
 * @param {{owner: string}} schedule
 */
export function ownerLabel({ owner }) {
  return OWNERS[owner] ?? owner;
}

/**
 * Say whose clock fires it, and whether that one follows.
 *
 * @param {JobSchedule} schedule
 */
export function describeOwner(schedule) {
  const fires = `Fired by ${ownerLabel(schedule)}`;
  if (!isFiredElsewhere(schedule) || schedule.syncState === null) return fires;
  return `${fires} · ${SYNC_STATES[schedule.syncState] ?? schedule.syncState}`;
}

/**
 * What somebody may have to know, the most pressing first.
 *
 * @param {JobSchedule} schedule
 * @param {number} now In ms since 1970.
 * @returns {Note[]}
 */
export function notesOf(schedule, now) {
  return [syncNote(schedule), waitNote(schedule, now), skipNote(schedule, now)].filter(
    (note) => note !== null,
  );
}

/**
 * @param {JobSchedule} schedule
 * @returns {Note | null}
 */
function syncNote(schedule) {
  const { syncState, syncError } = schedule;
  if (syncState === null || syncState === "SYNCED") return null;
  const text = isFiredElsewhere(schedule)
    ? "Trigger.dev's own schedule does not follow yet."
    : "It begins to fire once Trigger.dev's own schedule is deleted.";
  const isRefused = syncState === "FAILED" || syncError !== null;
  return {
    icon: isRefused ? "warning" : "hourglass",
    tone: isRefused ? "error" : "",
    text: [text, syncError].filter(Boolean).join(" "),
  };
}

/**
 * @param {JobSchedule} schedule
 * @param {number} now In ms since 1970.
 * @returns {Note | null}
 */
function waitNote({ waitingTickAt }, now) {
  if (waitingTickAt === null) return null;
  const tick = formatAppointment(waitingTickAt, now);
  return {
    icon: "hourglass",
    tone: "",
    text: `The tick of ${tick} waits until the open job has ended.`,
  };
}

/**
 * @param {JobSchedule} schedule
 * @param {number} now In ms since 1970.
 * @returns {Note | null}
 */
function skipNote({ lastSkippedTick }, now) {
  if (lastSkippedTick === null) return null;
  const { at, reason, message } = lastSkippedTick;
  const isRefused = reason === "REFUSED";
  return {
    icon: isRefused ? "warning" : "minus",
    tone: isRefused ? "warning" : "",
    text: `The tick of ${formatAppointment(at, now)} made no job: ${message}`,
  };
}
