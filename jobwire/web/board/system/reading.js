/** Reading how the system fares: what the server tells of it, put together for the view. */

import { RefusedError, UnauthenticatedError } from "../api.js";
import { JobTags } from "./job-tags.js";
import { COUNTED_AT_ONCE, DRIFTS, QUEUE_COUNTS, SYSTEM } from "./documents.js";

/** @typedef {import("../api.js").Api} Api */
/** @typedef {import("./documents.js").DriftPage} DriftPage */
/** @typedef {import("./documents.js").JobCounts} JobCounts */
/** @typedef {import("./documents.js").Notification} Notification */
/** @typedef {import("./documents.js").Queue} Queue */
/** @typedef {import("./state.js").CountedQueue} CountedQueue */
/** @typedef {import("./state.js").SystemState} SystemState */
/**
 * @template T
 * @typedef {import("./state.js").Named<T>} Named
 */

const LARGEST_PAGE = 100;
/** How many queues are counted: each one is a question of its own to the server. */
const MOST_COUNTED = 50;

export class SystemReading {
  #tags;

  /** @param {Api} api */
  constructor(api) {
    this.api = api;
    this.#tags = new JobTags(api);
  }

  /** Begin anew: what is remembered was another reader's. */
  reset() {
    this.#tags = new JobTags(this.api);
  }

  /**
   * @param {boolean} isAdmin Whether the reader may see what is the operators'.
   * @param {number} wanted How many drifts.
   * @returns {Promise<SystemState>}
   */
  async read(isAdmin, wanted) {
    const drifts = Math.min(wanted, LARGEST_PAGE);
    const told = await this.api.execute(SYSTEM, { isAdmin, drifts });
    const [queues, operated] = await Promise.all([
      this.#count(told.queues),
      isAdmin ? this.#operated(told, wanted) : null,
    ]);
    return {
      isAdmin,
      executors: told.executors,
      queues,
      reconciliation: operated?.reconciliation ?? null,
      notifications: operated?.notifications ?? null,
    };
  }

  /**
   * @param {any} told
   * @param {number} wanted
   */
  async #operated({ reconciliation, failed, newest }, wanted) {
    const { last, oldestUnconfirmed, lags } = reconciliation;
    const page = await this.#readOn(reconciliation.drifts, wanted);
    /** @type {Notification[]} */
    const others = newest.nodes.filter(
      (/** @type {Notification} */ one) => one.status !== "FAILED",
    );
    const notifications = [...failed.nodes, ...others];
    const disagreements = last?.disagreements ?? [];
    const named = [...page.nodes, ...notifications, ...disagreements];
    await this.#tags.learn(named.map(({ jobId }) => jobId));
    return {
      reconciliation: {
        last: last && { ...last, disagreements: this.#named(disagreements) },
        oldestUnconfirmed,
        lags,
        drifts: this.#named(page.nodes),
        hasMoreDrifts: page.pageInfo.hasNextPage,
      },
      notifications: {
        all: this.#named(notifications),
        hasMoreFailed: failed.pageInfo.hasNextPage,
      },
    };
  }

  /**
   * Read further drifts until there are as many as are wanted.
   *
   * @param {DriftPage} page
   * @param {number} wanted
   * @returns {Promise<DriftPage>}
   */
  async #readOn({ nodes, pageInfo }, wanted) {
    const first = Math.min(wanted - nodes.length, LARGEST_PAGE);
    if (first <= 0 || !pageInfo.hasNextPage) return { nodes, pageInfo };
    const after = pageInfo.endCursor;
    const { reconciliation } = await this.api.execute(DRIFTS, { first, after });
    const { drifts } = reconciliation;
    return this.#readOn({ ...drifts, nodes: [...nodes, ...drifts.nodes] }, wanted);
  }

  /**
   * @param {Queue[]} queues
   * @returns {Promise<CountedQueue[]>}
   */
  async #count(queues) {
    const names = queues.slice(0, MOST_COUNTED).map(({ name }) => name);
    /** @type {Promise<any>[]} */
    const asked = [];
    for (let start = 0; start < names.length; start += COUNTED_AT_ONCE) {
      asked.push(this.#countSome(names.slice(start, start + COUNTED_AT_ONCE)));
    }
    const counts = (await Promise.all(asked)).flat();
    return queues.map((queue, index) => ({
      ...queue,
      id: queue.name,
      counts: counts[index] ?? null,
    }));
  }

  /**
   * @param {string[]} names As many as can be counted at once.
   * @returns {Promise<(JobCounts | null)[]>} One for each.
   */
  async #countSome(names) {
    const variables = Object.fromEntries(
      names.flatMap((name, index) => [
        [`q${index}`, name],
        [`has${index}`, true],
      ]),
    );
    const counts = await this.api.execute(QUEUE_COUNTS, variables).catch(unlessRefused);
    return names.map((_, index) => counts?.[`q${index}`] ?? null);
  }

  /**
   * @template {{jobId: string}} T
   * @param {T[]} all
   * @returns {Named<T>[]}
   */
  #named(all) {
    return all.map((one) => ({ ...one, tag: this.#tags.get(one.jobId) }));
  }
}

/**
 * Go without counts that the server cannot give now: they are not what matters most.
 *
 * @param {unknown} error
 */
function unlessRefused(error) {
  if (error instanceof RefusedError && !(error instanceof UnauthenticatedError)) {
    return null;
  }
  throw error;
}
