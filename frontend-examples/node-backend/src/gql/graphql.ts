/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** The job to cancel. */
export type CancelJobInput = {
  /** How long running code may take to stop, from now on: PT0S to P1D; absent or null: PT1M. After it a GRACEFUL cancel is overdue, and a FORCE one settles the job. An escalation can bring that time nearer, and never puts it off. */
  gracePeriod?: string | null | undefined;
  /** The id of the job, or its bare UUID. */
  id: string | number;
  /** Only if the job still has this version; with another one it is refused by a VersionConflictError. Absent or null: whatever it has. */
  ifVersion?: number | null | undefined;
  /** How insistent the cancel is. FORCE after GRACEFUL escalates it; GRACEFUL after FORCE changes nothing. */
  mode?: CancelMode;
  /** Why, for people: 1 to 1,000 characters, kept with the job; absent or null: nothing is said. That of an escalation takes the place of the first one. */
  reason?: string | null | undefined;
};

/** How insistent a cancel is. */
export type CancelMode =
  /** Ask, and after the grace period settle the job even if its code may still be running. What that code then reports is discarded. */
  | 'FORCE'
  /** Ask, and wait for the code to stop, for as long as it takes. After the grace period the cancel is overdue. */
  | 'GRACEFUL';

/** What became of a request to cancel. Members may be added. */
export type CancelOutcome =
  /** The job ended by itself first and keeps SUCCEEDED or FAILED. */
  | 'FINISHED_FIRST'
  /** The grace period of a FORCE passed: the job is CANCELED, and its code may still be running. */
  | 'FORCED_UNCONFIRMED'
  /** No code of the job had run. */
  | 'NEVER_STARTED'
  /** Requested; the job's code has not stopped yet. */
  | 'PENDING'
  /** No code of the job runs any more: it said that it stopped, it was between two attempts, its lease passed without a sign of life, or 60 seconds passed since Trigger.dev said CANCELED. settledBy in the detail of its event says which. */
  | 'STOPPED';

/** What the token reads, and for how long. Exactly one of userId and jobId must be given. */
export type CreateViewerTokenInput = {
  /** The one job that it reads, by its id or its bare UUID; it then sees nothing else of the job's user. Absent or null: userId says what it reads. */
  jobId?: string | number | null | undefined;
  /** How long it is valid: more than zero and at most P1D. */
  ttl: string;
  /** The user whose jobs it reads, 1 to 255 characters; they need not have any yet. Absent or null: jobId says what it reads. */
  userId?: string | number | null | undefined;
};

/** Whose clock fires a schedule. Members may be added. */
export type CronOwner =
  /** Ours: each tick makes a job, of either executor. It needs a worker that runs; misfirePolicy says what becomes of ticks that find none. */
  | 'JOBWIRE'
  /** Trigger.dev's, which fires while we are down: only TRIGGER, only tasks that are declared with schedules.task(), without data. Each of its runs is adopted as a job. */
  | 'TRIGGER_DEV';

/** Where a job runs. Members may be added. */
export type Executor =
  /** On the workers of this installation. */
  | 'INTERNAL'
  /** As a run of a task on Trigger.dev. */
  | 'TRIGGER';

/** Why a job or an attempt failed. Members may be added. */
export type JobFailureKind =
  /** The process that ran it died, or its worker lost the lease. */
  | 'CRASHED'
  /** Trigger.dev refused to run it. */
  | 'DISPATCH_REJECTED'
  /** The job's time-to-live passed before it started. */
  | 'EXPIRED'
  /** Its run is gone, and nobody told how it ended. */
  | 'ORPHANED'
  /** The process that ran it needed more memory than it had. */
  | 'OUT_OF_MEMORY'
  /** Trigger.dev itself failed. */
  | 'PLATFORM'
  /** The job's code raised an error. */
  | 'TASK_ERROR'
  /** The attempt ran longer than the job's maxDuration. */
  | 'TIMEOUT';

/** Where a job stands. Members may be added: treat an unknown one as not terminal and read isTerminal. */
export type JobStatus =
  /** Ended on request; cancellation tells how. Terminal. */
  | 'CANCELED'
  /** Ended unstarted: its time-to-live passed first. Terminal. */
  | 'EXPIRED'
  /** Ended: no attempt is left, or its failure cannot be retried. Terminal. */
  | 'FAILED'
  /** Due, and waiting for a worker or in Trigger.dev's queue. */
  | 'QUEUED'
  /** The last attempt failed, and another one is due at nextAttemptAt. */
  | 'RETRYING'
  /** Its code is running. A worker keeps a lease on it: if the worker is lost, the lease runs out and the job is tried again or fails. A run on Trigger.dev stays RUNNING between its attempts. */
  | 'RUNNING'
  /** Accepted, and due in the future: at nextAttemptAt. */
  | 'SCHEDULED'
  /** Ended: its code returned. Terminal. */
  | 'SUCCEEDED'
  /** Started, and parked by Trigger.dev: a wait or a checkpoint. */
  | 'WAITING';

/** What becomes of ticks that nobody could use within a minute, because no worker ran. Members may be added. */
export type MisfirePolicy =
  /** Each of them makes a job, as far back as misfireWindow reaches: at once with the overlapPolicy ALLOW, else one after the other. */
  | 'RUN_ALL'
  /** The last one of them makes a job, for all. */
  | 'RUN_ONCE'
  /** They make no job. */
  | 'SKIP';

/** What a tick does while an earlier job of the schedule is open. Members may be added. */
export type OverlapPolicy =
  /** It makes another job. */
  | 'ALLOW'
  /** It makes another job, and the open ones are asked to stop, as a GRACEFUL cancel does. */
  | 'CANCEL_RUNNING'
  /** It waits, and makes its job when the open ones have ended; ticks that come while one waits make none. */
  | 'QUEUE_ONE'
  /** It makes none. */
  | 'SKIP';

/** What to change of a type's retry configuration. Members that are absent or null stay as the type has them. */
export type RetryConfigInput = {
  /** What each further delay is multiplied by: 1 to 100. */
  factor?: number | null | undefined;
  /** How many attempts at most, the first one included: 1 to 100. */
  maxAttempts?: number | null | undefined;
  /** The longest delay in milliseconds: 0 to 604,800,000 (7 days). */
  maxTimeoutInMs?: number | null | undefined;
  /** The delay after the first failed attempt in milliseconds: 0 to 604,800,000 (7 days), not above maxTimeoutInMs. */
  minTimeoutInMs?: number | null | undefined;
};

/** When to run a job: exactly one of a delay and an instant. */
export type RunTimeInput =
  {   /** When to run it, at most 3,660 days ahead. An instant in the past means at once. */
  at: string | Date; delay?: never; }
  |  { at?: never;   /** How long to wait from now on, at most P3660D. */
  delay: string; };

/** The jobs to schedule by a cron. */
export type ScheduleCronJobInput = {
  /** Five fields separated by single spaces: minute 0-59, hour 0-23, day of the month 1-31 or L, month 1-12 or JAN-DEC, weekday 0-7 or SUN-SAT, also 5L (the last Friday) and 1#2 (the second Monday); lists, ranges and steps; or @hourly, @daily, @weekly, @monthly, @yearly. See previewCron. */
  cron: string;
  /** The input of each job, at most 512 KiB of JSON that fits the type's dataSchema; absent or null: an empty object. With the owner TRIGGER_DEV it must be absent: their tasks get the time and the schedule. */
  data?: unknown;
  /** Where its jobs run; absent or null: where the type is registered, and on Trigger.dev when triggerTaskId is given. */
  executor?: Executor | null | undefined;
  /** Only if the schedule that is there still has this version, 0: only if there is none; else it is refused by a VersionConflictError. Absent or null: whatever is there. */
  ifVersion?: number | null | undefined;
  /** Your stable name for the schedule, unique per user: 1 to 255 characters. Scheduling again with it changes the schedule that is there. Absent or null: the tag. */
  key?: string | null | undefined;
  /** What becomes of ticks that nobody could use within a minute; absent or null: RUN_ONCE, which is also what the owner TRIGGER_DEV does. */
  misfirePolicy?: MisfirePolicy | null | undefined;
  /** How far back the misfirePolicy RUN_ALL reaches, PT1M to P366D; absent or null: P1D. Only with RUN_ALL. */
  misfireWindow?: string | null | undefined;
  /** What a tick does while an earlier job of the schedule is open; absent or null: SKIP, and ALLOW with the owner TRIGGER_DEV, which knows no other. */
  overlapPolicy?: OverlapPolicy | null | undefined;
  /** Whose clock fires it; absent or null: JOBWIRE, on both executors. */
  owner?: CronOwner | null | undefined;
  /** How to try failed attempts again; absent or null: as the type says, now and later. With the owner TRIGGER_DEV it must be absent. */
  retryConfig?: RetryConfigInput | null | undefined;
  /** What its jobs are about: 1 to 120 characters without commas and control characters. */
  tag: string;
  /** The IANA time zone that cron is read in, for example Europe/Berlin. An hour that a clock leaves out or repeats makes one job of an expression that names hour and minute. */
  timezone?: string;
  /** The Trigger.dev task to run: 1 to 255 characters; absent or null: that of the type. Only for TRIGGER. With the owner TRIGGER_DEV one that is declared with schedules.task(). */
  triggerTaskId?: string | null | undefined;
  /** The name of a registered type, see jobTypes. Where the server allows any task, a TRIGGER job may have a type that is not registered: 1 to 120 characters. */
  type: string;
  /** Whose schedule it is: 1 to 255 characters. Without ADMIN only the caller's own id is allowed; absent or null: the caller's own. */
  userId?: string | number | null | undefined;
};

/** The job to schedule. */
export type ScheduleJobInput = {
  /** Jobs of one queue with the same key share the queue's limit per key: 1 to 255 characters; absent or null: no such limit holds for it. On Trigger.dev each key has the queue's whole limit for itself. */
  concurrencyKey?: string | null | undefined;
  /** Its input, at most 512 KiB of JSON that fits the type's dataSchema; absent or null: an empty object. */
  data?: unknown;
  /** Where it runs; absent or null: where its type is registered, and on Trigger.dev when triggerTaskId is given. */
  executor?: Executor | null | undefined;
  /** Makes it safe to send this again: 1 to 255 characters, unique for the user and the type for as long as the job is kept. A repeat with the same input (waitForRun apart) answers the first job and created: false, however that has gone on; one with another input is refused by an IdempotencyConflictError. Absent or null: each request makes a job. */
  idempotencyKey?: string | null | undefined;
  /** How long one attempt may run, above zero and at most P366D; absent or null: as the type says. */
  maxDuration?: string | null | undefined;
  /** Notes of your own, a JSON object of at most 64 KiB, which the job's code can read and change; on Trigger.dev it becomes the run's metadata, and must not have the member jobwire. Absent or null: an empty object. */
  metadata?: unknown;
  /** Which of the jobs that are due starts first: 0 to 9, higher first, then the one that is due longer; absent or null: 0. Running jobs are not interrupted. On Trigger.dev each step is an hour's head start in its queue. */
  priority?: number | null | undefined;
  /** The queue that it waits in, which may have limits; see queues. For INTERNAL 1 to 120 letters, digits and . _ : / - (a queue need not be declared before), for TRIGGER 1 to 120 letters, digits and _ / -, one of the project's: one that it does not have makes the job FAILED with the kind DISPATCH_REJECTED. Absent or null: that of the type, else default for INTERNAL and the task's own for TRIGGER. */
  queue?: string | null | undefined;
  /** How to try failed attempts again; absent or null: as the type says. */
  retryConfig?: RetryConfigInput | null | undefined;
  /** What the job is about: 1 to 120 characters without commas and control characters. It need not be unique. */
  tag: string;
  /** The Trigger.dev task to run: 1 to 255 characters; absent or null: that of the type. Only for TRIGGER. */
  triggerTaskId?: string | null | undefined;
  /** How long after the time it was asked to run it may still start, above zero and at most P366D; then it becomes EXPIRED. Absent or null: for ever. */
  ttl?: string | null | undefined;
  /** The name of a registered type, see jobTypes. Where the server allows any task, a TRIGGER job may have a type that is not registered: 1 to 120 characters. */
  type: string;
  /** Whose job it is: 1 to 255 characters. Without ADMIN only the caller's own id is allowed; absent or null: the caller's own. */
  userId?: string | number | null | undefined;
  /** For TRIGGER: once the job is committed, wait up to this long for its triggerRunId, at most PT30S; an INTERNAL job has none, and is answered at once. Absent or null: answer at once; the run then comes with a subscription. */
  waitForRun?: string | null | undefined;
  /** When to run it; absent or null: at once. */
  when?: RunTimeInput | null | undefined;
};

/** A permission of a caller. ADMIN implies all others. */
export type Scope =
  /** Everything, on the jobs of every user, with stacks of failures and with what is secret; in tokens: admin. */
  | 'ADMIN'
  /** Read and watch jobs; in tokens: jobs:read. */
  | 'JOBS_READ'
  /** Schedule, cancel, retry and delete jobs; in tokens: jobs:write. */
  | 'JOBS_WRITE'
  /** Change the schedules of jobs; in tokens: schedules:write. */
  | 'SCHEDULES_WRITE';

export type CancelJobMutationVariables = Exact<{
  input: CancelJobInput;
}>;


export type CancelJobMutation = { cancelJob: { alreadySettled: boolean, job: { id: string, version: number, tag: string, type: string, userId: string, executor: Executor, status: JobStatus, isTerminal: boolean, isCancelable: boolean, success: boolean | null, attemptCount: number, idempotencyKey: string | null, triggerTaskId: string | null, triggerRunId: string | null, createdAt: string, runAt: string, startedAt: string | null, finishedAt: string | null, retryConfig: { maxAttempts: number, minTimeoutInMs: number, maxTimeoutInMs: number, factor: number }, progress: { fraction: number | null, message: string | null } | null, failure: { kind: JobFailureKind, name: string | null, message: string, code: string | null } | null, cancellation: { requestedAt: string, reason: string | null, mode: CancelMode, graceUntil: string | null, outcome: CancelOutcome } | null } | null, errors: Array<
      | { __typename: 'CountMismatchError', message: string, code: string, path: Array<string> | null }
      | { __typename: 'ExecutorError', executor: Executor, isRetryable: boolean, message: string, code: string, path: Array<string> | null }
      | { __typename: 'ForbiddenError', requiredScope: Scope | null, message: string, code: string, path: Array<string> | null }
      | { __typename: 'IdempotencyConflictError', differingFields: Array<string>, message: string, code: string, path: Array<string> | null, existingJob: { id: string, status: JobStatus } | null }
      | { __typename: 'InvalidStateError', currentStatus: JobStatus, allowed: Array<JobStatus>, message: string, code: string, path: Array<string> | null }
      | { __typename: 'NotConfiguredError', message: string, code: string, path: Array<string> | null }
      | { __typename: 'NotFoundError', message: string, code: string, path: Array<string> | null }
      | { __typename: 'RateLimitedError', message: string, code: string, path: Array<string> | null }
      | { __typename: 'ValidationError', message: string, code: string, path: Array<string> | null }
      | { __typename: 'VersionConflictError', currentVersion: number, message: string, code: string, path: Array<string> | null }
    > } };

export type JobFieldsFragment = { id: string, version: number, tag: string, type: string, userId: string, executor: Executor, status: JobStatus, isTerminal: boolean, isCancelable: boolean, success: boolean | null, attemptCount: number, idempotencyKey: string | null, triggerTaskId: string | null, triggerRunId: string | null, createdAt: string, runAt: string, startedAt: string | null, finishedAt: string | null, retryConfig: { maxAttempts: number, minTimeoutInMs: number, maxTimeoutInMs: number, factor: number }, progress: { fraction: number | null, message: string | null } | null, failure: { kind: JobFailureKind, name: string | null, message: string, code: string | null } | null, cancellation: { requestedAt: string, reason: string | null, mode: CancelMode, graceUntil: string | null, outcome: CancelOutcome } | null };

type RefusalFields_CountMismatchError_Fragment = { __typename: 'CountMismatchError', message: string, code: string, path: Array<string> | null };

type RefusalFields_ExecutorError_Fragment = { __typename: 'ExecutorError', executor: Executor, isRetryable: boolean, message: string, code: string, path: Array<string> | null };

type RefusalFields_ForbiddenError_Fragment = { __typename: 'ForbiddenError', requiredScope: Scope | null, message: string, code: string, path: Array<string> | null };

type RefusalFields_IdempotencyConflictError_Fragment = { __typename: 'IdempotencyConflictError', differingFields: Array<string>, message: string, code: string, path: Array<string> | null, existingJob: { id: string, status: JobStatus } | null };

type RefusalFields_InvalidStateError_Fragment = { __typename: 'InvalidStateError', currentStatus: JobStatus, allowed: Array<JobStatus>, message: string, code: string, path: Array<string> | null };

type RefusalFields_NotConfiguredError_Fragment = { __typename: 'NotConfiguredError', message: string, code: string, path: Array<string> | null };

type RefusalFields_NotFoundError_Fragment = { __typename: 'NotFoundError', message: string, code: string, path: Array<string> | null };

type RefusalFields_RateLimitedError_Fragment = { __typename: 'RateLimitedError', message: string, code: string, path: Array<string> | null };

type RefusalFields_ValidationError_Fragment = { __typename: 'ValidationError', message: string, code: string, path: Array<string> | null };

type RefusalFields_VersionConflictError_Fragment = { __typename: 'VersionConflictError', currentVersion: number, message: string, code: string, path: Array<string> | null };

export type RefusalFieldsFragment =
  | RefusalFields_CountMismatchError_Fragment
  | RefusalFields_ExecutorError_Fragment
  | RefusalFields_ForbiddenError_Fragment
  | RefusalFields_IdempotencyConflictError_Fragment
  | RefusalFields_InvalidStateError_Fragment
  | RefusalFields_NotConfiguredError_Fragment
  | RefusalFields_NotFoundError_Fragment
  | RefusalFields_RateLimitedError_Fragment
  | RefusalFields_ValidationError_Fragment
  | RefusalFields_VersionConflictError_Fragment
;

export type JobScheduleFieldsFragment = { id: string, version: number, key: string, tag: string, type: string, userId: string, executor: Executor, owner: CronOwner, cron: string, timezone: string, description: string, isPaused: boolean, nextRunTimes: Array<string> };

export type ScheduleCronJobMutationVariables = Exact<{
  input: ScheduleCronJobInput;
}>;


export type ScheduleCronJobMutation = { scheduleCronJob: { created: boolean, schedule: { id: string, version: number, key: string, tag: string, type: string, userId: string, executor: Executor, owner: CronOwner, cron: string, timezone: string, description: string, isPaused: boolean, nextRunTimes: Array<string> } | null, errors: Array<
      | { __typename: 'CountMismatchError', message: string, code: string, path: Array<string> | null }
      | { __typename: 'ExecutorError', executor: Executor, isRetryable: boolean, message: string, code: string, path: Array<string> | null }
      | { __typename: 'ForbiddenError', requiredScope: Scope | null, message: string, code: string, path: Array<string> | null }
      | { __typename: 'IdempotencyConflictError', differingFields: Array<string>, message: string, code: string, path: Array<string> | null, existingJob: { id: string, status: JobStatus } | null }
      | { __typename: 'InvalidStateError', currentStatus: JobStatus, allowed: Array<JobStatus>, message: string, code: string, path: Array<string> | null }
      | { __typename: 'NotConfiguredError', message: string, code: string, path: Array<string> | null }
      | { __typename: 'NotFoundError', message: string, code: string, path: Array<string> | null }
      | { __typename: 'RateLimitedError', message: string, code: string, path: Array<string> | null }
      | { __typename: 'ValidationError', message: string, code: string, path: Array<string> | null }
      | { __typename: 'VersionConflictError', currentVersion: number, message: string, code: string, path: Array<string> | null }
    > } };

export type ScheduleJobMutationVariables = Exact<{
  input: ScheduleJobInput;
}>;


export type ScheduleJobMutation = { scheduleJob: { created: boolean, job: { id: string, version: number, tag: string, type: string, userId: string, executor: Executor, status: JobStatus, isTerminal: boolean, isCancelable: boolean, success: boolean | null, attemptCount: number, idempotencyKey: string | null, triggerTaskId: string | null, triggerRunId: string | null, createdAt: string, runAt: string, startedAt: string | null, finishedAt: string | null, retryConfig: { maxAttempts: number, minTimeoutInMs: number, maxTimeoutInMs: number, factor: number }, progress: { fraction: number | null, message: string | null } | null, failure: { kind: JobFailureKind, name: string | null, message: string, code: string | null } | null, cancellation: { requestedAt: string, reason: string | null, mode: CancelMode, graceUntil: string | null, outcome: CancelOutcome } | null } | null, errors: Array<
      | { __typename: 'CountMismatchError', message: string, code: string, path: Array<string> | null }
      | { __typename: 'ExecutorError', executor: Executor, isRetryable: boolean, message: string, code: string, path: Array<string> | null }
      | { __typename: 'ForbiddenError', requiredScope: Scope | null, message: string, code: string, path: Array<string> | null }
      | { __typename: 'IdempotencyConflictError', differingFields: Array<string>, message: string, code: string, path: Array<string> | null, existingJob: { id: string, status: JobStatus } | null }
      | { __typename: 'InvalidStateError', currentStatus: JobStatus, allowed: Array<JobStatus>, message: string, code: string, path: Array<string> | null }
      | { __typename: 'NotConfiguredError', message: string, code: string, path: Array<string> | null }
      | { __typename: 'NotFoundError', message: string, code: string, path: Array<string> | null }
      | { __typename: 'RateLimitedError', message: string, code: string, path: Array<string> | null }
      | { __typename: 'ValidationError', message: string, code: string, path: Array<string> | null }
      | { __typename: 'VersionConflictError', currentVersion: number, message: string, code: string, path: Array<string> | null }
    > } };

export type CreateViewerTokenMutationVariables = Exact<{
  input: CreateViewerTokenInput;
}>;


export type CreateViewerTokenMutation = { createViewerToken: { token: string | null, expiresAt: string | null, errors: Array<
      | { __typename: 'CountMismatchError', message: string, code: string, path: Array<string> | null }
      | { __typename: 'ExecutorError', executor: Executor, isRetryable: boolean, message: string, code: string, path: Array<string> | null }
      | { __typename: 'ForbiddenError', requiredScope: Scope | null, message: string, code: string, path: Array<string> | null }
      | { __typename: 'IdempotencyConflictError', differingFields: Array<string>, message: string, code: string, path: Array<string> | null, existingJob: { id: string, status: JobStatus } | null }
      | { __typename: 'InvalidStateError', currentStatus: JobStatus, allowed: Array<JobStatus>, message: string, code: string, path: Array<string> | null }
      | { __typename: 'NotConfiguredError', message: string, code: string, path: Array<string> | null }
      | { __typename: 'NotFoundError', message: string, code: string, path: Array<string> | null }
      | { __typename: 'RateLimitedError', message: string, code: string, path: Array<string> | null }
      | { __typename: 'ValidationError', message: string, code: string, path: Array<string> | null }
      | { __typename: 'VersionConflictError', currentVersion: number, message: string, code: string, path: Array<string> | null }
    > } };

export type ReportQueryVariables = Exact<{
  id: string | number;
}>;


export type ReportQuery = { job: { id: string, version: number, type: string, userId: string, status: JobStatus, result: unknown, failure: { message: string } | null } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const JobFieldsFragmentDoc = new TypedDocumentString(`
    fragment JobFields on Job {
  id
  version
  tag
  type
  userId
  executor
  status
  isTerminal
  isCancelable
  success
  attemptCount
  idempotencyKey
  triggerTaskId
  triggerRunId
  createdAt
  runAt
  startedAt
  finishedAt
  retryConfig {
    maxAttempts
    minTimeoutInMs
    maxTimeoutInMs
    factor
  }
  progress {
    fraction
    message
  }
  failure {
    kind
    name
    message
    code
  }
  cancellation {
    requestedAt
    reason
    mode
    graceUntil
    outcome
  }
}
    `, {"fragmentName":"JobFields"}) as unknown as TypedDocumentString<JobFieldsFragment, unknown>;
export const RefusalFieldsFragmentDoc = new TypedDocumentString(`
    fragment RefusalFields on UserError {
  __typename
  message
  code
  path
  ... on ForbiddenError {
    requiredScope
  }
  ... on IdempotencyConflictError {
    differingFields
    existingJob {
      id
      status
    }
  }
  ... on ExecutorError {
    executor
    isRetryable
  }
  ... on VersionConflictError {
    currentVersion
  }
  ... on InvalidStateError {
    currentStatus
    allowed
  }
}
    `, {"fragmentName":"RefusalFields"}) as unknown as TypedDocumentString<RefusalFieldsFragment, unknown>;
export const JobScheduleFieldsFragmentDoc = new TypedDocumentString(`
    fragment JobScheduleFields on JobSchedule {
  id
  version
  key
  tag
  type
  userId
  executor
  owner
  cron
  timezone
  description
  isPaused
  nextRunTimes(count: 1)
}
    `, {"fragmentName":"JobScheduleFields"}) as unknown as TypedDocumentString<JobScheduleFieldsFragment, unknown>;
export const CancelJobDocument = new TypedDocumentString(`
    mutation CancelJob($input: CancelJobInput!) {
  cancelJob(input: $input) {
    alreadySettled
    job {
      ...JobFields
    }
    errors {
      ...RefusalFields
    }
  }
}
    fragment JobFields on Job {
  id
  version
  tag
  type
  userId
  executor
  status
  isTerminal
  isCancelable
  success
  attemptCount
  idempotencyKey
  triggerTaskId
  triggerRunId
  createdAt
  runAt
  startedAt
  finishedAt
  retryConfig {
    maxAttempts
    minTimeoutInMs
    maxTimeoutInMs
    factor
  }
  progress {
    fraction
    message
  }
  failure {
    kind
    name
    message
    code
  }
  cancellation {
    requestedAt
    reason
    mode
    graceUntil
    outcome
  }
}
fragment RefusalFields on UserError {
  __typename
  message
  code
  path
  ... on ForbiddenError {
    requiredScope
  }
  ... on IdempotencyConflictError {
    differingFields
    existingJob {
      id
      status
    }
  }
  ... on ExecutorError {
    executor
    isRetryable
  }
  ... on VersionConflictError {
    currentVersion
  }
  ... on InvalidStateError {
    currentStatus
    allowed
  }
}`) as unknown as TypedDocumentString<CancelJobMutation, CancelJobMutationVariables>;
export const ScheduleCronJobDocument = new TypedDocumentString(`
    mutation ScheduleCronJob($input: ScheduleCronJobInput!) {
  scheduleCronJob(input: $input) {
    created
    schedule {
      ...JobScheduleFields
    }
    errors {
      ...RefusalFields
    }
  }
}
    fragment RefusalFields on UserError {
  __typename
  message
  code
  path
  ... on ForbiddenError {
    requiredScope
  }
  ... on IdempotencyConflictError {
    differingFields
    existingJob {
      id
      status
    }
  }
  ... on ExecutorError {
    executor
    isRetryable
  }
  ... on VersionConflictError {
    currentVersion
  }
  ... on InvalidStateError {
    currentStatus
    allowed
  }
}
fragment JobScheduleFields on JobSchedule {
  id
  version
  key
  tag
  type
  userId
  executor
  owner
  cron
  timezone
  description
  isPaused
  nextRunTimes(count: 1)
}`) as unknown as TypedDocumentString<ScheduleCronJobMutation, ScheduleCronJobMutationVariables>;
export const ScheduleJobDocument = new TypedDocumentString(`
    mutation ScheduleJob($input: ScheduleJobInput!) {
  scheduleJob(input: $input) {
    created
    job {
      ...JobFields
    }
    errors {
      ...RefusalFields
    }
  }
}
    fragment JobFields on Job {
  id
  version
  tag
  type
  userId
  executor
  status
  isTerminal
  isCancelable
  success
  attemptCount
  idempotencyKey
  triggerTaskId
  triggerRunId
  createdAt
  runAt
  startedAt
  finishedAt
  retryConfig {
    maxAttempts
    minTimeoutInMs
    maxTimeoutInMs
    factor
  }
  progress {
    fraction
    message
  }
  failure {
    kind
    name
    message
    code
  }
  cancellation {
    requestedAt
    reason
    mode
    graceUntil
    outcome
  }
}
fragment RefusalFields on UserError {
  __typename
  message
  code
  path
  ... on ForbiddenError {
    requiredScope
  }
  ... on IdempotencyConflictError {
    differingFields
    existingJob {
      id
      status
    }
  }
  ... on ExecutorError {
    executor
    isRetryable
  }
  ... on VersionConflictError {
    currentVersion
  }
  ... on InvalidStateError {
    currentStatus
    allowed
  }
}`) as unknown as TypedDocumentString<ScheduleJobMutation, ScheduleJobMutationVariables>;
export const CreateViewerTokenDocument = new TypedDocumentString(`
    mutation CreateViewerToken($input: CreateViewerTokenInput!) {
  createViewerToken(input: $input) {
    token
    expiresAt
    errors {
      ...RefusalFields
    }
  }
}
    fragment RefusalFields on UserError {
  __typename
  message
  code
  path
  ... on ForbiddenError {
    requiredScope
  }
  ... on IdempotencyConflictError {
    differingFields
    existingJob {
      id
      status
    }
  }
  ... on ExecutorError {
    executor
    isRetryable
  }
  ... on VersionConflictError {
    currentVersion
  }
  ... on InvalidStateError {
    currentStatus
    allowed
  }
}`) as unknown as TypedDocumentString<CreateViewerTokenMutation, CreateViewerTokenMutationVariables>;
export const ReportDocument = new TypedDocumentString(`
    query Report($id: ID!) {
  job(id: $id) {
    id
    version
    type
    userId
    status
    failure {
      message
    }
    result
  }
}
    `) as unknown as TypedDocumentString<ReportQuery, ReportQueryVariables>;