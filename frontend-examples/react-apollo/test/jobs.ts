/** Jobs, pages and messages as the API gives them. */

import type {
  HistoryEventFragment,
  JobDetailsFragment,
  JobQuery,
  JobRowFragment,
  JobsQuery,
} from "../src/gql/graphql.ts";

export function rowOf(
  id: string,
  version: number,
  changes: Partial<JobRowFragment> = {},
): JobRowFragment {
  return {
    __typename: "Job",
    id,
    version,
    tag: `tag of ${id}`,
    type: "no-op",
    status: "RUNNING",
    isTerminal: false,
    isCancelable: true,
    createdAt: "2026-01-15T12:00:00.000Z",
    progress: { __typename: "JobProgress", fraction: null, message: `at ${version}` },
    cancellation: null,
    ...changes,
  };
}

export function detailsOf(
  id: string,
  version: number,
  changes: Partial<JobDetailsFragment> = {},
): JobDetailsFragment {
  return {
    ...rowOf(id, version),
    executor: "INTERNAL",
    isRetryable: false,
    attention: [],
    attemptCount: 1,
    retryConfig: { __typename: "RetryConfig", maxAttempts: 3 },
    startedAt: null,
    finishedAt: null,
    nextAttemptAt: null,
    triggerRunId: null,
    failure: null,
    result: null,
    redacted: [],
    ...changes,
  };
}

export function pageOf(
  nodes: JobRowFragment[],
  hasNextPage = false,
): JobsQuery["jobs"] {
  const endCursor = nodes.at(-1)?.id ?? null;
  return {
    __typename: "JobConnection",
    asOf: "read",
    nodes,
    pageInfo: { __typename: "PageInfo", hasNextPage, endCursor },
  };
}

export function historyOf(
  job: JobDetailsFragment,
  versions: readonly number[],
): NonNullable<JobQuery["job"]> {
  const [first = 1] = versions;
  return {
    ...job,
    asOf: `read at ${job.version}`,
    events: {
      __typename: "JobEventConnection",
      nodes: versions.map((version) => eventOf(job.id, version)),
      pageInfo: {
        __typename: "PageInfo",
        hasPreviousPage: first > 1,
        startCursor: String(first),
      },
    },
  };
}

export function eventOf(id: string, version: number): HistoryEventFragment {
  return {
    __typename: "JobEvent",
    id: `evt_${id}_${version}`,
    jobVersion: version,
    kind: "PROGRESS",
    changes: {},
    source: "WORKER",
    actor: null,
    attempt: 1,
    occurredAt: "2026-01-15T12:00:01.000Z",
  };
}

export function changeOf(job: JobRowFragment, leftFilter = false) {
  return {
    __typename: "JobChange",
    cursor: `${job.id} ${job.version}`,
    leftFilter,
    event: eventOf(job.id, job.version),
    job,
  };
}

export const caughtUp = { __typename: "StreamCaughtUp", cursor: "caught up" };
