/** The GraphQL documents of the board, and the shapes that they answer with. */

/**
 * @typedef {{fraction: number | null, message: string | null, current: number | null,
 *   total: number | null, updatedAt: string}} Progress
 * @typedef {{kind: string, name: string | null, message: string, code: string | null,
 *   stack?: string | null}} Failure
 * @typedef {{requestedAt: string, requestedBy: string | null, reason: string | null,
 *   mode: string, graceUntil: string | null,
 *   acknowledgedAt: string | null, confirmedAt: string | null, outcome: string}} Cancellation
 * @typedef {{id: string, version: number, tag: string, type: string, userId: string,
 *   executor: string, triggerTaskId: string | null, triggerRunId: string | null,
 *   triggerStatus: string | null,
 *   status: string, isTerminal: boolean, isCancelable: boolean, isRetryable: boolean,
 *   attention: string[],
 *   progress: Progress | null, failure: Failure | null, attemptCount: number,
 *   retryConfig: RetryConfig, nextAttemptAt: string | null, createdAt: string,
 *   runAt: string, startedAt: string | null, finishedAt: string | null,
 *   updatedAt: string, expiresAt: string | null, cancellation: Cancellation | null}} Job
 * @typedef {{maxAttempts: number, minTimeoutInMs: number, maxTimeoutInMs: number,
 *   factor: number}} RetryConfig
 * @typedef {{id: string, number: number, status: string, startedAt: string,
 *   finishedAt: string | null, workerId: string | null, retryAt: string | null,
 *   backoff: string | null, failure: Failure | null}} Attempt
 * @typedef {{id: string, jobVersion: number, kind: string, fromStatus: string | null,
 *   toStatus: string, source: string, actor: string | null, occurredAt: string,
 *   attempt: number | null, changes: Record<string, unknown>}} JobEvent
 * @typedef {{hasPreviousPage: boolean, startCursor: string | null}} PageBefore
 * @typedef {{nodes: JobEvent[], pageInfo: PageBefore}} EventPage
 * @typedef {{nodes: Attempt[]}} AttemptPage
 * @typedef {Job & {result: unknown, redacted: string[],
 *   maxDuration: string | null}} LiveJob
 * @typedef {LiveJob & {asOf: string, data: unknown, attempts: AttemptPage,
 *   events: EventPage, replayOf: {id: string, tag: string} | null,
 *   tickAt: string | null, schedule: {id: string, key: string} | null}} JobDetail
 * @typedef {{nodes: Job[], asOf: string,
 *   pageInfo: {hasNextPage: boolean, endCursor: string | null}}} JobPage
 * @typedef {{name: string, description: string | null, executor: string,
 *   triggerTaskId: string | null, dataSchema: unknown, retryConfig: RetryConfig,
 *   maxDuration: string | null}} JobType
 * @typedef {{executor: string, health: string, reason: string | null}} ExecutorInfo
 * @typedef {{userId: string, scopes: string[], expiresAt: string | null}} Viewer
 * @typedef {{message: string, code: string, path: string[] | null}} UserError
 * @typedef {{id: string, version: number, status: string, createdAt: string}} LastJob
 * @typedef {{at: string, reason: string, message: string}} SkippedTick
 * @typedef {{id: string, version: number, key: string, tag: string, type: string,
 *   userId: string, executor: string, owner: string, cron: string, timezone: string,
 *   description: string, overlapPolicy: string, misfirePolicy: string,
 *   isPaused: boolean, waitingTickAt: string | null, lastSkippedTick: SkippedTick | null,
 *   syncState: string | null, syncError: string | null, nextRunTimes: string[],
 *   lastJob: LastJob | null}} JobSchedule
 * @typedef {{nodes: JobSchedule[],
 *   pageInfo: {hasNextPage: boolean, endCursor: string | null}}} JobSchedulePage
 * @typedef {{description: string | null, nextRunTimes: string[],
 *   errors: UserError[]}} CronPreview
 * @typedef {{ids?: string[], statuses?: string[], isTerminal?: boolean, types?: string[],
 *   tags?: string[], userIds?: string[], executors?: string[], triggerRunIds?: string[],
 *   attention?: string[], createdAt?: {from?: string, until?: string}}} JobFilter
 * @typedef {{id: string, action: string, status: string, matchedCount: number,
 *   succeededCount: number, skippedCount: number, failedCount: number}} BulkOperation
 * @typedef {{jobId: string, message: string}} BulkRefusal
 * @typedef {{__typename: "JobChange", cursor: string, event: JobEvent, job: LiveJob,
 *   leftFilter: boolean}} JobChange
 */

const JOB = `
fragment JobParts on Job {
  id version tag type userId executor triggerTaskId triggerRunId triggerStatus
  status isTerminal isCancelable isRetryable attention
  progress { fraction message current total updatedAt }
  failure { kind name message code }
  attemptCount retryConfig { maxAttempts minTimeoutInMs maxTimeoutInMs factor }
  nextAttemptAt createdAt runAt startedAt finishedAt updatedAt expiresAt
  cancellation {
    requestedAt requestedBy reason mode graceUntil acknowledgedAt confirmedAt outcome
  }
}`;

const EVENT = `
fragment EventParts on JobEvent {
  id jobVersion kind fromStatus toStatus source actor occurredAt attempt changes
}`;

const ATTEMPT = `
fragment AttemptParts on JobAttempt {
  id number status startedAt finishedAt workerId retryAt backoff
  failure { kind name message code stack @include(if: $withStack) }
}`;

const SCHEDULE = `
fragment ScheduleParts on JobSchedule {
  id version key tag type userId executor owner cron timezone description
  overlapPolicy misfirePolicy isPaused waitingTickAt
  lastSkippedTick { at reason message } syncState syncError
  nextRunTimes(count: 3) lastJob { id version status createdAt }
}`;

const BULK = `
fragment BulkParts on BulkOperation {
  id action status matchedCount succeededCount skippedCount failedCount
}`;

const STREAM_END = `
  ... on StreamCaughtUp { cursor }
  ... on StreamReset { cursor reason }
  ... on StreamClosing { cursor reconnectAfter reason }`;

export const VIEWER = `query Viewer { viewer { userId scopes expiresAt } }`;

export const JOB_TYPES = `query JobTypes {
  jobTypes {
    name description executor triggerTaskId dataSchema maxDuration
    retryConfig { maxAttempts minTimeoutInMs maxTimeoutInMs factor }
  }
}`;

export const EXECUTORS = `query Executors { executors { executor health reason } }`;

export const JOBS = `query Jobs($filter: JobFilter, $first: Int, $after: String) {
  jobs(filter: $filter, first: $first, after: $after) {
    nodes { ...JobParts }
    pageInfo { hasNextPage endCursor }
    asOf
  }
}${JOB}`;

export const JOB_DETAIL = `query Job($id: ID!, $withStack: Boolean!) {
  job(id: $id) {
    ...JobParts asOf data result redacted maxDuration
    replayOf { id tag } tickAt schedule { id key }
    attempts(first: null, last: 20) { nodes { ...AttemptParts } }
    events(first: null, last: 50) {
      nodes { ...EventParts }
      pageInfo { hasPreviousPage startCursor }
    }
  }
}${JOB}${EVENT}${ATTEMPT}`;

export const JOB_ATTEMPTS = `query JobAttempts($id: ID!, $withStack: Boolean!) {
  job(id: $id) { attempts(first: null, last: 20) { nodes { ...AttemptParts } } }
}${ATTEMPT}`;

export const EARLIER_EVENTS = `query EarlierEvents($id: ID!, $before: String!) {
  job(id: $id) {
    events(first: null, last: 50, before: $before) {
      nodes { ...EventParts }
      pageInfo { hasPreviousPage startCursor }
    }
  }
}${EVENT}`;

export const SCHEDULE_JOB = `mutation ScheduleJob($input: ScheduleJobInput!) {
  scheduleJob(input: $input) { job { ...JobParts } errors { message code path } }
}${JOB}`;

export const CANCEL_JOB = `mutation CancelJob($input: CancelJobInput!) {
  cancelJob(input: $input) {
    job { ...JobParts } alreadySettled errors { message code path }
  }
}${JOB}`;

export const RETRY_JOB = `mutation RetryJob($input: RetryJobInput!) {
  retryJob(input: $input) { job { ...JobParts } errors { message code path } }
}${JOB}`;

const BULK_PAYLOAD = `{
  operation { ...BulkParts } matchedCount
  errors { message code path ... on CountMismatchError { actual } }
}`;

export const CANCEL_JOBS = `mutation CancelJobs($input: CancelJobsInput!) {
  cancelJobs(input: $input) ${BULK_PAYLOAD}
}${BULK}`;

export const RETRY_JOBS = `mutation RetryJobs($input: RetryJobsInput!) {
  retryJobs(input: $input) ${BULK_PAYLOAD}
}${BULK}`;

export const ABORT_BULK_OPERATION = `
mutation AbortBulkOperation($input: AbortBulkOperationInput!) {
  abortBulkOperation(input: $input) ${BULK_PAYLOAD}
}${BULK}`;

export const BULK_OPERATION = `subscription BulkOperation($id: ID!) {
  bulkOperation(id: $id) { ...BulkParts }
}${BULK}`;

export const BULK_REFUSALS = `query BulkRefusals($id: ID!) {
  bulkOperation(id: $id) { refusals(first: 100) { nodes { jobId message } } }
}`;

export const JOB_SCHEDULES = `
query JobSchedules($type: String, $isPaused: Boolean, $first: Int, $after: String) {
  jobSchedules(type: $type, isPaused: $isPaused, first: $first, after: $after) {
    nodes { ...ScheduleParts }
    pageInfo { hasNextPage endCursor }
  }
}${SCHEDULE}`;

export const JOB_SCHEDULE = `query JobSchedule($id: ID!) {
  node(id: $id) { ...ScheduleParts }
}${SCHEDULE}`;

export const PREVIEW_CRON = `
query PreviewCron($cron: String!, $timezone: String!) {
  previewCron(cron: $cron, timezone: $timezone, count: 3) {
    description nextRunTimes errors { message code path }
  }
}`;

export const SCHEDULE_CRON_JOB = `
mutation ScheduleCronJob($input: ScheduleCronJobInput!) {
  scheduleCronJob(input: $input) {
    schedule { ...ScheduleParts } errors { message code path }
  }
}${SCHEDULE}`;

export const PAUSE_JOB_SCHEDULE = `
mutation PauseJobSchedule($input: JobScheduleInput!) {
  pauseJobSchedule(input: $input) {
    schedule { ...ScheduleParts } errors { message code path }
  }
}${SCHEDULE}`;

export const RESUME_JOB_SCHEDULE = `
mutation ResumeJobSchedule($input: JobScheduleInput!) {
  resumeJobSchedule(input: $input) {
    schedule { ...ScheduleParts } errors { message code path }
  }
}${SCHEDULE}`;

export const RUN_JOB_SCHEDULE_NOW = `
mutation RunJobScheduleNow($input: JobScheduleInput!) {
  runJobScheduleNow(input: $input) {
    job { ...JobParts } errors { message code path }
  }
}${JOB}`;

export const DELETE_JOB_SCHEDULE = `
mutation DeleteJobSchedule($input: JobScheduleInput!) {
  deleteJobSchedule(input: $input) { deletedId errors { message code path } }
}`;

export const JOB_LIST_UPDATES = `
subscription JobListUpdates($filter: JobFilter, $after: EventCursor) {
  jobListUpdates(filter: $filter, after: $after) {
    __typename
    ... on JobChange {
      cursor leftFilter event { jobVersion kind toStatus } job { ...JobParts }
    }${STREAM_END}
  }
}${JOB}`;

export const JOB_COUNTS = `
subscription JobCounts($filter: JobCountsFilter) {
  jobCounts(filter: $filter) { byStatus { status count } }
}`;

export const JOB_UPDATES = `
subscription JobUpdates($id: ID!, $after: EventCursor) {
  jobUpdates(id: $id, after: $after, snapshot: false) {
    __typename
    ... on JobChange {
      cursor event { ...EventParts } job { ...JobParts result redacted maxDuration }
    }${STREAM_END}
  }
}${JOB}${EVENT}`;
