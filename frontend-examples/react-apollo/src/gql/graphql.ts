/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** Why an operator should look at an open job; each is taken back when its reason is gone. Members may be added. */
export type AttentionKind =
  /** It was asked to stop, and has not done so within the grace period: its code ignores the request, or Trigger.dev has not confirmed it. */
  | 'CANCEL_OVERDUE'
  /** Reconciliation had to correct it: what should have told did not. */
  | 'DRIFTED'
  /** Nothing was heard of it for too long: an INTERNAL job is RUNNING on a lease that is over and nobody rescues it, or nobody could ask Trigger.dev about the run of a TRIGGER job. */
  | 'HEARTBEAT_LATE'
  /** Trigger.dev does not know its run; it is asked again before the job is settled as lost. */
  | 'ORPHAN_SUSPECT'
  /** It is due and QUEUED for too long: no worker takes it, it is not handed over, or it waits in the queue of Trigger.dev. */
  | 'START_OVERDUE';

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

/** A span of time, half open. */
export type DateTimeRange = {
  /** The first instant of the span; absent or null: from ever. */
  from?: string | null | undefined;
  /** The first instant behind the span; absent or null: for ever. */
  until?: string | null | undefined;
};

/** Where a job runs. Members may be added. */
export type Executor =
  /** On the workers of this installation. */
  | 'INTERNAL'
  /** As a run of a task on Trigger.dev. */
  | 'TRIGGER';

/** What happened to a job. Members may be added. */
export type JobEventKind =
  /** An attempt failed or was lost, and another one follows. */
  | 'ATTEMPT_FAILED'
  /** An operator should look at the job, or need not any more; changes.attention says why, detail.was what it said before. */
  | 'ATTENTION_CHANGED'
  /** The job ended on request. */
  | 'CANCELED'
  /** The running code, or Trigger.dev, was told to stop it. */
  | 'CANCEL_ACKNOWLEDGED'
  /** Somebody asked that the job stops, which only its code can do. */
  | 'CANCEL_REQUESTED'
  /** The job was accepted. */
  | 'CREATED'
  /** The job was deleted: what it held is erased, and it is hidden. The last event of a job, told in streams alone. */
  | 'DELETED'
  /** The handing-over to Trigger.dev moved on; changes.dispatch_state says how far: sending, unknown when the answer was lost, none when it was surely not accepted, accepted when it is in a batch that makes its run, linked when the job has its run; changes.trigger_batch_id names the batch. */
  | 'DISPATCHED'
  /** Reconciliation put the job right. detail.before and detail.after say how it stood, detail.missedBy which paths were on and had not told: webhook, realtime, poll. */
  | 'DRIFT_CORRECTED'
  /** The job ended unstarted: its time-to-live passed. */
  | 'EXPIRED'
  /** The job ended: no attempt is left. */
  | 'FAILED'
  /** The job's code changed its metadata; changes.metadata holds all of them. */
  | 'METADATA_CHANGED'
  /** The run of a dispatch whose answer was lost was found, and given to its job. */
  | 'ORPHAN_ADOPTED'
  /** The job's code reported progress. */
  | 'PROGRESS'
  /** The job is due and waits for a worker: its time has come, or a worker that is shutting down handed it back; or its run was lost and it is dispatched anew, and detail.lostRun says which. */
  | 'QUEUED'
  /** The job was given another time: changes.run_at, detail.was the one before. */
  | 'RESCHEDULED'
  /** A parked run goes on. */
  | 'RESUMED'
  /** An attempt started. */
  | 'STARTED'
  /** The job ended: its code returned. */
  | 'SUCCEEDED'
  /** Trigger.dev parked the run. */
  | 'WAITING';

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

/** A selection of jobs: all given members must match, the members of one list are alternatives, and an empty list matches nothing. Where few of very many jobs have all that is asked, and no index holds just those, a page is refused with LIMIT_EXCEEDED rather than looked for among all jobs. */
export type JobFilter = {
  /** Why they need attention; jobs that have ended never match. At most 100 alternatives; absent or null: not asked about. */
  attention?: Array<AttentionKind> | null | undefined;
  /** When they were accepted; absent or null: not asked about. */
  createdAt?: DateTimeRange | null | undefined;
  /** Where they run. At most 100 alternatives; absent or null: not asked about. */
  executors?: Array<Executor> | null | undefined;
  /** The ids of the jobs. An unknown id matches nothing. At most 100 alternatives; absent or null: not asked about. */
  ids?: Array<string> | null | undefined;
  /** Whether they have ended; absent or null: not asked about. */
  isTerminal?: boolean | null | undefined;
  /** Which job schedules made them, deleted ones too. An unknown id matches nothing. At most 100 alternatives; absent or null: not asked about. */
  scheduleIds?: Array<string> | null | undefined;
  /** Where they stand. At most 100 alternatives; absent or null: not asked about. */
  statuses?: Array<JobStatus> | null | undefined;
  /** What they are about, exactly. At most 100 alternatives; absent or null: not asked about. */
  tags?: Array<string> | null | undefined;
  /** Their runs on Trigger.dev, run_…. A run of no job here matches nothing. At most 100 alternatives; absent or null: not asked about. */
  triggerRunIds?: Array<string> | null | undefined;
  /** The names of their code. At most 100 alternatives; absent or null: not asked about. */
  types?: Array<string> | null | undefined;
  /** Whose they are. Without ADMIN only the caller's own id is allowed, and it is the default. At most 100 alternatives; absent or null: not asked about. */
  userIds?: Array<string> | null | undefined;
};

/** A part of a job that only callers with ADMIN may read, because its type is marked so or it was scheduled so. Members may be added. */
export type JobSecret =
  /** The input. */
  | 'DATA'
  /** The output; failures are never secret. */
  | 'RESULT';

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
  at: string; delay?: never; }
  |  { at?: never;   /** How long to wait from now on, at most P3660D. */
  delay: string; };

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
  userId?: string | null | undefined;
  /** For TRIGGER: once the job is committed, wait up to this long for its triggerRunId, at most PT30S; an INTERNAL job has none, and is answered at once. Absent or null: answer at once; the run then comes with a subscription. */
  waitForRun?: string | null | undefined;
  /** When to run it; absent or null: at once. */
  when?: RunTimeInput | null | undefined;
};

/** Which path brought a fact about a job. Members may be added. */
export type SignalSource =
  /** Trigger.dev's own alert of a failed run. */
  | 'ALERT'
  /** A caller of the GraphQL or the Python API. */
  | 'API'
  /** The handing-over to Trigger.dev. */
  | 'DISPATCH'
  /** Trigger.dev's Realtime feed. At its word the end of a run is retrieved. */
  | 'REALTIME'
  /** Trigger.dev itself, which was asked. */
  | 'RECONCILER'
  /** A lifecycle hook of the Trigger.dev project. It seals a job only when Trigger.dev itself cannot be asked. */
  | 'WEBHOOK'
  /** A worker or one of its loops. */
  | 'WORKER';

export type CancelRequestFragment = { __typename: 'CancelRequest', id: string, cancellation: { __typename: 'JobCancellation', requestedAt: string, requestedBy: string | null, reason: string | null, mode: CancelMode, graceUntil: string | null, outcome: CancelOutcome } };

export type JobVersionFragment = { __typename: 'Job', version: number };

export type JobRowFragment = { __typename: 'Job', id: string, version: number, tag: string, type: string, status: JobStatus, isTerminal: boolean, isCancelable: boolean, createdAt: string, progress: { __typename: 'JobProgress', fraction: number | null, message: string | null } | null, cancellation: { __typename: 'JobCancellation', requestedAt: string, requestedBy: string | null, reason: string | null, mode: CancelMode, graceUntil: string | null, outcome: CancelOutcome } | null };

export type JobDetailsFragment = { __typename: 'Job', executor: Executor, isRetryable: boolean, attention: Array<AttentionKind>, attemptCount: number, startedAt: string | null, finishedAt: string | null, nextAttemptAt: string | null, triggerRunId: string | null, result: unknown, redacted: Array<JobSecret>, id: string, version: number, tag: string, type: string, status: JobStatus, isTerminal: boolean, isCancelable: boolean, createdAt: string, retryConfig: { __typename: 'RetryConfig', maxAttempts: number }, failure: { __typename: 'JobFailure', kind: JobFailureKind, name: string | null, message: string } | null, progress: { __typename: 'JobProgress', fraction: number | null, message: string | null } | null, cancellation: { __typename: 'JobCancellation', requestedAt: string, requestedBy: string | null, reason: string | null, mode: CancelMode, graceUntil: string | null, outcome: CancelOutcome } | null };

export type HistoryEventFragment = { __typename: 'JobEvent', id: string, jobVersion: number, kind: JobEventKind, changes: unknown, source: SignalSource, actor: string | null, attempt: number | null, occurredAt: string };

export type HistoryPageFragment = { __typename: 'JobEventConnection', nodes: Array<{ __typename: 'JobEvent', id: string, jobVersion: number, kind: JobEventKind, changes: unknown, source: SignalSource, actor: string | null, attempt: number | null, occurredAt: string }>, pageInfo: { __typename: 'PageInfo', hasPreviousPage: boolean, startCursor: string | null } };

export type JobsQueryVariables = Exact<{
  filter?: JobFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type JobsQuery = { jobs: { __typename: 'JobConnection', asOf: string, nodes: Array<{ __typename: 'Job', id: string, version: number, tag: string, type: string, status: JobStatus, isTerminal: boolean, isCancelable: boolean, createdAt: string, progress: { __typename: 'JobProgress', fraction: number | null, message: string | null } | null, cancellation: { __typename: 'JobCancellation', requestedAt: string, requestedBy: string | null, reason: string | null, mode: CancelMode, graceUntil: string | null, outcome: CancelOutcome } | null }>, pageInfo: { __typename: 'PageInfo', hasNextPage: boolean, endCursor: string | null } } };

export type JobListUpdatesSubscriptionVariables = Exact<{
  filter?: JobFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type JobListUpdatesSubscription = { jobListUpdates:
    | { __typename: 'JobChange', cursor: string, leftFilter: boolean, event: { __typename: 'JobEvent', jobVersion: number }, job: { __typename: 'Job', id: string, version: number, tag: string, type: string, status: JobStatus, isTerminal: boolean, isCancelable: boolean, createdAt: string, progress: { __typename: 'JobProgress', fraction: number | null, message: string | null } | null, cancellation: { __typename: 'JobCancellation', requestedAt: string, requestedBy: string | null, reason: string | null, mode: CancelMode, graceUntil: string | null, outcome: CancelOutcome } | null } }
    | { __typename: 'JobSnapshot' }
    | { __typename: 'StreamCaughtUp', cursor: string }
    | { __typename: 'StreamClosing', cursor: string, reconnectAfter: string }
    | { __typename: 'StreamReset', cursor: string, reason: string }
   };

export type CancelJobMutationVariables = Exact<{
  id: string;
  mode: CancelMode;
}>;


export type CancelJobMutation = { cancelJob: { __typename: 'CancelJobPayload', alreadySettled: boolean, job: { __typename: 'Job', executor: Executor, isRetryable: boolean, attention: Array<AttentionKind>, attemptCount: number, startedAt: string | null, finishedAt: string | null, nextAttemptAt: string | null, triggerRunId: string | null, result: unknown, redacted: Array<JobSecret>, id: string, version: number, tag: string, type: string, status: JobStatus, isTerminal: boolean, isCancelable: boolean, createdAt: string, retryConfig: { __typename: 'RetryConfig', maxAttempts: number }, failure: { __typename: 'JobFailure', kind: JobFailureKind, name: string | null, message: string } | null, progress: { __typename: 'JobProgress', fraction: number | null, message: string | null } | null, cancellation: { __typename: 'JobCancellation', requestedAt: string, requestedBy: string | null, reason: string | null, mode: CancelMode, graceUntil: string | null, outcome: CancelOutcome } | null } | null, errors: Array<
      | { __typename: 'CountMismatchError', message: string, path: Array<string> | null }
      | { __typename: 'ExecutorError', isRetryable: boolean, message: string, path: Array<string> | null }
      | { __typename: 'ForbiddenError', message: string, path: Array<string> | null }
      | { __typename: 'IdempotencyConflictError', message: string, path: Array<string> | null }
      | { __typename: 'InvalidStateError', message: string, path: Array<string> | null }
      | { __typename: 'NotConfiguredError', message: string, path: Array<string> | null }
      | { __typename: 'NotFoundError', message: string, path: Array<string> | null }
      | { __typename: 'RateLimitedError', message: string, path: Array<string> | null }
      | { __typename: 'ValidationError', message: string, path: Array<string> | null }
      | { __typename: 'VersionConflictError', message: string, path: Array<string> | null }
    > } };

export type JobTypesQueryVariables = Exact<{ [key: string]: never; }>;


export type JobTypesQuery = { jobTypes: Array<{ __typename: 'JobType', name: string, description: string | null, dataSchema: unknown }> };

export type RetryJobMutationVariables = Exact<{
  id: string;
}>;


export type RetryJobMutation = { retryJob: { __typename: 'RetryJobPayload', job: { __typename: 'Job', id: string } | null, errors: Array<
      | { __typename: 'CountMismatchError', message: string, path: Array<string> | null }
      | { __typename: 'ExecutorError', isRetryable: boolean, message: string, path: Array<string> | null }
      | { __typename: 'ForbiddenError', message: string, path: Array<string> | null }
      | { __typename: 'IdempotencyConflictError', message: string, path: Array<string> | null }
      | { __typename: 'InvalidStateError', message: string, path: Array<string> | null }
      | { __typename: 'NotConfiguredError', message: string, path: Array<string> | null }
      | { __typename: 'NotFoundError', message: string, path: Array<string> | null }
      | { __typename: 'RateLimitedError', message: string, path: Array<string> | null }
      | { __typename: 'ValidationError', message: string, path: Array<string> | null }
      | { __typename: 'VersionConflictError', message: string, path: Array<string> | null }
    > } };

export type ScheduleJobMutationVariables = Exact<{
  input: ScheduleJobInput;
}>;


export type ScheduleJobMutation = { scheduleJob: { __typename: 'ScheduleJobPayload', job: { __typename: 'Job', id: string } | null, errors: Array<
      | { __typename: 'CountMismatchError', message: string, path: Array<string> | null }
      | { __typename: 'ExecutorError', isRetryable: boolean, message: string, path: Array<string> | null }
      | { __typename: 'ForbiddenError', message: string, path: Array<string> | null }
      | { __typename: 'IdempotencyConflictError', message: string, path: Array<string> | null, existingJob: { __typename: 'Job', id: string, tag: string } | null }
      | { __typename: 'InvalidStateError', message: string, path: Array<string> | null }
      | { __typename: 'NotConfiguredError', message: string, path: Array<string> | null }
      | { __typename: 'NotFoundError', message: string, path: Array<string> | null }
      | { __typename: 'RateLimitedError', message: string, path: Array<string> | null }
      | { __typename: 'ValidationError', message: string, path: Array<string> | null }
      | { __typename: 'VersionConflictError', message: string, path: Array<string> | null }
    > } };

export type JobQueryVariables = Exact<{
  id: string;
}>;


export type JobQuery = { job: { __typename: 'Job', asOf: string, executor: Executor, isRetryable: boolean, attention: Array<AttentionKind>, attemptCount: number, startedAt: string | null, finishedAt: string | null, nextAttemptAt: string | null, triggerRunId: string | null, result: unknown, redacted: Array<JobSecret>, id: string, version: number, tag: string, type: string, status: JobStatus, isTerminal: boolean, isCancelable: boolean, createdAt: string, events: { __typename: 'JobEventConnection', nodes: Array<{ __typename: 'JobEvent', id: string, jobVersion: number, kind: JobEventKind, changes: unknown, source: SignalSource, actor: string | null, attempt: number | null, occurredAt: string }>, pageInfo: { __typename: 'PageInfo', hasPreviousPage: boolean, startCursor: string | null } }, retryConfig: { __typename: 'RetryConfig', maxAttempts: number }, failure: { __typename: 'JobFailure', kind: JobFailureKind, name: string | null, message: string } | null, progress: { __typename: 'JobProgress', fraction: number | null, message: string | null } | null, cancellation: { __typename: 'JobCancellation', requestedAt: string, requestedBy: string | null, reason: string | null, mode: CancelMode, graceUntil: string | null, outcome: CancelOutcome } | null } | null };

export type EarlierEventsQueryVariables = Exact<{
  id: string;
  before?: string | null | undefined;
}>;


export type EarlierEventsQuery = { job: { __typename: 'Job', id: string, events: { __typename: 'JobEventConnection', nodes: Array<{ __typename: 'JobEvent', id: string, jobVersion: number, kind: JobEventKind, changes: unknown, source: SignalSource, actor: string | null, attempt: number | null, occurredAt: string }>, pageInfo: { __typename: 'PageInfo', hasPreviousPage: boolean, startCursor: string | null } } } | null };

export type JobUpdatesSubscriptionVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type JobUpdatesSubscription = { jobUpdates:
    | { __typename: 'JobChange', cursor: string, leftFilter: boolean, event: { __typename: 'JobEvent', id: string, jobVersion: number, kind: JobEventKind, changes: unknown, source: SignalSource, actor: string | null, attempt: number | null, occurredAt: string }, job: { __typename: 'Job', executor: Executor, isRetryable: boolean, attention: Array<AttentionKind>, attemptCount: number, startedAt: string | null, finishedAt: string | null, nextAttemptAt: string | null, triggerRunId: string | null, result: unknown, redacted: Array<JobSecret>, id: string, version: number, tag: string, type: string, status: JobStatus, isTerminal: boolean, isCancelable: boolean, createdAt: string, retryConfig: { __typename: 'RetryConfig', maxAttempts: number }, failure: { __typename: 'JobFailure', kind: JobFailureKind, name: string | null, message: string } | null, progress: { __typename: 'JobProgress', fraction: number | null, message: string | null } | null, cancellation: { __typename: 'JobCancellation', requestedAt: string, requestedBy: string | null, reason: string | null, mode: CancelMode, graceUntil: string | null, outcome: CancelOutcome } | null } }
    | { __typename: 'JobSnapshot' }
    | { __typename: 'StreamCaughtUp', cursor: string }
    | { __typename: 'StreamClosing', cursor: string, reconnectAfter: string }
    | { __typename: 'StreamReset', cursor: string, reason: string }
   };

export const CancelRequestFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"CancelRequest"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"CancelRequest"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"cancellation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"requestedAt"}},{"kind":"Field","name":{"kind":"Name","value":"requestedBy"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"mode"}},{"kind":"Field","name":{"kind":"Name","value":"graceUntil"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}}]}}]}}]} as unknown as DocumentNode<CancelRequestFragment, unknown>;
export const JobVersionFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobVersion"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"version"}}]}}]} as unknown as DocumentNode<JobVersionFragment, unknown>;
export const JobRowFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"tag"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"isTerminal"}},{"kind":"Field","name":{"kind":"Name","value":"isCancelable"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"progress"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fraction"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cancellation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"requestedAt"}},{"kind":"Field","name":{"kind":"Name","value":"requestedBy"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"mode"}},{"kind":"Field","name":{"kind":"Name","value":"graceUntil"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}}]}}]}}]} as unknown as DocumentNode<JobRowFragment, unknown>;
export const JobDetailsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobDetails"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobRow"}},{"kind":"Field","name":{"kind":"Name","value":"executor"}},{"kind":"Field","name":{"kind":"Name","value":"isRetryable"}},{"kind":"Field","name":{"kind":"Name","value":"attention"}},{"kind":"Field","name":{"kind":"Name","value":"attemptCount"}},{"kind":"Field","name":{"kind":"Name","value":"retryConfig"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"maxAttempts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"nextAttemptAt"}},{"kind":"Field","name":{"kind":"Name","value":"triggerRunId"}},{"kind":"Field","name":{"kind":"Name","value":"failure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"result"}},{"kind":"Field","name":{"kind":"Name","value":"redacted"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"tag"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"isTerminal"}},{"kind":"Field","name":{"kind":"Name","value":"isCancelable"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"progress"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fraction"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cancellation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"requestedAt"}},{"kind":"Field","name":{"kind":"Name","value":"requestedBy"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"mode"}},{"kind":"Field","name":{"kind":"Name","value":"graceUntil"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}}]}}]}}]} as unknown as DocumentNode<JobDetailsFragment, unknown>;
export const HistoryEventFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"HistoryEvent"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"JobEvent"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"jobVersion"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"changes"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"attempt"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}}]}}]} as unknown as DocumentNode<HistoryEventFragment, unknown>;
export const HistoryPageFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"HistoryPage"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"JobEventConnection"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"HistoryEvent"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"startCursor"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"HistoryEvent"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"JobEvent"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"jobVersion"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"changes"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"attempt"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}}]}}]} as unknown as DocumentNode<HistoryPageFragment, unknown>;
export const JobsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Jobs"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"JobFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"jobs"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"asOf"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobRow"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"tag"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"isTerminal"}},{"kind":"Field","name":{"kind":"Name","value":"isCancelable"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"progress"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fraction"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cancellation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"requestedAt"}},{"kind":"Field","name":{"kind":"Name","value":"requestedBy"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"mode"}},{"kind":"Field","name":{"kind":"Name","value":"graceUntil"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}}]}}]}}]} as unknown as DocumentNode<JobsQuery, JobsQueryVariables>;
export const JobListUpdatesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"JobListUpdates"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"JobFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"EventCursor"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"jobListUpdates"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"JobChange"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"leftFilter"}},{"kind":"Field","name":{"kind":"Name","value":"event"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"jobVersion"}}]}},{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobRow"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"StreamCaughtUp"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"StreamReset"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"StreamClosing"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"reconnectAfter"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"tag"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"isTerminal"}},{"kind":"Field","name":{"kind":"Name","value":"isCancelable"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"progress"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fraction"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cancellation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"requestedAt"}},{"kind":"Field","name":{"kind":"Name","value":"requestedBy"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"mode"}},{"kind":"Field","name":{"kind":"Name","value":"graceUntil"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}}]}}]}}]} as unknown as DocumentNode<JobListUpdatesSubscription, JobListUpdatesSubscriptionVariables>;
export const CancelJobDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CancelJob"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"mode"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CancelMode"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cancelJob"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"mode"},"value":{"kind":"Variable","name":{"kind":"Name","value":"mode"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"alreadySettled"}},{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobDetails"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ExecutorError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"isRetryable"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"tag"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"isTerminal"}},{"kind":"Field","name":{"kind":"Name","value":"isCancelable"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"progress"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fraction"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cancellation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"requestedAt"}},{"kind":"Field","name":{"kind":"Name","value":"requestedBy"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"mode"}},{"kind":"Field","name":{"kind":"Name","value":"graceUntil"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobDetails"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobRow"}},{"kind":"Field","name":{"kind":"Name","value":"executor"}},{"kind":"Field","name":{"kind":"Name","value":"isRetryable"}},{"kind":"Field","name":{"kind":"Name","value":"attention"}},{"kind":"Field","name":{"kind":"Name","value":"attemptCount"}},{"kind":"Field","name":{"kind":"Name","value":"retryConfig"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"maxAttempts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"nextAttemptAt"}},{"kind":"Field","name":{"kind":"Name","value":"triggerRunId"}},{"kind":"Field","name":{"kind":"Name","value":"failure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"result"}},{"kind":"Field","name":{"kind":"Name","value":"redacted"}}]}}]} as unknown as DocumentNode<CancelJobMutation, CancelJobMutationVariables>;
export const JobTypesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"JobTypes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"jobTypes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"dataSchema"}}]}}]}}]} as unknown as DocumentNode<JobTypesQuery, JobTypesQueryVariables>;
export const RetryJobDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RetryJob"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"retryJob"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ExecutorError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"isRetryable"}}]}}]}}]}}]}}]} as unknown as DocumentNode<RetryJobMutation, RetryJobMutationVariables>;
export const ScheduleJobDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ScheduleJob"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ScheduleJobInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"scheduleJob"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ExecutorError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"isRetryable"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"IdempotencyConflictError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"existingJob"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"tag"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<ScheduleJobMutation, ScheduleJobMutationVariables>;
export const JobDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Job"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobDetails"}},{"kind":"Field","name":{"kind":"Name","value":"asOf"}},{"kind":"Field","name":{"kind":"Name","value":"events"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"IntValue","value":"50"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"HistoryPage"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"tag"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"isTerminal"}},{"kind":"Field","name":{"kind":"Name","value":"isCancelable"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"progress"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fraction"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cancellation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"requestedAt"}},{"kind":"Field","name":{"kind":"Name","value":"requestedBy"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"mode"}},{"kind":"Field","name":{"kind":"Name","value":"graceUntil"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"HistoryEvent"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"JobEvent"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"jobVersion"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"changes"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"attempt"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobDetails"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobRow"}},{"kind":"Field","name":{"kind":"Name","value":"executor"}},{"kind":"Field","name":{"kind":"Name","value":"isRetryable"}},{"kind":"Field","name":{"kind":"Name","value":"attention"}},{"kind":"Field","name":{"kind":"Name","value":"attemptCount"}},{"kind":"Field","name":{"kind":"Name","value":"retryConfig"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"maxAttempts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"nextAttemptAt"}},{"kind":"Field","name":{"kind":"Name","value":"triggerRunId"}},{"kind":"Field","name":{"kind":"Name","value":"failure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"result"}},{"kind":"Field","name":{"kind":"Name","value":"redacted"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"HistoryPage"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"JobEventConnection"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"HistoryEvent"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"startCursor"}}]}}]}}]} as unknown as DocumentNode<JobQuery, JobQueryVariables>;
export const EarlierEventsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"EarlierEvents"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"before"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"events"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"IntValue","value":"50"}},{"kind":"Argument","name":{"kind":"Name","value":"before"},"value":{"kind":"Variable","name":{"kind":"Name","value":"before"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"HistoryPage"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"HistoryEvent"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"JobEvent"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"jobVersion"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"changes"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"attempt"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"HistoryPage"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"JobEventConnection"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"HistoryEvent"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"startCursor"}}]}}]}}]} as unknown as DocumentNode<EarlierEventsQuery, EarlierEventsQueryVariables>;
export const JobUpdatesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"JobUpdates"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"EventCursor"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"jobUpdates"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"snapshot"},"value":{"kind":"BooleanValue","value":false}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"JobChange"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"leftFilter"}},{"kind":"Field","name":{"kind":"Name","value":"event"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"HistoryEvent"}}]}},{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobDetails"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"StreamCaughtUp"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"StreamReset"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"StreamClosing"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"reconnectAfter"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"tag"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"isTerminal"}},{"kind":"Field","name":{"kind":"Name","value":"isCancelable"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"progress"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fraction"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cancellation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"requestedAt"}},{"kind":"Field","name":{"kind":"Name","value":"requestedBy"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"mode"}},{"kind":"Field","name":{"kind":"Name","value":"graceUntil"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"HistoryEvent"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"JobEvent"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"jobVersion"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"changes"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"attempt"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobDetails"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Job"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobRow"}},{"kind":"Field","name":{"kind":"Name","value":"executor"}},{"kind":"Field","name":{"kind":"Name","value":"isRetryable"}},{"kind":"Field","name":{"kind":"Name","value":"attention"}},{"kind":"Field","name":{"kind":"Name","value":"attemptCount"}},{"kind":"Field","name":{"kind":"Name","value":"retryConfig"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"maxAttempts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"nextAttemptAt"}},{"kind":"Field","name":{"kind":"Name","value":"triggerRunId"}},{"kind":"Field","name":{"kind":"Name","value":"failure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"result"}},{"kind":"Field","name":{"kind":"Name","value":"redacted"}}]}}]} as unknown as DocumentNode<JobUpdatesSubscription, JobUpdatesSubscriptionVariables>;