/** Where jobs run, and how such a place fares, in words and signs. */

import { element, icon } from "../page/dom.js";

/** @typedef {import("./documents.js").ExecutorInfo} ExecutorInfo */

/** @type {Record<string, {label: string, icon: string}>} */
const EXECUTORS = {
  INTERNAL: { label: "Workers", icon: "worker" },
  TRIGGER: { label: "Trigger.dev", icon: "cloud" },
};

/** @type {Record<string, {label: string, icon: string}>} */
const HEALTH = {
  HEALTHY: { label: "ready", icon: "check" },
  DEGRADED: { label: "impaired", icon: "warning" },
  UNREACHABLE: { label: "does not answer", icon: "warning" },
  NOT_CONFIGURED: { label: "not set up", icon: "minus" },
};

/**
 * Name an executor; one that this page does not know yet is shown as it is spelled.
 *
 * @param {string} executor
 */
export function executorLabel(executor) {
  return EXECUTORS[executor]?.label ?? executor;
}

/** @param {string} executor */
export function executorMark(executor) {
  return element(
    "span",
    { class: "executor", title: `Runs on ${executorLabel(executor)}` },
    icon(EXECUTORS[executor]?.icon ?? "worker"),
    element("span", { class: "visually-hidden" }, "Runs on "),
    element("span", { class: "executor-name" }, executorLabel(executor)),
  );
}

/**
 * Name how an executor fares, with its icon.
 *
 * @param {ExecutorInfo} executor
 */
export function describeHealth({ health }) {
  return HEALTH[health] ?? { label: health, icon: "warning" };
}

/**
 * Whether somebody should look at it: jobs are meant to run there, and may not.
 *
 * @param {ExecutorInfo} executor
 */
export function isTroubled({ health }) {
  return health !== "HEALTHY" && health !== "NOT_CONFIGURED";
}
