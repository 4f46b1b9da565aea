/** What the system view shows, and what own writes make of it. */

/** @typedef {import("./documents.js").Drift} Drift */
/** @typedef {import("./documents.js").ExecutorState} ExecutorState */
/** @typedef {import("./documents.js").Disagreement} Disagreement */
/** @typedef {import("./documents.js").JobCounts} JobCounts */
/** @typedef {import("./documents.js").Notification} Notification */
/** @typedef {import("./documents.js").PathLag} PathLag */
/** @typedef {import("./documents.js").Queue} Queue */
/** @typedef {import("./documents.js").ReconcileReport} ReconcileReport */

/**
 * What is known of a job beside its id: its tag; null when the job was deleted.
 *
 * @template T
 * @typedef {T & {tag: string | null}} Named
 */

/**
 * @typedef {Omit<ReconcileReport, "disagreements">
 *   & {disagreements: Named<Disagreement>[]}} Report
 * @typedef {Queue & {id: string, counts: JobCounts | null}} CountedQueue
 * @typedef {object} Reconciliation
 * @property {Report | null} last
 * @property {string | null} oldestUnconfirmed
 * @property {PathLag[]} lags
 * @property {Named<Drift>[]} drifts The newest first.
 * @property {boolean} hasMoreDrifts
 *
 * @typedef {object} Notifications
 * @property {Named<Notification>[]} all Those that were given up first.
 * @property {boolean} hasMoreFailed
 *
 * @typedef {object} SystemState
 * @property {boolean} isAdmin Whether the reader is one.
 * @property {ExecutorState[]} executors
 * @property {CountedQueue[]} queues
 * @property {Reconciliation | null} reconciliation Null: not the reader's to see.
 * @property {Notifications | null} notifications Null: not the reader's to see.
 */

/**
 * Take over a queue as an own write has left it.
 *
 * @param {SystemState} state
 * @param {Queue} set
 * @returns {SystemState}
 */
export function withQueue(state, set) {
  const queues = state.queues.map((one) =>
    one.name === set.name ? { ...one, ...set } : one,
  );
  return { ...state, queues };
}

/**
 * Take over a notification as an own write has left it.
 *
 * @param {SystemState} state
 * @param {Notification} sent
 * @returns {SystemState}
 */
export function withNotification(state, sent) {
  const { notifications } = state;
  if (notifications === null) return state;
  const all = notifications.all.map((one) =>
    one.id === sent.id ? { ...one, ...sent } : one,
  );
  return { ...state, notifications: { ...notifications, all } };
}
