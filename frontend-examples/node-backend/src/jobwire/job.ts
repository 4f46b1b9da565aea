/** What is told of a job, and why one was refused. */

import type { ResultOf } from "@graphql-typed-document-node/core";
import { graphql } from "../gql/index.ts";

export const JobFields = graphql(`
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
    retryConfig { maxAttempts minTimeoutInMs maxTimeoutInMs factor }
    progress { fraction message }
    failure { kind name message code }
    cancellation { requestedAt reason mode graceUntil outcome }
  }
`);

export type Job = ResultOf<typeof JobFields>;

export const RefusalFields = graphql(`
  fragment RefusalFields on UserError {
    __typename
    message
    code
    path
    ... on ForbiddenError { requiredScope }
    ... on IdempotencyConflictError { differingFields existingJob { id status } }
    ... on ExecutorError { executor isRetryable }
    ... on VersionConflictError { currentVersion }
    ... on InvalidStateError { currentStatus allowed }
  }
`);
