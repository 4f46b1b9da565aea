/** Jobs and what is told of them, as the API gives them. */

export interface JobFields {
  readonly version?: number;
  readonly status?: string;
  readonly progress?: object | null;
  readonly [field: string]: unknown;
}

/** All that any fragment selects; ids are in the order of their creation. */
export function jobOf(id: string, fields: JobFields = {}) {
  const status = fields.status ?? "RUNNING";
  const isTerminal = ["SUCCEEDED", "FAILED", "CANCELED"].includes(status);
  return {
    __typename: "Job",
    id,
    version: 1,
    tag: `tag of ${id}`,
    type: "count-primes",
    status,
    executor: "INTERNAL",
    createdAt: "2026-01-15T12:00:00.000Z",
    startedAt: null,
    finishedAt: null,
    nextAttemptAt: null,
    triggerRunId: null,
    isTerminal,
    isCancelable: !isTerminal,
    isRetryable: isTerminal,
    attention: [],
    attemptCount: 1,
    retryConfig: { maxAttempts: 3 },
    result: null,
    redacted: [],
    failure: null,
    progress: null,
    cancellation: null,
    ...fields,
  };
}

export function changeOf(job: ReturnType<typeof jobOf>, leftFilter = false) {
  return {
    __typename: "JobChange",
    cursor: `cursor of ${job.id} ${job.version}`,
    leftFilter,
    event: eventOf(job.id, job.version),
    job,
  };
}

export function eventOf(jobId: string, jobVersion: number, kind = "PROGRESS") {
  return {
    __typename: "JobEvent",
    id: `evt_${jobId}_${jobVersion}`,
    jobVersion,
    kind,
    changes: { progress: { message: `step ${jobVersion}` } },
    source: "WORKER",
    actor: null,
    attempt: 1,
    occurredAt: "2026-01-15T12:00:00.000Z",
  };
}

export const caughtUp = { __typename: "StreamCaughtUp", cursor: "live" };

/** An answer of `jobs`. */
export function pageOf(jobs: readonly ReturnType<typeof jobOf>[], hasNextPage = false) {
  const edges = jobs.map((node) => ({ cursor: `place of ${node.id}`, node }));
  const endCursor = edges.at(-1)?.cursor ?? null;
  return { jobs: { asOf: "asOf", edges, pageInfo: { hasNextPage, endCursor } } };
}

/** An answer of `job` with its history. */
export function jobWithHistory(job: ReturnType<typeof jobOf>, hasPreviousPage = false) {
  const edges = Array.from({ length: job.version }, (_, at) => ({
    cursor: `place of ${at + 1}`,
    node: eventOf(job.id, at + 1),
  }));
  const pageInfo = { hasPreviousPage, startCursor: "place of 1" };
  return { job: { ...job, asOf: "asOf", events: { edges, pageInfo } } };
}
