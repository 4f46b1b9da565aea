/** What an event says, in words: what happened, what it moved, and who brought it. */

import { describeReport, statusLabel } from "./status.js";

/** @typedef {import("./documents.js").JobEvent} JobEvent */
/** @typedef {import("./documents.js").Progress} Progress */

/** @type {Record<string, string>} */
const SOURCES = {
  API: "API",
  WORKER: "Worker",
  DISPATCH: "Handing over to Trigger.dev",
  WEBHOOK: "Hook of the Trigger.dev project",
  ALERT: "Alert of Trigger.dev",
  REALTIME: "Trigger.dev's feed",
  RECONCILER: "Trigger.dev, when asked",
};
/** @type {Record<string, string>} */
const SOURCE_WORDS = {
  API: "API",
  WORKER: "Worker",
  DISPATCH: "Dispatch",
  WEBHOOK: "Hook",
  ALERT: "Alert",
  REALTIME: "Feed",
  RECONCILER: "Asked",
};
const ENDS = new Set(["SUCCEEDED", "FAILED", "CANCELED", "EXPIRED"]);
const NO_PROGRESS = { fraction: null, message: null, current: null, total: null };

/** @param {JobEvent} event */
export function eventTitle(event) {
  return isNews(event) ? "Heard" : spelledOut(event.kind);
}

/**
 * Say what an event moved, and how Trigger.dev calls it; empty: nothing to be seen.
 *
 * @param {JobEvent} event
 */
export function describeMove(event) {
  const word = event.changes.trigger_status;
  const said = word ? `Trigger.dev says ${word}` : "";
  return [describeStep(event), said].filter(Boolean).join(" · ");
}

/** @param {JobEvent} event */
function describeStep({ kind, fromStatus, toStatus, source, changes }) {
  switch (kind) {
    case "PROGRESS": {
      const progress = /** @type {Progress | undefined} */ (changes.progress);
      return progress ? describeReport({ ...NO_PROGRESS, ...progress }) : "";
    }
    case "DISPATCHED":
      return describeDispatch(changes);
    case "ORPHAN_ADOPTED":
      return `found ${changes.trigger_run_id}, the run of the lost answer`;
    case "ATTENTION_CHANGED": {
      const kinds = /** @type {string[]} */ (changes.attention ?? []);
      return kinds.map(spelledOut).join(", ") || "not needed any more";
    }
    case "DRIFT_CORRECTED":
      return "put right: no path had told it";
    case "CANCEL_REQUESTED":
      return changes.cancel_requested_at
        ? "asked to stop"
        : "to be settled by force after the grace";
    case "CANCEL_ACKNOWLEDGED":
      if (source === "WORKER") return "its code was told";
      return changes.cancel_requested_at
        ? "asked for on Trigger.dev"
        : "Trigger.dev was told";
  }
  if (fromStatus === toStatus) return "";
  const from = fromStatus === null ? "" : `${statusLabel(fromStatus)} `;
  return `${from}→ ${statusLabel(toStatus)}`;
}

/** Name the path that brought an event in one word. @param {string} source */
export function sourceWord(source) {
  return SOURCE_WORDS[source] ?? spelledOut(source);
}

/** Name the path that brought an event. @param {string} source */
export function sourceLabel(source) {
  return SOURCES[source] ?? spelledOut(source);
}

/** @param {JobEvent} event */
export function describeSource({ kind, source, actor, attempt, jobVersion }) {
  const parts = [sourceLabel(source)];
  if (source === "WEBHOOK" && ENDS.has(kind)) {
    parts.push("Trigger.dev itself could not be asked");
  }
  if (actor) parts.push(actor);
  if (attempt !== null) parts.push(`attempt ${attempt}`);
  parts.push(`version ${jobVersion}`);
  return parts.join(" · ");
}

/**
 * Say how far the handing-over to Trigger.dev has come.
 *
 * @param {Record<string, unknown>} changes
 */
function describeDispatch({ dispatch_state, dispatch_number, trigger_run_id }) {
  switch (dispatch_state) {
    case "sending":
      // Only the first send, of all those of one number, sets the number.
      return dispatch_number === undefined
        ? "handing over to Trigger.dev once more"
        : "handing over to Trigger.dev";
    case "unknown":
      return "the answer was lost, looking for the run";
    case "none":
      return "not accepted, to be handed over again";
    case "linked":
      return `accepted as ${trigger_run_id}`;
    default:
      return String(dispatch_state);
  }
}

/** Whether all that an event brings is another word of Trigger.dev's. @param {JobEvent} event */
function isNews({ changes }) {
  const [first, ...others] = Object.keys(changes);
  return first === "trigger_status" && others.length === 0;
}

/** @param {string} word */
function spelledOut(word) {
  const words = word.toLowerCase().replaceAll("_", " ");
  return words[0].toUpperCase() + words.slice(1);
}
