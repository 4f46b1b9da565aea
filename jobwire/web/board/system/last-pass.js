/** What the last pass of reconciliation did, and what it could not do. */

import { element, icon } from "../../page/dom.js";
import { agoMark } from "./ago.js";
import {
  formatCount,
  formatDuration,
  formatMoment,
  formatNumber,
  parseDuration,
} from "../format.js";

/** @typedef {import("./state.js").Report} Report */
/** @typedef {import("../../page/dom.js").Child} Child */

/** @param {{last: Report | null, oldestUnconfirmed: string | null}} told */
export function buildPass({ last, oldestUnconfirmed }) {
  if (last === null) {
    return [
      element(
        "p",
        { class: "muted" },
        "No pass yet. A worker makes one when it starts: start jobwire worker, or press Reconcile now.",
      ),
    ];
  }
  return [
    last.withheld &&
      buildCallout(
        "is-warning",
        "Lost jobs wait for a decision",
        last.withheld,
        "If their runs can come back, as from a backup of Trigger.dev, restore them first: the next pass finds them.",
      ),
    last.error &&
      buildCallout(
        "is-error",
        "The last pass stopped early",
        last.error,
        "The next pass tries again by itself. If it goes on, look at Trigger.dev under Executors.",
      ),
    element("dl", { class: "facts" }, ...factsOf(last, oldestUnconfirmed)),
  ];
}

/**
 * @param {Report} last
 * @param {string | null} silence
 */
function factsOf(last, silence) {
  const { startedAt, finishedAt, checkedCount, listedCount, apiRequests } = last;
  const took = finishedAt && Date.parse(finishedAt) - Date.parse(startedAt);
  const listed =
    listedCount > 0 ? `, ${formatNumber(listedCount)} of them by lists` : "";
  return [
    fact(
      "Last pass",
      agoMark(startedAt),
      element("span", { class: "muted" }, ` · ${formatMoment(startedAt)}`),
    ),
    took !== null && fact("Took", formatDuration(Number(took))),
    fact("Compared", `${formatCount(checkedCount, "job")}${listed}`),
    fact("Put right", formatCount(last.correctedCount, "job")),
    fact("Requests to Trigger.dev", formatNumber(apiRequests)),
    fact(
      "Longest silence of a run",
      silence === null ? "No run is open" : formatDuration(parseDuration(silence)),
    ),
  ];
}

/**
 * @param {string} name
 * @param {...Child} value
 */
function fact(name, ...value) {
  return element("div", {}, element("dt", {}, name), element("dd", {}, ...value));
}

/**
 * @param {string} kind
 * @param {string} title
 * @param {string} text
 * @param {string} advice
 */
function buildCallout(kind, title, text, advice) {
  return element(
    "div",
    { class: `callout ${kind}` },
    element("p", { class: "callout-title" }, icon("warning"), title),
    element("p", { class: "callout-text" }, text),
    element("p", { class: "muted" }, advice),
  );
}
