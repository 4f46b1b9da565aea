/** The parts of a job's page: facts, failure, cancel, values, attempts. */

import { copyButton } from "../page/copy.js";
import { element, icon, setText } from "../page/dom.js";
import { executorLabel } from "./executor.js";
import {
  formatDuration,
  formatMoment,
  formatNumber,
  formatPreciseTime,
  formatUtc,
  parseDuration,
} from "./format.js";
import { runTime, statusLabel } from "./status.js";

/** @typedef {import("./documents.js").JobDetail} JobDetail */
/** @typedef {import("./documents.js").Attempt} Attempt */
/** @typedef {import("./documents.js").Failure} Failure */
/** @typedef {import("./documents.js").Cancellation} Cancellation */

/** How many characters of a JSON value are shown at first. */
const SHOWN = 4000;

/** Names and values that change in place, so that what is selected stays selected. */
export class Facts {
  /** @type {Map<string, HTMLElement>} */
  #values = new Map();

  /** @param {HTMLElement} node A description list. */
  constructor(node) {
    this.node = node;
  }

  /**
   * Show what is known of a job.
   *
   * @param {JobDetail} job
   * @param {number} now In ms since 1970.
   */
  update(job, now) {
    for (const [name, value] of factsOf(job, now)) this.#set(name, value);
  }

  /**
   * @param {string} name
   * @param {string | null} value null: not to be told.
   */
  #set(name, value) {
    let node = this.#values.get(name);
    if (!node) {
      node = element("dd");
      this.#values.set(name, node);
      this.node.append(element("div", {}, element("dt", {}, name), node));
    }
    if (node.parentElement) node.parentElement.hidden = value === null;
    setText(node, value ?? "");
  }
}

/**
 * Always the same names in the same order; null: not to be told now.
 *
 * @param {JobDetail} job
 * @param {number} now In ms since 1970.
 * @returns {[string, string | null][]}
 */
function factsOf(job, now) {
  const { minTimeoutInMs, maxTimeoutInMs, maxAttempts } = job.retryConfig;
  const moment = (/** @type {string | null} */ at) => at && formatMoment(at);
  const pauses = `${formatDuration(minTimeoutInMs)} to ${formatDuration(maxTimeoutInMs)}`;
  const isWaiting = job.status === "RETRYING" || job.status === "SCHEDULED";
  const time = runTime(job, now);
  const took = time === null ? null : formatDuration(time);
  return [
    ["Runs on", executorLabel(job.executor)],
    ["Task", job.triggerTaskId],
    ["Trigger.dev says", job.triggerStatus],
    ["Attempts", `${job.attemptCount} of ${maxAttempts}, pauses ${pauses}`],
    ["Created", moment(job.createdAt)],
    ["Run at", job.runAt === job.createdAt ? null : moment(job.runAt)],
    ["Next attempt", isWaiting ? moment(job.nextAttemptAt) : null],
    ["Started", moment(job.startedAt)],
    ["Finished", moment(job.finishedAt)],
    ["Running for", job.finishedAt ? null : took],
    ["Took", job.finishedAt ? took : null],
    ["Expires", job.isTerminal ? null : moment(job.expiresAt)],
    [
      "Longest attempt",
      job.maxDuration && formatDuration(parseDuration(job.maxDuration)),
    ],
    ["User", job.userId],
    ["Version", formatNumber(job.version)],
  ];
}

/** @param {Failure} failure */
export function buildFailure({ kind, name, message, code, stack }) {
  const title = [kind.toLowerCase().replaceAll("_", " "), name, code];
  return [
    element(
      "p",
      { class: "callout-title" },
      icon("cross"),
      title.filter(Boolean).join(" · "),
    ),
    element("p", { class: "callout-text" }, message),
    stack
      ? element(
          "details",
          {},
          element("summary", {}, "Stack"),
          element("pre", { class: "code", tabIndex: 0 }, stack),
        )
      : null,
  ];
}

/**
 * @param {Cancellation} cancellation
 * @param {string} told What became of it, in words.
 */
export function buildCancellation(cancellation, told) {
  const { outcome, requestedAt, requestedBy, reason, confirmedAt } = cancellation;
  const { mode, graceUntil } = cancellation;
  const asked = `Asked for${requestedBy ? ` by ${requestedBy}` : ""} at ${formatPreciseTime(requestedAt)}`;
  const isPending = outcome === "PENDING" && graceUntil !== null;
  const what = mode === "FORCE" ? "Settled by force" : "Overdue";
  const grace = `${what} from ${formatPreciseTime(graceUntil ?? requestedAt)} on.`;
  const confirmed = confirmedAt ? `, settled at ${formatPreciseTime(confirmedAt)}` : "";
  return [
    element(
      "p",
      { class: "callout-title" },
      icon("stop"),
      `Cancel: ${outcome.toLowerCase().replaceAll("_", " ")}`,
    ),
    element("p", { class: "callout-text" }, told),
    element("p", { class: "muted" }, `${asked}${confirmed}.`),
    isPending && element("p", { class: "muted" }, grace),
    reason && element("p", { class: "callout-text" }, `“${reason}”`),
  ];
}

/**
 * Show the run of a job, to be looked up on Trigger.dev.
 *
 * @param {string} run
 */
export function buildRun(run) {
  return ["Run ", element("code", {}, run), copyButton(() => run, "Copy run id")];
}

/**
 * Say which schedule has made a job, and for which of its ticks.
 *
 * @param {{schedule: JobDetail["schedule"], tickAt: string | null}} maker The schedule is
 *   null when it was deleted, the tick when somebody had the schedule run.
 */
export function buildMaker({ schedule, tickAt }) {
  const name = schedule
    ? element("a", { href: `#${schedule.id}` }, schedule.key)
    : "that is deleted";
  const tick = tickAt
    ? element(
        "time",
        { dateTime: tickAt, title: formatUtc(tickAt) },
        formatMoment(tickAt),
      )
    : null;
  const by = tick ? "Made by the schedule " : "Made by hand from the schedule ";
  return [element("span", {}, by, name, tick && ", tick ", tick)];
}

/**
 * Show a JSON value, shortened at first when it is long.
 *
 * @param {string} title
 * @param {unknown} value
 */
export function buildValue(title, value) {
  const text = JSON.stringify(value, null, 2);
  const code = element("pre", { class: "code", tabIndex: 0 }, text.slice(0, SHOWN));
  const all = element(
    "button",
    {
      type: "button",
      onclick: () => {
        code.textContent = text;
        all.remove();
      },
    },
    `Show all ${formatNumber(text.length)} characters`,
  );
  return [
    element(
      "div",
      { class: "section-head" },
      element("h3", {}, title),
      copyButton(() => text),
    ),
    code,
    text.length > SHOWN && all,
  ];
}

/**
 * Say that a value is there, or may be, and who may see it.
 *
 * @param {string} title
 */
export function buildSecret(title) {
  return [
    element("div", { class: "section-head" }, element("h3", {}, title)),
    element("p", { class: "muted" }, icon("lock"), " Secret: only admins may see it."),
  ];
}

/** @param {Attempt[]} attempts */
export function buildAttempts(attempts) {
  return [
    element("h3", {}, "Attempts"),
    element("ol", { class: "attempts" }, ...attempts.toReversed().map(buildAttempt)),
  ];
}

/** @param {Attempt} attempt */
function buildAttempt(attempt) {
  const { number, status, startedAt, finishedAt, workerId, failure } = attempt;
  const took =
    finishedAt && formatDuration(Date.parse(finishedAt) - Date.parse(startedAt));
  return element(
    "li",
    { class: "attempt", "data-status": status },
    element(
      "div",
      { class: "event-head" },
      element("strong", {}, `${number}`),
      element(
        "span",
        { class: "event-move" },
        status === "LOST" ? "Lost" : statusLabel(status),
      ),
      element("span", { class: "muted" }, took ?? ""),
      element(
        "time",
        { dateTime: startedAt, title: formatMoment(startedAt) },
        formatPreciseTime(startedAt),
      ),
    ),
    workerId && element("div", { class: "event-by" }, workerId),
    failure &&
      element("div", { class: "attempt-failure" }, ...buildFailure(failure).slice(1)),
    attempt.retryAt && element("div", { class: "event-by" }, describeBackoff(attempt)),
  );
}

/** @param {Attempt} attempt One that another was to follow. */
function describeBackoff({ backoff, retryAt }) {
  const wait = parseDuration(backoff ?? "");
  return wait === 0
    ? "Next attempt due at once"
    : `Next attempt due after ${formatDuration(wait)}, at ${formatPreciseTime(retryAt ?? "")}`;
}
