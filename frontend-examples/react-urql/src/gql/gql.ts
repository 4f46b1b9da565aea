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
    "\n  fragment RefusalFields on UserError {\n    __typename\n    message\n    code\n    path\n    ... on ExecutorError {\n      isRetryable\n    }\n    ... on IdempotencyConflictError {\n      existingJob {\n        tag\n      }\n    }\n  }\n": typeof types.RefusalFieldsFragmentDoc,
    "\n  mutation ScheduleJob($input: ScheduleJobInput!) {\n    scheduleJob(input: $input) {\n      job {\n        id\n      }\n      errors {\n        ...RefusalFields\n      }\n    }\n  }\n": typeof types.ScheduleJobDocument,
    "\n  fragment ListedJob on Job {\n    id\n    version\n    tag\n    type\n    status\n    createdAt\n    isTerminal\n    isCancelable\n    progress {\n      fraction\n      message\n    }\n    cancellation {\n      outcome\n    }\n  }\n": typeof types.ListedJobFragmentDoc,
    "\n  fragment ShownJob on Job {\n    ...ListedJob\n    executor\n    isRetryable\n    attention\n    startedAt\n    finishedAt\n    nextAttemptAt\n    attemptCount\n    retryConfig {\n      maxAttempts\n    }\n    triggerRunId\n    result\n    redacted\n    failure {\n      kind\n      name\n      message\n    }\n    cancellation {\n      requestedAt\n      requestedBy\n      reason\n      mode\n      graceUntil\n    }\n  }\n": typeof types.ShownJobFragmentDoc,
    "\n  fragment ShownEvent on JobEvent {\n    id\n    jobVersion\n    kind\n    source\n    actor\n    attempt\n    occurredAt\n    changes\n  }\n": typeof types.ShownEventFragmentDoc,
    "\n  query Job($id: ID!) {\n    job(id: $id) {\n      ...ShownJob\n      asOf\n      events(last: 100) {\n        ...EventPage\n      }\n    }\n  }\n": typeof types.JobDocument,
    "\n  query EarlierEvents($id: ID!, $before: String) {\n    job(id: $id) {\n      events(last: 100, before: $before) {\n        ...EventPage\n      }\n    }\n  }\n": typeof types.EarlierEventsDocument,
    "\n  fragment EventPage on JobEventConnection {\n    nodes {\n      ...ShownEvent\n    }\n    pageInfo {\n      hasPreviousPage\n      startCursor\n    }\n  }\n": typeof types.EventPageFragmentDoc,
    "\n  subscription JobUpdates($id: ID!, $after: EventCursor) {\n    jobUpdates(id: $id, after: $after, snapshot: false) {\n      __typename\n      ... on JobChange {\n        cursor\n        leftFilter\n        event {\n          ...ShownEvent\n        }\n        job {\n          ...ShownJob\n        }\n      }\n      ... on StreamCaughtUp {\n        cursor\n      }\n      ... on StreamReset {\n        cursor\n        reason\n      }\n      ... on StreamClosing {\n        cursor\n        reconnectAfter\n      }\n    }\n  }\n": typeof types.JobUpdatesDocument,
    "\n  query Jobs($filter: JobFilter, $first: Int, $after: String) {\n    jobs(filter: $filter, first: $first, after: $after) {\n      asOf\n      nodes {\n        ...ListedJob\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": typeof types.JobsDocument,
    "\n  subscription JobListUpdates($filter: JobFilter, $after: EventCursor) {\n    jobListUpdates(filter: $filter, after: $after) {\n      __typename\n      ... on JobChange {\n        cursor\n        leftFilter\n        event {\n          jobVersion\n        }\n        job {\n          ...ListedJob\n        }\n      }\n      ... on StreamCaughtUp {\n        cursor\n      }\n      ... on StreamReset {\n        cursor\n        reason\n      }\n      ... on StreamClosing {\n        cursor\n        reconnectAfter\n      }\n    }\n  }\n": typeof types.JobListUpdatesDocument,
    "\n  mutation CancelJob($input: CancelJobInput!) {\n    cancelJob(input: $input) {\n      job {\n        ...ShownJob\n      }\n      errors {\n        ...RefusalFields\n      }\n    }\n  }\n": typeof types.CancelJobDocument,
    "\n  query JobTypes {\n    jobTypes {\n      name\n      description\n      dataSchema\n    }\n  }\n": typeof types.JobTypesDocument,
    "\n  mutation RetryJob($input: RetryJobInput!) {\n    retryJob(input: $input) {\n      job {\n        id\n      }\n      errors {\n        ...RefusalFields\n      }\n    }\n  }\n": typeof types.RetryJobDocument,
};
const documents: Documents = {
    "\n  fragment RefusalFields on UserError {\n    __typename\n    message\n    code\n    path\n    ... on ExecutorError {\n      isRetryable\n    }\n    ... on IdempotencyConflictError {\n      existingJob {\n        tag\n      }\n    }\n  }\n": types.RefusalFieldsFragmentDoc,
    "\n  mutation ScheduleJob($input: ScheduleJobInput!) {\n    scheduleJob(input: $input) {\n      job {\n        id\n      }\n      errors {\n        ...RefusalFields\n      }\n    }\n  }\n": types.ScheduleJobDocument,
    "\n  fragment ListedJob on Job {\n    id\n    version\n    tag\n    type\n    status\n    createdAt\n    isTerminal\n    isCancelable\n    progress {\n      fraction\n      message\n    }\n    cancellation {\n      outcome\n    }\n  }\n": types.ListedJobFragmentDoc,
    "\n  fragment ShownJob on Job {\n    ...ListedJob\n    executor\n    isRetryable\n    attention\n    startedAt\n    finishedAt\n    nextAttemptAt\n    attemptCount\n    retryConfig {\n      maxAttempts\n    }\n    triggerRunId\n    result\n    redacted\n    failure {\n      kind\n      name\n      message\n    }\n    cancellation {\n      requestedAt\n      requestedBy\n      reason\n      mode\n      graceUntil\n    }\n  }\n": types.ShownJobFragmentDoc,
    "\n  fragment ShownEvent on JobEvent {\n    id\n    jobVersion\n    kind\n    source\n    actor\n    attempt\n    occurredAt\n    changes\n  }\n": types.ShownEventFragmentDoc,
    "\n  query Job($id: ID!) {\n    job(id: $id) {\n      ...ShownJob\n      asOf\n      events(last: 100) {\n        ...EventPage\n      }\n    }\n  }\n": types.JobDocument,
    "\n  query EarlierEvents($id: ID!, $before: String) {\n    job(id: $id) {\n      events(last: 100, before: $before) {\n        ...EventPage\n      }\n    }\n  }\n": types.EarlierEventsDocument,
    "\n  fragment EventPage on JobEventConnection {\n    nodes {\n      ...ShownEvent\n    }\n    pageInfo {\n      hasPreviousPage\n      startCursor\n    }\n  }\n": types.EventPageFragmentDoc,
    "\n  subscription JobUpdates($id: ID!, $after: EventCursor) {\n    jobUpdates(id: $id, after: $after, snapshot: false) {\n      __typename\n      ... on JobChange {\n        cursor\n        leftFilter\n        event {\n          ...ShownEvent\n        }\n        job {\n          ...ShownJob\n        }\n      }\n      ... on StreamCaughtUp {\n        cursor\n      }\n      ... on StreamReset {\n        cursor\n        reason\n      }\n      ... on StreamClosing {\n        cursor\n        reconnectAfter\n      }\n    }\n  }\n": types.JobUpdatesDocument,
    "\n  query Jobs($filter: JobFilter, $first: Int, $after: String) {\n    jobs(filter: $filter, first: $first, after: $after) {\n      asOf\n      nodes {\n        ...ListedJob\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": types.JobsDocument,
    "\n  subscription JobListUpdates($filter: JobFilter, $after: EventCursor) {\n    jobListUpdates(filter: $filter, after: $after) {\n      __typename\n      ... on JobChange {\n        cursor\n        leftFilter\n        event {\n          jobVersion\n        }\n        job {\n          ...ListedJob\n        }\n      }\n      ... on StreamCaughtUp {\n        cursor\n      }\n      ... on StreamReset {\n        cursor\n        reason\n      }\n      ... on StreamClosing {\n        cursor\n        reconnectAfter\n      }\n    }\n  }\n": types.JobListUpdatesDocument,
    "\n  mutation CancelJob($input: CancelJobInput!) {\n    cancelJob(input: $input) {\n      job {\n        ...ShownJob\n      }\n      errors {\n        ...RefusalFields\n      }\n    }\n  }\n": types.CancelJobDocument,
    "\n  query JobTypes {\n    jobTypes {\n      name\n      description\n      dataSchema\n    }\n  }\n": types.JobTypesDocument,
    "\n  mutation RetryJob($input: RetryJobInput!) {\n    retryJob(input: $input) {\n      job {\n        id\n      }\n      errors {\n        ...RefusalFields\n      }\n    }\n  }\n": types.RetryJobDocument,
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
export function graphql(source: "\n  fragment RefusalFields on UserError {\n    __typename\n    message\n    code\n    path\n    ... on ExecutorError {\n      isRetryable\n    }\n    ... on IdempotencyConflictError {\n      existingJob {\n        tag\n      }\n    }\n  }\n"): (typeof documents)["\n  fragment RefusalFields on UserError {\n    __typename\n    message\n    code\n    path\n    ... on ExecutorError {\n      isRetryable\n    }\n    ... on IdempotencyConflictError {\n      existingJob {\n        tag\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ScheduleJob($input: ScheduleJobInput!) {\n    scheduleJob(input: $input) {\n      job {\n        id\n      }\n      errors {\n        ...RefusalFields\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation ScheduleJob($input: ScheduleJobInput!) {\n    scheduleJob(input: $input) {\n      job {\n        id\n      }\n      errors {\n        ...RefusalFields\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ListedJob on Job {\n    id\n    version\n    tag\n    type\n    status\n    createdAt\n    isTerminal\n    isCancelable\n    progress {\n      fraction\n      message\n    }\n    cancellation {\n      outcome\n    }\n  }\n"): (typeof documents)["\n  fragment ListedJob on Job {\n    id\n    version\n    tag\n    type\n    status\n    createdAt\n    isTerminal\n    isCancelable\n    progress {\n      fraction\n      message\n    }\n    cancellation {\n      outcome\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ShownJob on Job {\n    ...ListedJob\n    executor\n    isRetryable\n    attention\n    startedAt\n    finishedAt\n    nextAttemptAt\n    attemptCount\n    retryConfig {\n      maxAttempts\n    }\n    triggerRunId\n    result\n    redacted\n    failure {\n      kind\n      name\n      message\n    }\n    cancellation {\n      requestedAt\n      requestedBy\n      reason\n      mode\n      graceUntil\n    }\n  }\n"): (typeof documents)["\n  fragment ShownJob on Job {\n    ...ListedJob\n    executor\n    isRetryable\n    attention\n    startedAt\n    finishedAt\n    nextAttemptAt\n    attemptCount\n    retryConfig {\n      maxAttempts\n    }\n    triggerRunId\n    result\n    redacted\n    failure {\n      kind\n      name\n      message\n    }\n    cancellation {\n      requestedAt\n      requestedBy\n      reason\n      mode\n      graceUntil\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ShownEvent on JobEvent {\n    id\n    jobVersion\n    kind\n    source\n    actor\n    attempt\n    occurredAt\n    changes\n  }\n"): (typeof documents)["\n  fragment ShownEvent on JobEvent {\n    id\n    jobVersion\n    kind\n    source\n    actor\n    attempt\n    occurredAt\n    changes\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Job($id: ID!) {\n    job(id: $id) {\n      ...ShownJob\n      asOf\n      events(last: 100) {\n        ...EventPage\n      }\n    }\n  }\n"): (typeof documents)["\n  query Job($id: ID!) {\n    job(id: $id) {\n      ...ShownJob\n      asOf\n      events(last: 100) {\n        ...EventPage\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query EarlierEvents($id: ID!, $before: String) {\n    job(id: $id) {\n      events(last: 100, before: $before) {\n        ...EventPage\n      }\n    }\n  }\n"): (typeof documents)["\n  query EarlierEvents($id: ID!, $before: String) {\n    job(id: $id) {\n      events(last: 100, before: $before) {\n        ...EventPage\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment EventPage on JobEventConnection {\n    nodes {\n      ...ShownEvent\n    }\n    pageInfo {\n      hasPreviousPage\n      startCursor\n    }\n  }\n"): (typeof documents)["\n  fragment EventPage on JobEventConnection {\n    nodes {\n      ...ShownEvent\n    }\n    pageInfo {\n      hasPreviousPage\n      startCursor\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription JobUpdates($id: ID!, $after: EventCursor) {\n    jobUpdates(id: $id, after: $after, snapshot: false) {\n      __typename\n      ... on JobChange {\n        cursor\n        leftFilter\n        event {\n          ...ShownEvent\n        }\n        job {\n          ...ShownJob\n        }\n      }\n      ... on StreamCaughtUp {\n        cursor\n      }\n      ... on StreamReset {\n        cursor\n        reason\n      }\n      ... on StreamClosing {\n        cursor\n        reconnectAfter\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription JobUpdates($id: ID!, $after: EventCursor) {\n    jobUpdates(id: $id, after: $after, snapshot: false) {\n      __typename\n      ... on JobChange {\n        cursor\n        leftFilter\n        event {\n          ...ShownEvent\n        }\n        job {\n          ...ShownJob\n        }\n      }\n      ... on StreamCaughtUp {\n        cursor\n      }\n      ... on StreamReset {\n        cursor\n        reason\n      }\n      ... on StreamClosing {\n        cursor\n        reconnectAfter\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Jobs($filter: JobFilter, $first: Int, $after: String) {\n    jobs(filter: $filter, first: $first, after: $after) {\n      asOf\n      nodes {\n        ...ListedJob\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n"): (typeof documents)["\n  query Jobs($filter: JobFilter, $first: Int, $after: String) {\n    jobs(filter: $filter, first: $first, after: $after) {\n      asOf\n      nodes {\n        ...ListedJob\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription JobListUpdates($filter: JobFilter, $after: EventCursor) {\n    jobListUpdates(filter: $filter, after: $after) {\n      __typename\n      ... on JobChange {\n        cursor\n        leftFilter\n        event {\n          jobVersion\n        }\n        job {\n          ...ListedJob\n        }\n      }\n      ... on StreamCaughtUp {\n        cursor\n      }\n      ... on StreamReset {\n        cursor\n        reason\n      }\n      ... on StreamClosing {\n        cursor\n        reconnectAfter\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription JobListUpdates($filter: JobFilter, $after: EventCursor) {\n    jobListUpdates(filter: $filter, after: $after) {\n      __typename\n      ... on JobChange {\n        cursor\n        leftFilter\n        event {\n          jobVersion\n        }\n        job {\n          ...ListedJob\n        }\n      }\n      ... on StreamCaughtUp {\n        cursor\n      }\n      ... on StreamReset {\n        cursor\n        reason\n      }\n      ... on StreamClosing {\n        cursor\n        reconnectAfter\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CancelJob($input: CancelJobInput!) {\n    cancelJob(input: $input) {\n      job {\n        ...ShownJob\n      }\n      errors {\n        ...RefusalFields\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation CancelJob($input: CancelJobInput!) {\n    cancelJob(input: $input) {\n      job {\n        ...ShownJob\n      }\n      errors {\n        ...RefusalFields\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query JobTypes {\n    jobTypes {\n      name\n      description\n      dataSchema\n    }\n  }\n"): (typeof documents)["\n  query JobTypes {\n    jobTypes {\n      name\n      description\n      dataSchema\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RetryJob($input: RetryJobInput!) {\n    retryJob(input: $input) {\n      job {\n        id\n      }\n      errors {\n        ...RefusalFields\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation RetryJob($input: RetryJobInput!) {\n    retryJob(input: $input) {\n      job {\n        id\n      }\n      errors {\n        ...RefusalFields\n      }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;