/** What an event of a job says, for people. */

import { progressWords } from "./progress-words.ts";
import { spelledOut } from "./words.ts";

export interface EventFields {
  readonly kind: string;
  /** The columns that the event set, as the API gives them. */
  readonly changes: unknown;
}

const KINDS: Record<string, string> = {
  CREATED: "Accepted",
  STARTED: "Attempt started",
  WAITING: "Parked by Trigger.dev",
  RESUMED: "Goes on",
  CANCEL_ACKNOWLEDGED: "Told to stop",
  METADATA_CHANGED: "Its notes changed",
  DRIFT_CORRECTED: "Put right by reconciliation",
  ORPHAN_ADOPTED: "Its lost run was found",
};

const DISPATCHES: Record<string, string> = {
  sending: "Being handed over to Trigger.dev",
  unknown: "Handed over, but the answer was lost",
  none: "Not accepted by Trigger.dev",
  accepted: "Accepted by Trigger.dev",
  linked: "Has its run on Trigger.dev",
};

export function eventWords({ kind, changes }: EventFields): string {
  switch (kind) {
    case "DISPATCHED":
      return DISPATCHES[String(member(changes, "dispatch_state"))] ?? spelledOut(kind);
    case "PROGRESS":
      return progressWords(progressOf(changes)) || spelledOut(kind);
    case "CANCEL_REQUESTED":
      return member(changes, "cancel_requested_at") === undefined
        ? "Asked to be canceled by force"
        : "Asked to stop";
    case "ATTENTION_CHANGED": {
      const kinds = member(changes, "attention");
      if (!Array.isArray(kinds) || kinds.length === 0) return "Needs attention no more";
      const reasons = kinds.map((reason) => spelledOut(String(reason)).toLowerCase());
      return `Needs attention: ${reasons.join(", ")}`;
    }
    default:
      return KINDS[kind] ?? spelledOut(kind);
  }
}

function progressOf(changes: unknown) {
  const progress = member(changes, "progress");
  const fraction = member(progress, "fraction");
  const message = member(progress, "message");
  return {
    fraction: typeof fraction === "number" ? fraction : null,
    message: typeof message === "string" ? message : null,
  };
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(name);
}
