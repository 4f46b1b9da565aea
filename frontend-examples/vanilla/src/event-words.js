/** What an event of a job says, for people. */

import { progressWords, sourceWord, spelledOut } from "./words.js";

/** @typedef {import("./documents.js").JobEvent} JobEvent */

/** @type {Record<string, string>} */
const KINDS = {
  CREATED: "Accepted",
  STARTED: "Attempt started",
  WAITING: "Parked by Trigger.dev",
  RESUMED: "Goes on",
  CANCEL_ACKNOWLEDGED: "Told to stop",
  METADATA_CHANGED: "Its notes changed",
  DRIFT_CORRECTED: "Put right by reconciliation",
  ORPHAN_ADOPTED: "Its lost run was found",
};

/** @type {Record<string, string>} */
const DISPATCHES = {
  sending: "Being handed over to Trigger.dev",
  unknown: "Handed over, but the answer was lost",
  none: "Not accepted by Trigger.dev",
  accepted: "Accepted by Trigger.dev",
  linked: "Has its run on Trigger.dev",
};

/** @param {JobEvent} event */
export function eventWords({ kind, changes }) {
  switch (kind) {
    case "DISPATCHED":
      return DISPATCHES[changes.dispatch_state ?? ""] ?? spelledOut(kind);
    case "PROGRESS":
      return progressWords(changes.progress ?? {}) || spelledOut(kind);
    case "CANCEL_REQUESTED":
      return changes.cancel_requested_at === undefined
        ? "Asked to be canceled by force"
        : "Asked to stop";
    case "ATTENTION_CHANGED": {
      const reasons = changes.attention ?? [];
      if (reasons.length === 0) return "Needs attention no more";
      return `Needs attention: ${reasons.map(spelledOut).join(", ").toLowerCase()}`;
    }
    default:
      return KINDS[kind] ?? spelledOut(kind);
  }
}

/** @param {JobEvent} event */
export function originWords({ source, actor, attempt }) {
  const parts = [sourceWord(source)];
  if (actor) parts.push(actor);
  if (attempt !== null) parts.push(`attempt ${attempt}`);
  return parts.join(" · ");
}
