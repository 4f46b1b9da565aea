/** What a filter of jobs matches, how it is counted, and how it is said in words. */

import { executorLabel } from "./executor.js";
import { formatMoment } from "./format.js";
import { statusLabel } from "./status.js";

/** @typedef {import("./documents.js").Job} Job */
/** @typedef {import("./documents.js").JobFilter} JobFilter */

/**
 * Whether a job, as it is now, belongs into a list.
 *
 * @param {JobFilter} filter
 * @param {Job} job
 */
export function matches(filter, job) {
  /** @param {string[] | undefined} listed @param {string | null} value */
  const isAmong = (listed, value) =>
    listed === undefined || (value !== null && listed.includes(value));
  const { attention, createdAt } = filter;
  return (
    isAmong(filter.ids, job.id) &&
    isAmong(filter.statuses, job.status) &&
    isAmong(filter.types, job.type) &&
    isAmong(filter.tags, job.tag) &&
    isAmong(filter.userIds, job.userId) &&
    isAmong(filter.executors, job.executor) &&
    isAmong(filter.triggerRunIds, job.triggerRunId) &&
    (attention === undefined || job.attention.some((kind) => attention.includes(kind))) &&
    (createdAt?.from === undefined ||
      Date.parse(job.createdAt) >= Date.parse(createdAt.from))
  );
}

/**
 * Keep what jobs can be counted by; null: what else is asked for cannot be.
 *
 * @param {JobFilter} filter
 */
export function countable({ statuses, types, userIds, executors, ...others }) {
  if (Object.keys(others).length > 0) return null;
  return { types, userIds, executors };
}

/**
 * Say which jobs a filter matches: "failed jobs with the tag report".
 *
 * @param {JobFilter} filter
 * @param {number} [count] How many there are, so that one is said as one.
 */
export function describeFilter(filter, count = 0) {
  const { statuses, types, tags, ids, triggerRunIds, userIds, executors } = filter;
  const standing = statuses?.map((status) => statusLabel(status).toLowerCase());
  const ended = { true: "ended", false: "open" }[String(filter.isTerminal)];
  const noun = count === 1 ? "job" : "jobs";
  const parts = [
    tags && `with the tag ${alternatives(tags)}`,
    types && `of the type ${alternatives(types)}`,
    userIds && `of the user ${alternatives(userIds)}`,
    executors && `on ${alternatives(executors.map(executorLabel))}`,
    ids && `with the id ${alternatives(ids)}`,
    triggerRunIds && `with the run ${alternatives(triggerRunIds)}`,
    filter.attention && "that need attention",
    filter.createdAt?.from && `created since ${formatMoment(filter.createdAt.from)}`,
  ];
  const which = standing ? alternatives(standing) : ended;
  return [which, noun, ...parts].filter(Boolean).join(" ");
}

/** @param {string[]} words */
function alternatives(words) {
  return new Intl.ListFormat("en", { type: "disjunction" }).format(words);
}
