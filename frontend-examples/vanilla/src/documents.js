/** What is asked of the API, and the shape of its answers. */

/**
 * A document and the type of its answer, which is known to the type checker alone.
 *
 * @template Data
 * @typedef {{readonly text: string, readonly data?: Data}} Document
 */

/**
 * @typedef {"SCHEDULED" | "QUEUED" | "RUNNING" | "WAITING" | "RETRYING" | "SUCCEEDED"
 *   | "FAILED" | "CANCELED" | "EXPIRED"} JobStatus
 *
 * @typedef {object} Progress
 * @property {number | null} fraction
 * @property {string | null} message
 *
 * @typedef {object} Cancellation
 * @property {string} requestedAt
 * @property {string | null} requestedBy
 * @property {string | null} reason
 * @property {"GRACEFUL" | "FORCE"} mode
 * @property {string | null} graceUntil
 * @property {"PENDING" | "STOPPED" | "NEVER_STARTED" | "FINISHED_FIRST"
 *   | "FORCED_UNCONFIRMED"} outcome
 *
 * @typedef {object} ListedJob
 * @property {string} id
 * @property {number} version
 * @property {string} tag
 * @property {string} type
 * @property {JobStatus} status
 * @property {boolean} isTerminal
 * @property {boolean} isCancelable
 * @property {string} createdAt
 * @property {Progress | null} progress
 * @property {Cancellation | null} cancellation
 *
 * @typedef {object} Details
 * @property {"INTERNAL" | "TRIGGER"} executor
 * @property {boolean} isRetryable
 * @property {string[]} attention
 * @property {string | null} nextAttemptAt
 * @property {string | null} startedAt
 * @property {string | null} finishedAt
 * @property {number} attemptCount
 * @property {{maxAttempts: number}} retryConfig
 * @property {string | null} triggerRunId
 * @property {unknown} result
 * @property {("DATA" | "RESULT")[]} redacted
 * @property {{kind: string, name: string | null, message: string} | null} failure
 *
 * @typedef {ListedJob & Details} Job
 *
 * @typedef {object} JobEvent
 * @property {number} jobVersion
 * @property {string} kind
 * @property {string} source
 * @property {string | null} actor
 * @property {string} occurredAt
 * @property {number | null} attempt
 * @property {Changes} changes The columns that it set, of which these are read.
 *
 * @typedef {object} Changes
 * @property {Partial<Progress>} [progress]
 * @property {string} [dispatch_state]
 * @property {string} [cancel_requested_at]
 * @property {string[]} [attention]
 *
 * @typedef {object} EventPage
 * @property {JobEvent[]} nodes The oldest first.
 * @property {{hasPreviousPage: boolean, startCursor: string | null}} pageInfo
 *
 * @typedef {{name: string, description: string | null, dataSchema: unknown}} JobType
 *
 * @typedef {object} UserError Why a mutation was refused.
 * @property {string} __typename
 * @property {string} message
 * @property {string} code
 * @property {string[] | null} path
 * @property {string[]} [differingFields]
 * @property {{id: string} | null} [existingJob]
 * @property {string | null} [requiredScope]
 * @property {boolean} [isRetryable]
 *
 * @typedef {import("../jobwire-live.js").JobPage<ListedJob>} JobPage
 */

const LISTED = `id version tag type status isTerminal isCancelable createdAt
  progress { fraction message }
  cancellation { requestedAt requestedBy reason mode graceUntil outcome }`;

const JOB = `${LISTED} executor isRetryable attention nextAttemptAt startedAt finishedAt attemptCount
  retryConfig { maxAttempts } triggerRunId result redacted failure { kind name message }`;

const EVENT = "jobVersion kind source actor occurredAt attempt changes";

const EVENTS = `nodes { ${EVENT} } pageInfo { hasPreviousPage startCursor }`;

const ERRORS = `errors {
    __typename message code path
    ... on IdempotencyConflictError { differingFields existingJob { id } }
    ... on ForbiddenError { requiredScope }
    ... on ExecutorError { isRetryable }
  }`;

const STREAM = `... on StreamCaughtUp { cursor }
  ... on StreamReset { cursor reason }
  ... on StreamClosing { cursor reconnectAfter }`;

/** @type {Document<{jobs: JobPage}>} */
export const jobsDocument = {
  text: `query Jobs($filter: JobFilter, $first: Int, $after: String) {
  jobs(filter: $filter, first: $first, after: $after) {
    asOf nodes { ${LISTED} } pageInfo { hasNextPage endCursor }
  }
}`,
};

export const jobListUpdates = `subscription JobList($filter: JobFilter, $after: EventCursor) {
  jobListUpdates(filter: $filter, after: $after) {
    __typename
    ... on JobChange { cursor leftFilter event { jobVersion } job { ${LISTED} } }
    ${STREAM}
  }
}`;

/** @type {Document<{job: (Job & {asOf: string, events: EventPage}) | null}>} */
export const jobDocument = {
  text: `query Job($id: ID!) {
  job(id: $id) { asOf ${JOB} events(last: 100) { ${EVENTS} } }
}`,
};

/** @type {Document<{job: {events: EventPage} | null}>} */
export const earlierEvents = {
  text: `query EarlierEvents($id: ID!, $before: String) {
  job(id: $id) { events(last: 100, before: $before) { ${EVENTS} } }
}`,
};

export const jobUpdates = `subscription Job($id: ID!, $after: EventCursor) {
  jobUpdates(id: $id, after: $after, snapshot: false) {
    __typename
    ... on JobChange { cursor leftFilter event { ${EVENT} } job { ${JOB} } }
    ${STREAM}
  }
}`;

/** @type {Document<{jobTypes: JobType[]}>} */
export const jobTypes = {
  text: "query JobTypes { jobTypes { name description dataSchema } }",
};

/** @type {Document<{scheduleJob: {job: {id: string} | null, errors: UserError[]}}>} */
export const scheduleJob = {
  text: `mutation ScheduleJob($input: ScheduleJobInput!) {
  scheduleJob(input: $input) { job { id } ${ERRORS} }
}`,
};

/** @type {Document<{cancelJob: {job: Job | null, errors: UserError[]}}>} */
export const cancelJob = {
  text: `mutation CancelJob($input: CancelJobInput!) {
  cancelJob(input: $input) { job { ${JOB} } ${ERRORS} }
}`,
};

/** @type {Document<{retryJob: {job: {id: string} | null, errors: UserError[]}}>} */
export const retryJob = {
  text: `mutation RetryJob($input: RetryJobInput!) {
  retryJob(input: $input) { job { id } ${ERRORS} }
}`,
};
