/** What is shown of a job: in the list, and on its page. */

import { graphql } from "../gql";

graphql(`
  fragment ListedJob on Job {
    id
    version
    tag
    type
    status
    createdAt
    isTerminal
    isCancelable
    progress {
      fraction
      message
    }
    cancellation {
      outcome
    }
  }
`);

graphql(`
  fragment ShownJob on Job {
    ...ListedJob
    executor
    isRetryable
    attention
    startedAt
    finishedAt
    nextAttemptAt
    attemptCount
    retryConfig {
      maxAttempts
    }
    triggerRunId
    result
    redacted
    failure {
      kind
      name
      message
    }
    cancellation {
      requestedAt
      requestedBy
      reason
      mode
      graceUntil
    }
  }
`);

graphql(`
  fragment ShownEvent on JobEvent {
    id
    jobVersion
    kind
    source
    actor
    attempt
    occurredAt
    changes
  }
`);
