/** Whether all is well, and what is not: a sentence for each thing that wants somebody. */

import { element, icon } from "../../page/dom.js";
import { describeHealth, executorLabel, isTroubled } from "../executor.js";
import { formatCount } from "../format.js";

/** @typedef {import("./state.js").SystemState} SystemState */

/**
 * Say what somebody should look at; empty: all is well.
 *
 * @param {SystemState} state
 */
export function findTroubles(state) {
  return [
    ...state.executors
      .filter(isTroubled)
      .map((one) => `${executorLabel(one.executor)}: ${describeHealth(one).label}.`),
    ...reconciliationTroubles(state.reconciliation?.last ?? null),
    ...queueTroubles(state.queues),
    ...notificationTroubles(state.notifications),
  ];
}

/** @param {string[]} troubles */
export function buildVerdict(troubles) {
  const isWell = troubles.length === 0;
  return [
    element(
      "div",
      { class: `callout ${isWell ? "is-well" : "is-warning"}` },
      element(
        "p",
        { class: "callout-title" },
        icon(isWell ? "check" : "warning"),
        isWell ? "All is well" : "Somebody should look at this",
      ),
      !isWell &&
        element("ul", {}, ...troubles.map((trouble) => element("li", {}, trouble))),
    ),
  ];
}

/** @param {import("./state.js").Report | null} last */
function reconciliationTroubles(last) {
  if (last === null) return [];
  const { lostJobs, suspects, orphanedRuns, disagreements } = last;
  return [
    last.withheld && "Jobs whose run is gone wait for somebody to decide.",
    last.error && "The last reconciliation stopped early.",
    told(lostJobs, (jobs) => `${formatCount(jobs, "job")} lost: the run is gone.`),
    told(
      suspects,
      (jobs) => `${formatCount(jobs, "job")} with a run that is not known.`,
    ),
    told(orphanedRuns, (runs) => `${formatCount(runs, "run")} without a job.`),
    told(
      disagreements,
      (jobs) => `${formatCount(jobs, "job")} ended otherwise than the run.`,
    ),
  ].filter((text) => typeof text === "string");
}

/**
 * @param {unknown[]} found
 * @param {(count: number) => string} tell
 */
function told(found, tell) {
  return found.length > 0 && tell(found.length);
}

/** @param {import("./state.js").CountedQueue[]} queues */
function queueTroubles(queues) {
  const paused = queues.filter(({ isPaused }) => isPaused);
  if (paused.length === 0) return [];
  return paused.length === 1
    ? [`The queue ${paused[0].name} is paused.`]
    : [`${formatCount(paused.length, "queue")} are paused.`];
}

/** @param {import("./state.js").Notifications | null} notifications */
function notificationTroubles(notifications) {
  const failed = notifications?.all.filter(({ status }) => status === "FAILED") ?? [];
  if (failed.length === 0) return [];
  const more = notifications?.hasMoreFailed ? "More than " : "";
  return [`${more}${formatCount(failed.length, "notification")} did not arrive.`];
}
