/** What is read of a job: the same by queries, mutations and subscriptions. */

import { graphql } from "../gql/index.ts";

// Objects without an id, such as a cancellation, are replaced whole in the cache: they
// are selected here alone, so that none lacks a field that a component shows.
graphql(`
  fragment JobRow on Job {
    id
    version
    tag
    type
    status
    isTerminal
    isCancelable
    createdAt
    progress {
      fraction
      message
    }
    cancellation {
      requestedAt
      requestedBy
      reason
      mode
      graceUntil
      outcome
    }
  }
`);

graphql(`
  fragment JobDetails on Job {
    ...JobRow
    executor
    isRetryable
    attention
    attemptCount
    retryConfig {
      maxAttempts
    }
    startedAt
    finishedAt
    nextAttemptAt
    triggerRunId
    failure {
      kind
      name
      message
    }
    result
    redacted
  }
`);

graphql(`
  fragment HistoryEvent on JobEvent {
    id
    jobVersion
    kind
    changes
    source
    actor
    attempt
    occurredAt
  }
`);

graphql(`
  fragment HistoryPage on JobEventConnection {
    nodes {
      ...HistoryEvent
    }
    pageInfo {
      hasPreviousPage
      startCursor
    }
  }
`);
