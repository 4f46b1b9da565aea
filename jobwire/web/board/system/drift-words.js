/** What a drift was, in words: what was put right, and which paths had not told it. */

import { describeMove } from "../event-words.js";
import { statusLabel } from "../status.js";

/** @typedef {import("./documents.js").Drift} Drift */

/** @type {Record<string, string>} */
const PATHS = { webhook: "webhook", realtime: "Realtime", poll: "asking" };

/**
 * Say what was put right: the status, or else the attempts, and the cancel.
 *
 * @param {Drift} drift
 */
export function describeCorrection(drift) {
  const { fromStatus, toStatus, detail } = drift;
  const { before = {}, after = {} } = detail ?? {};
  const parts = [];
  if (fromStatus !== null && fromStatus !== toStatus) {
    parts.push(`${statusLabel(fromStatus)} → ${statusLabel(toStatus)}`);
  } else if (after.attempts !== before.attempts) {
    parts.push(`attempt ${before.attempts} → ${after.attempts}`);
  }
  if (after.cancelOutcome !== before.cancelOutcome && after.cancelOutcome) {
    parts.push(`its cancel: ${after.cancelOutcome.toLowerCase().replaceAll("_", " ")}`);
  }
  if (after.triggerStatus) parts.push(`Trigger.dev says ${after.triggerStatus}`);
  return parts.join(" · ") || describeMove(drift);
}

/**
 * Say which paths were on and had not told it.
 *
 * @param {Drift} drift
 */
export function describeMissed({ detail }) {
  const missed = (detail?.missedBy ?? []).map((path) => PATHS[path] ?? path);
  return missed.length === 0 ? "No path was on." : `Not told by ${missed.join(", ")}.`;
}
