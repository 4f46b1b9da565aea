/** Reading job schedules: as many as are wanted, however many pages that takes. */

import { JOB_SCHEDULE, JOB_SCHEDULES } from "./documents.js";

/** @typedef {import("./api.js").Api} Api */
/** @typedef {import("./documents.js").JobSchedule} JobSchedule */
/** @typedef {import("./documents.js").JobSchedulePage} JobSchedulePage */

/**
 * @typedef {object} Schedules
 * @property {JobSchedule[]} schedules The newest first.
 * @property {boolean} hasMore
 * @property {boolean} isMissing Whether the one that was named is not there, or not ours
 *   to see.
 */

const LARGEST_PAGE = 100;

/**
 * Read the newest schedules, and behind them one that is named, wherever it stands.
 *
 * @param {Api} api
 * @param {{type?: string, isPaused?: boolean}} filter
 * @param {number} wanted How many.
 * @param {string | null} named The id of one; null: none in particular.
 * @returns {Promise<Schedules>}
 */
export async function readSchedules(api, filter, wanted, named) {
  /** @type {JobSchedule[]} */
  const schedules = [];
  /** @type {string | null} */
  let after = null;
  do {
    const first = Math.min(wanted - schedules.length, LARGEST_PAGE);
    /** @type {JobSchedulePage} */
    const page = (await api.execute(JOB_SCHEDULES, { ...filter, first, after }))
      .jobSchedules;
    schedules.push(...page.nodes);
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null && schedules.length < wanted);
  const hasMore = after !== null;
  if (named === null || schedules.some(({ id }) => id === named)) {
    return { schedules, hasMore, isMissing: false };
  }
  const { node } = await api.execute(JOB_SCHEDULE, { id: named });
  if (node) schedules.push(node);
  return { schedules, hasMore, isMissing: node === null };
}
