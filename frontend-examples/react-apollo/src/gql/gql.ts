/* eslint-disable */
import * as types from './graphql';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  fragment CancelRequest on CancelRequest {\n    id\n    cancellation {\n      requestedAt\n      requestedBy\n      reason\n      mode\n      graceUntil\n      outcome\n    }\n  }\n": typeof types.CancelRequestFragmentDoc,
    "\n  fragment JobVersion on Job {\n    version\n  }\n": typeof types.JobVersionFragmentDoc,
    "\n  fragment JobRow on Job {\n    id\n    version\n    tag\n    type\n    status\n    isTerminal\n    isCancelable\n    createdAt\n    progress {\n      fraction\n      message\n    }\n    cancellation {\n      requestedAt\n      requestedBy\n      reason\n      mode\n      graceUntil\n      outcome\n    }\n  }\n": typeof types.JobRowFragmentDoc,
    "\n  fragment JobDetails on Job {\n    ...JobRow\n    executor\n    isRetryable\n    attention\n    attemptCount\n    retryConfig {\n      maxAttempts\n    }\n    startedAt\n    finishedAt\n    nextAttemptAt\n    triggerRunId\n    failure {\n      kind\n      name\n      message\n    }\n    result\n    redacted\n  }\n": typeof types.JobDetailsFragmentDoc,
    "\n  fragment HistoryEvent on JobEvent {\n    id\n    jobVersion\n    kind\n    changes\n    source\n    actor\n    attempt\n    occurredAt\n  }\n": typeof types.HistoryEventFragmentDoc,
    "\n  fragment HistoryPage on JobEventConnection {\n    nodes {\n      ...HistoryEvent\n    }\n    pageInfo {\n      hasPreviousPage\n      startCursor\n    }\n  }\n": typeof types.HistoryPageFragmentDoc,
    "\n  query Jobs($filter: JobFilter, $first: Int, $after: String) {\n    jobs(filter: $filter, first: $first, after: $after) {\n      asOf\n      nodes {\n        ...JobRow\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": typeof types.JobsDocument,
    "\n  subscription JobListUpdates($filter: JobFilter, $after: EventCursor) {\n    jobListUpdates(filter: $filter, after: $after) {\n      __typename\n      ... on JobChange {\n        cursor\n        leftFilter\n        event {\n          jobVersion\n        }\n        job {\n          ...JobRow\n        }\n      }\n      ... on StreamCaughtUp {\n        cursor\n      }\n      ... on StreamReset {\n        cursor\n        reason\n      }\n      ... on StreamClosing {\n        cursor\n        reconnectAfter\n      }\n    }\n  }\n": typeof types.JobListUpdatesDocument,
    "\n  mutation CancelJob($id: ID!, $mode: CancelMode!) {\n    cancelJob(input: { id: $id, mode: $mode }) {\n      alreadySettled\n      job {\n        ...JobDetails\n      }\n      errors {\n        message\n        path\n        ... on ExecutorError {\n          isRetryable\n        }\n      }\n    }\n  }\n": typeof types.CancelJobDocument,
    "\n  query JobTypes {\n    jobTypes {\n      name\n      description\n      dataSchema\n    }\n  }\n": typeof types.JobTypesDocument,
    "\n  mutation RetryJob($id: ID!) {\n    retryJob(input: { id: $id }) {\n      job {\n        id\n      }\n      errors {\n        message\n        path\n        ... on ExecutorError {\n          isRetryable\n        }\n      }\n    }\n  }\n": typeof types.RetryJobDocument,
    "\n  mutation ScheduleJob($input: ScheduleJobInput!) {\n    scheduleJob(input: $input) {\n      job {\n        id\n      }\n      errors {\n        message\n        path\n        ... on ExecutorError {\n          isRetryable\n        }\n        ... on IdempotencyConflictError {\n          existingJob {\n            id\n            tag\n          }\n        }\n      }\n    }\n  }\n": typeof types.ScheduleJobDocument,
    "\n  query Job($id: ID!) {\n    job(id: $id) {\n      ...JobDetails\n      asOf\n      events(last: 50) {\n        ...HistoryPage\n      }\n    }\n  }\n": typeof types.JobDocument,
    "\n  query EarlierEvents($id: ID!, $before: String) {\n    job(id: $id) {\n      id\n      events(last: 50, before: $before) {\n        ...HistoryPage\n      }\n    }\n  }\n": typeof types.EarlierEventsDocument,
    "\n  subscription JobUpdates($id: ID!, $after: EventCursor) {\n    jobUpdates(id: $id, after: $after, snapshot: false) {\n      __typename\n      ... on JobChange {\n        cursor\n        leftFilter\n        event {\n          ...HistoryEvent\n        }\n        job {\n          ...JobDetails\n        }\n      }\n      ... on StreamCaughtUp {\n        cursor\n      }\n      ... on StreamReset {\n        cursor\n        reason\n      }\n      ... on StreamClosing {\n        cursor\n        reconnectAfter\n      }\n    }\n  }\n": typeof types.JobUpdatesDocument,
};
const documents: Documents = {
    "\n  fragment CancelRequest on CancelRequest {\n    id\n    cancellation {\n      requestedAt\n      requestedBy\n      reason\n      mode\n      graceUntil\n      outcome\n    }\n  }\n": types.CancelRequestFragmentDoc,
    "\n  fragment JobVersion on Job {\n    version\n  }\n": types.JobVersionFragmentDoc,
    "\n  fragment JobRow on Job {\n    id\n    version\n    tag\n    type\n    status\n    isTerminal\n    isCancelable\n    createdAt\n    progress {\n      fraction\n      message\n    }\n    cancellation {\n      requestedAt\n      requestedBy\n      reason\n      mode\n      graceUntil\n      outcome\n    }\n  }\n": types.JobRowFragmentDoc,
    "\n  fragment JobDetails on Job {\n    ...JobRow\n    executor\n    isRetryable\n    attention\n    attemptCount\n    retryConfig {\n      maxAttempts\n    }\n    startedAt\n    finishedAt\n    nextAttemptAt\n    triggerRunId\n    failure {\n      kind\n      name\n      message\n    }\n    result\n    redacted\n  }\n": types.JobDetailsFragmentDoc,
    "\n  fragment HistoryEvent on JobEvent {\n    id\n    jobVersion\n    kind\n    changes\n    source\n    actor\n    attempt\n    occurredAt\n  }\n": types.HistoryEventFragmentDoc,
    "\n  fragment HistoryPage on JobEventConnection {\n    nodes {\n      ...HistoryEvent\n    }\n    pageInfo {\n      hasPreviousPage\n      startCursor\n    }\n  }\n": types.HistoryPageFragmentDoc,
    "\n  query Jobs($filter: JobFilter, $first: Int, $after: String) {\n    jobs(filter: $filter, first: $first, after: $after) {\n      asOf\n      nodes {\n        ...JobRow\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": types.JobsDocument,
    "\n  subscription JobListUpdates($filter: JobFilter, $after: EventCursor) {\n    jobListUpdates(filter: $filter, after: $after) {\n      __typename\n      ... on JobChange {\n        cursor\n        leftFilter\n        event {\n          jobVersion\n        }\n        job {\n          ...JobRow\n        }\n      }\n      ... on StreamCaughtUp {\n        cursor\n      }\n      ... on StreamReset {\n        cursor\n        reason\n      }\n      ... on StreamClosing {\n        cursor\n        reconnectAfter\n      }\n    }\n  }\n": types.JobListUpdatesDocument,
    "\n  mutation CancelJob($id: ID!, $mode: CancelMode!) {\n    cancelJob(input: { id: $id, mode: $mode }) {\n      alreadySettled\n      job {\n        ...JobDetails\n      }\n      errors {\n        message\n        path\n        ... on ExecutorError {\n          isRetryable\n        }\n      }\n    }\n  }\n": types.CancelJobDocument,
    "\n  query JobTypes {\n    jobTypes {\n      name\n      description\n      dataSchema\n    }\n  }\n": types.JobTypesDocument,
    "\n  mutation RetryJob($id: ID!) {\n    retryJob(input: { id: $id }) {\n      job {\n        id\n      }\n      errors {\n        message\n        path\n        ... on ExecutorError {\n          isRetryable\n        }\n      }\n    }\n  }\n": types.RetryJobDocument,
    "\n  mutation ScheduleJob($input: ScheduleJobInput!) {\n    scheduleJob(input: $input) {\n      job {\n        id\n      }\n      errors {\n        message\n        path\n        ... on ExecutorError {\n          isRetryable\n        }\n        ... on IdempotencyConflictError {\n          existingJob {\n            id\n            tag\n          }\n        }\n      }\n    }\n  }\n": types.ScheduleJobDocument,
    "\n  query Job($id: ID!) {\n    job(id: $id) {\n      ...JobDetails\n      asOf\n      events(last: 50) {\n        ...HistoryPage\n      }\n    }\n  }\n": types.JobDocument,
    "\n  query EarlierEvents($id: ID!, $before: String) {\n    job(id: $id) {\n      id\n      events(last: 50, before: $before) {\n        ...HistoryPage\n      }\n    }\n  }\n": types.EarlierEventsDocument,
    "\n  subscription JobUpdates($id: ID!, $after: EventCursor) {\n    jobUpdates(id: $id, after: $after, snapshot: false) {\n      __typename\n      ... on JobChange {\n        cursor\n        leftFilter\n        event {\n          ...HistoryEvent\n        }\n        job {\n          ...JobDetails\n        }\n      }\n      ... on StreamCaughtUp {\n        cursor\n      }\n      ... on StreamReset {\n        cursor\n        reason\n      }\n      ... on StreamClosing {\n        cursor\n        reconnectAfter\n      }\n    }\n  }\n": types.JobUpdatesDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment CancelRequest on CancelRequest {\n    id\n    cancellation {\n      requestedAt\n      requestedBy\n      reason\n      mode\n      graceUntil\n      outcome\n    }\n  }\n"): (typeof documents)["\n  fragment CancelRequest on CancelRequest {\n    id\n    cancellation {\n      requestedAt\n      requestedBy\n      reason\n      mode\n      graceUntil\n      outcome\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment JobVersion on Job {\n    version\n  }\n"): (typeof documents)["\n  fragment JobVersion on Job {\n    version\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment JobRow on Job {\n    id\n    version\n    tag\n    type\n    status\n    isTerminal\n    isCancelable\n    createdAt\n    progress {\n      fraction\n      message\n    }\n    cancellation {\n      requestedAt\n      requestedBy\n      reason\n      mode\n      graceUntil\n      outcome\n    }\n  }\n"): (typeof documents)["\n  fragment JobRow on Job {\n    id\n    version\n    tag\n    type\n    status\n    isTerminal\n    isCancelable\n    createdAt\n    progress {\n      fraction\n      message\n    }\n    cancellation {\n      requestedAt\n      requestedBy\n      reason\n      mode\n      graceUntil\n      outcome\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment JobDetails on Job {\n    ...JobRow\n    executor\n    isRetryable\n    attention\n    attemptCount\n    retryConfig {\n      maxAttempts\n    }\n    startedAt\n    finishedAt\n    nextAttemptAt\n    triggerRunId\n    failure {\n      kind\n      name\n      message\n    }\n    result\n    redacted\n  }\n"): (typeof documents)["\n  fragment JobDetails on Job {\n    ...JobRow\n    executor\n    isRetryable\n    attention\n    attemptCount\n    retryConfig {\n      maxAttempts\n    }\n    startedAt\n    finishedAt\n    nextAttemptAt\n    triggerRunId\n    failure {\n      kind\n      name\n      message\n    }\n    result\n    redacted\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment HistoryEvent on JobEvent {\n    id\n    jobVersion\n    kind\n    changes\n    source\n    actor\n    attempt\n    occurredAt\n  }\n"): (typeof documents)["\n  fragment HistoryEvent on JobEvent {\n    id\n    jobVersion\n    kind\n    changes\n    source\n    actor\n    attempt\n    occurredAt\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment HistoryPage on JobEventConnection {\n    nodes {\n      ...HistoryEvent\n    }\n    pageInfo {\n      hasPreviousPage\n      startCursor\n    }\n  }\n"): (typeof documents)["\n  fragment HistoryPage on JobEventConnection {\n    nodes {\n      ...HistoryEvent\n    }\n    pageInfo {\n      hasPreviousPage\n      startCursor\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Jobs($filter: JobFilter, $first: Int, $after: String) {\n    jobs(filter: $filter, first: $first, after: $after) {\n      asOf\n      nodes {\n        ...JobRow\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n"): (typeof documents)["\n  query Jobs($filter: JobFilter, $first: Int, $after: String) {\n    jobs(filter: $filter, first: $first, after: $after) {\n      asOf\n      nodes {\n        ...JobRow\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription JobListUpdates($filter: JobFilter, $after: EventCursor) {\n    jobListUpdates(filter: $filter, after: $after) {\n      __typename\n      ... on JobChange {\n        cursor\n        leftFilter\n        event {\n          jobVersion\n        }\n        job {\n          ...JobRow\n        }\n      }\n      ... on StreamCaughtUp {\n        cursor\n      }\n      ... on StreamReset {\n        cursor\n        reason\n      }\n      ... on StreamClosing {\n        cursor\n        reconnectAfter\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription JobListUpdates($filter: JobFilter, $after: EventCursor) {\n    jobListUpdates(filter: $filter, after: $after) {\n      __typename\n      ... on JobChange {\n        cursor\n        leftFilter\n        event {\n          jobVersion\n        }\n        job {\n          ...JobRow\n        }\n      }\n      ... on StreamCaughtUp {\n        cursor\n      }\n      ... on StreamReset {\n        cursor\n        reason\n      }\n      ... on StreamClosing {\n        cursor\n        reconnectAfter\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CancelJob($id: ID!, $mode: CancelMode!) {\n    cancelJob(input: { id: $id, mode: $mode }) {\n      alreadySettled\n      job {\n        ...JobDetails\n      }\n      errors {\n        message\n        path\n        ... on ExecutorError {\n          isRetryable\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation CancelJob($id: ID!, $mode: CancelMode!) {\n    cancelJob(input: { id: $id, mode: $mode }) {\n      alreadySettled\n      job {\n        ...JobDetails\n      }\n      errors {\n        message\n        path\n        ... on ExecutorError {\n          isRetryable\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query JobTypes {\n    jobTypes {\n      name\n      description\n      dataSchema\n    }\n  }\n"): (typeof documents)["\n  query JobTypes {\n    jobTypes {\n      name\n      description\n      dataSchema\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RetryJob($id: ID!) {\n    retryJob(input: { id: $id }) {\n      job {\n        id\n      }\n      errors {\n        message\n        path\n        ... on ExecutorError {\n          isRetryable\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation RetryJob($id: ID!) {\n    retryJob(input: { id: $id }) {\n      job {\n        id\n      }\n      errors {\n        message\n        path\n        ... on ExecutorError {\n          isRetryable\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ScheduleJob($input: ScheduleJobInput!) {\n    scheduleJob(input: $input) {\n      job {\n        id\n      }\n      errors {\n        message\n        path\n        ... on ExecutorError {\n          isRetryable\n        }\n        ... on IdempotencyConflictError {\n          existingJob {\n            id\n            tag\n          }\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation ScheduleJob($input: ScheduleJobInput!) {\n    scheduleJob(input: $input) {\n      job {\n        id\n      }\n      errors {\n        message\n        path\n        ... on ExecutorError {\n          isRetryable\n        }\n        ... on IdempotencyConflictError {\n          existingJob {\n            id\n            tag\n          }\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Job($id: ID!) {\n    job(id: $id) {\n      ...JobDetails\n      asOf\n      events(last: 50) {\n        ...HistoryPage\n      }\n    }\n  }\n"): (typeof documents)["\n  query Job($id: ID!) {\n    job(id: $id) {\n      ...JobDetails\n      asOf\n      events(last: 50) {\n        ...HistoryPage\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query EarlierEvents($id: ID!, $before: String) {\n    job(id: $id) {\n      id\n      events(last: 50, before: $before) {\n        ...HistoryPage\n      }\n    }\n  }\n"): (typeof documents)["\n  query EarlierEvents($id: ID!, $before: String) {\n    job(id: $id) {\n      id\n      events(last: 50, before: $before) {\n        ...HistoryPage\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription JobUpdates($id: ID!, $after: EventCursor) {\n    jobUpdates(id: $id, after: $after, snapshot: false) {\n      __typename\n      ... on JobChange {\n        cursor\n        leftFilter\n        event {\n          ...HistoryEvent\n        }\n        job {\n          ...JobDetails\n        }\n      }\n      ... on StreamCaughtUp {\n        cursor\n      }\n      ... on StreamReset {\n        cursor\n        reason\n      }\n      ... on StreamClosing {\n        cursor\n        reconnectAfter\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription JobUpdates($id: ID!, $after: EventCursor) {\n    jobUpdates(id: $id, after: $after, snapshot: false) {\n      __typename\n      ... on JobChange {\n        cursor\n        leftFilter\n        event {\n          ...HistoryEvent\n        }\n        job {\n          ...JobDetails\n        }\n      }\n      ... on StreamCaughtUp {\n        cursor\n      }\n      ... on StreamReset {\n        cursor\n        reason\n      }\n      ... on StreamClosing {\n        cursor\n        reconnectAfter\n      }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;