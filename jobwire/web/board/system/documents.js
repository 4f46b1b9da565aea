/** The GraphQL documents of the system view, and the shapes that they answer with. */

/**
 * @typedef {import("../documents.js").ExecutorInfo} ExecutorInfo
 * @typedef {import("../documents.js").JobEvent} JobEvent
 * @typedef {{cancelRunning: boolean, confirmsCancel: boolean, forceCancel: boolean,
 *   progress: boolean, logs: boolean, backoff: boolean, priority: boolean,
 *   queues: boolean, concurrencyKey: boolean, maxDataBytes: number}} Capabilities
 * @typedef {ExecutorInfo & {checkedAt: string | null,
 *   capabilities: Capabilities}} ExecutorState
 * @typedef {{name: string, isPaused: boolean, limit: number | null,
 *   limitPerKey: number | null}} Queue
 * @typedef {{byStatus: {status: string, count: number}[]}} JobCounts
 * @typedef {{id: string, tag: string, type: string, status: string,
 *   failure: {message: string} | null}} FoundJob
 * @typedef {{runId: string, triggerTaskId: string, rawStatus: string,
 *   createdAt: string}} OrphanedRun
 * @typedef {{jobId: string, status: string, runId: string,
 *   rawStatus: string}} Disagreement
 * @typedef {{startedAt: string, finishedAt: string | null, checkedCount: number,
 *   listedCount: number, correctedCount: number, apiRequests: number,
 *   withheld: string | null, error: string | null, lostJobs: FoundJob[],
 *   suspects: FoundJob[], orphanedJobs: FoundJob[], orphanedRuns: OrphanedRun[],
 *   disagreements: Disagreement[]}} ReconcileReport
 * @typedef {{source: string, p50: string, p99: string}} PathLag
 * @typedef {JobEvent & {jobId: string, recordedAt: string, detail: {before?: Facts, after?: Facts,
 *   missedBy?: string[]} | null}} Drift
 * @typedef {{status?: string | null, attempts?: number | null,
 *   cancelOutcome?: string | null, triggerStatus?: string | null}} Facts
 * @typedef {{nodes: Drift[],
 *   pageInfo: {hasNextPage: boolean, endCursor: string | null}}} DriftPage
 * @typedef {{id: string, type: string, jobId: string, target: string, status: string,
 *   attemptCount: number, statusCode: number | null, error: string | null,
 *   createdAt: string, nextAttemptAt: string | null,
 *   endedAt: string | null}} Notification
 */

const REPORT = `
fragment ReportParts on ReconcileReport {
  startedAt finishedAt checkedCount listedCount correctedCount apiRequests
  withheld error
  lostJobs { ...FoundParts } suspects { ...FoundParts } orphanedJobs { ...FoundParts }
  orphanedRuns { runId triggerTaskId rawStatus createdAt }
  disagreements { jobId status runId rawStatus }
}
fragment FoundParts on Job { id tag type status failure { message } }`;

const DRIFTS_PART = `
fragment DriftParts on JobEventConnection {
  nodes {
    id jobId jobVersion kind fromStatus toStatus source actor occurredAt recordedAt
    attempt changes detail
  }
  pageInfo { hasNextPage endCursor }
}`;

const NOTIFICATION = `
fragment NotificationParts on Notification {
  id type jobId target status attemptCount statusCode error createdAt nextAttemptAt
  endedAt
}`;

const QUEUE = `
fragment QueueParts on Queue { name isPaused limit limitPerKey }`;

export const SYSTEM = `query System($isAdmin: Boolean!, $drifts: Int!) {
  executors {
    executor health reason checkedAt
    capabilities {
      cancelRunning confirmsCancel forceCancel progress logs backoff priority queues
      concurrencyKey maxDataBytes
    }
  }
  queues { ...QueueParts }
  reconciliation @include(if: $isAdmin) {
    last { ...ReportParts }
    oldestUnconfirmed
    lags { source p50 p99 }
    drifts(first: $drifts) { ...DriftParts }
  }
  failed: notifications(status: FAILED) @include(if: $isAdmin) {
    nodes { ...NotificationParts }
    pageInfo { hasNextPage }
  }
  newest: notifications(first: 5) @include(if: $isAdmin) {
    nodes { ...NotificationParts }
  }
}${QUEUE}${REPORT}${DRIFTS_PART}${NOTIFICATION}`;

export const DRIFTS = `query Drifts($first: Int!, $after: String) {
  reconciliation { drifts(first: $first, after: $after) { ...DriftParts } }
}${DRIFTS_PART}`;

export const JOB_TAGS = `query JobTags($ids: [ID!]!) {
  jobs(filter: {ids: $ids}, first: 100) { nodes { id tag } }
}`;

export const RECONCILE_JOBS = `mutation ReconcileJobs {
  reconcileJobs { report { ...ReportParts } errors { message code path } }
}${REPORT}`;

export const SET_QUEUE = `mutation SetQueue($input: SetQueueInput!) {
  setQueue(input: $input) { queue { ...QueueParts } errors { message code path } }
}${QUEUE}`;

export const RESEND_NOTIFICATION = `
mutation ResendNotification($input: ResendNotificationInput!) {
  resendNotification(input: $input) {
    notification { ...NotificationParts } errors { message code path }
  }
}${NOTIFICATION}`;

/** How many queues QUEUE_COUNTS asks about at once. */
export const COUNTED_AT_ONCE = 10;

/**
 * How many jobs of each of some queues stand where: `q0` answers for the first one, if
 * there is one. It is one text for any number, so that a server can know it beforehand.
 */
export const QUEUE_COUNTS = `query QueueCounts(
  $q0: String! = "", $has0: Boolean! = false,
  $q1: String! = "", $has1: Boolean! = false,
  $q2: String! = "", $has2: Boolean! = false,
  $q3: String! = "", $has3: Boolean! = false,
  $q4: String! = "", $has4: Boolean! = false,
  $q5: String! = "", $has5: Boolean! = false,
  $q6: String! = "", $has6: Boolean! = false,
  $q7: String! = "", $has7: Boolean! = false,
  $q8: String! = "", $has8: Boolean! = false,
  $q9: String! = "", $has9: Boolean! = false
) {
  q0: jobCounts(filter: {queues: [$q0], executors: [INTERNAL]})
    @include(if: $has0) { ...CountParts }
  q1: jobCounts(filter: {queues: [$q1], executors: [INTERNAL]})
    @include(if: $has1) { ...CountParts }
  q2: jobCounts(filter: {queues: [$q2], executors: [INTERNAL]})
    @include(if: $has2) { ...CountParts }
  q3: jobCounts(filter: {queues: [$q3], executors: [INTERNAL]})
    @include(if: $has3) { ...CountParts }
  q4: jobCounts(filter: {queues: [$q4], executors: [INTERNAL]})
    @include(if: $has4) { ...CountParts }
  q5: jobCounts(filter: {queues: [$q5], executors: [INTERNAL]})
    @include(if: $has5) { ...CountParts }
  q6: jobCounts(filter: {queues: [$q6], executors: [INTERNAL]})
    @include(if: $has6) { ...CountParts }
  q7: jobCounts(filter: {queues: [$q7], executors: [INTERNAL]})
    @include(if: $has7) { ...CountParts }
  q8: jobCounts(filter: {queues: [$q8], executors: [INTERNAL]})
    @include(if: $has8) { ...CountParts }
  q9: jobCounts(filter: {queues: [$q9], executors: [INTERNAL]})
    @include(if: $has9) { ...CountParts }
}
fragment CountParts on JobCounts { byStatus { status count } }`;
