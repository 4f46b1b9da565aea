/* eslint-disable */
import * as types from './graphql.ts';



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
    "\n  mutation CancelJob($input: CancelJobInput!) {\n    cancelJob(input: $input) {\n      alreadySettled\n      job { ...JobFields }\n      errors { ...RefusalFields }\n    }\n  }\n": typeof types.CancelJobDocument,
    "\n  fragment JobFields on Job {\n    id\n    version\n    tag\n    type\n    userId\n    executor\n    status\n    isTerminal\n    isCancelable\n    success\n    attemptCount\n    idempotencyKey\n    triggerTaskId\n    triggerRunId\n    createdAt\n    runAt\n    startedAt\n    finishedAt\n    retryConfig { maxAttempts minTimeoutInMs maxTimeoutInMs factor }\n    progress { fraction message }\n    failure { kind name message code }\n    cancellation { requestedAt reason mode graceUntil outcome }\n  }\n": typeof types.JobFieldsFragmentDoc,
    "\n  fragment RefusalFields on UserError {\n    __typename\n    message\n    code\n    path\n    ... on ForbiddenError { requiredScope }\n    ... on IdempotencyConflictError { differingFields existingJob { id status } }\n    ... on ExecutorError { executor isRetryable }\n    ... on VersionConflictError { currentVersion }\n    ... on InvalidStateError { currentStatus allowed }\n  }\n": typeof types.RefusalFieldsFragmentDoc,
    "\n  fragment JobScheduleFields on JobSchedule {\n    id\n    version\n    key\n    tag\n    type\n    userId\n    executor\n    owner\n    cron\n    timezone\n    description\n    isPaused\n    nextRunTimes(count: 1)\n  }\n": typeof types.JobScheduleFieldsFragmentDoc,
    "\n  mutation ScheduleCronJob($input: ScheduleCronJobInput!) {\n    scheduleCronJob(input: $input) {\n      created\n      schedule { ...JobScheduleFields }\n      errors { ...RefusalFields }\n    }\n  }\n": typeof types.ScheduleCronJobDocument,
    "\n  mutation ScheduleJob($input: ScheduleJobInput!) {\n    scheduleJob(input: $input) {\n      created\n      job { ...JobFields }\n      errors { ...RefusalFields }\n    }\n  }\n": typeof types.ScheduleJobDocument,
    "\n  mutation CreateViewerToken($input: CreateViewerTokenInput!) {\n    createViewerToken(input: $input) {\n      token\n      expiresAt\n      errors { ...RefusalFields }\n    }\n  }\n": typeof types.CreateViewerTokenDocument,
    "\n  query Report($id: ID!) {\n    job(id: $id) {\n      id\n      version\n      type\n      userId\n      status\n      failure { message }\n      result\n    }\n  }\n": typeof types.ReportDocument,
};
const documents: Documents = {
    "\n  mutation CancelJob($input: CancelJobInput!) {\n    cancelJob(input: $input) {\n      alreadySettled\n      job { ...JobFields }\n      errors { ...RefusalFields }\n    }\n  }\n": types.CancelJobDocument,
    "\n  fragment JobFields on Job {\n    id\n    version\n    tag\n    type\n    userId\n    executor\n    status\n    isTerminal\n    isCancelable\n    success\n    attemptCount\n    idempotencyKey\n    triggerTaskId\n    triggerRunId\n    createdAt\n    runAt\n    startedAt\n    finishedAt\n    retryConfig { maxAttempts minTimeoutInMs maxTimeoutInMs factor }\n    progress { fraction message }\n    failure { kind name message code }\n    cancellation { requestedAt reason mode graceUntil outcome }\n  }\n": types.JobFieldsFragmentDoc,
    "\n  fragment RefusalFields on UserError {\n    __typename\n    message\n    code\n    path\n    ... on ForbiddenError { requiredScope }\n    ... on IdempotencyConflictError { differingFields existingJob { id status } }\n    ... on ExecutorError { executor isRetryable }\n    ... on VersionConflictError { currentVersion }\n    ... on InvalidStateError { currentStatus allowed }\n  }\n": types.RefusalFieldsFragmentDoc,
    "\n  fragment JobScheduleFields on JobSchedule {\n    id\n    version\n    key\n    tag\n    type\n    userId\n    executor\n    owner\n    cron\n    timezone\n    description\n    isPaused\n    nextRunTimes(count: 1)\n  }\n": types.JobScheduleFieldsFragmentDoc,
    "\n  mutation ScheduleCronJob($input: ScheduleCronJobInput!) {\n    scheduleCronJob(input: $input) {\n      created\n      schedule { ...JobScheduleFields }\n      errors { ...RefusalFields }\n    }\n  }\n": types.ScheduleCronJobDocument,
    "\n  mutation ScheduleJob($input: ScheduleJobInput!) {\n    scheduleJob(input: $input) {\n      created\n      job { ...JobFields }\n      errors { ...RefusalFields }\n    }\n  }\n": types.ScheduleJobDocument,
    "\n  mutation CreateViewerToken($input: CreateViewerTokenInput!) {\n    createViewerToken(input: $input) {\n      token\n      expiresAt\n      errors { ...RefusalFields }\n    }\n  }\n": types.CreateViewerTokenDocument,
    "\n  query Report($id: ID!) {\n    job(id: $id) {\n      id\n      version\n      type\n      userId\n      status\n      failure { message }\n      result\n    }\n  }\n": types.ReportDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CancelJob($input: CancelJobInput!) {\n    cancelJob(input: $input) {\n      alreadySettled\n      job { ...JobFields }\n      errors { ...RefusalFields }\n    }\n  }\n"): typeof import('./graphql.ts').CancelJobDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment JobFields on Job {\n    id\n    version\n    tag\n    type\n    userId\n    executor\n    status\n    isTerminal\n    isCancelable\n    success\n    attemptCount\n    idempotencyKey\n    triggerTaskId\n    triggerRunId\n    createdAt\n    runAt\n    startedAt\n    finishedAt\n    retryConfig { maxAttempts minTimeoutInMs maxTimeoutInMs factor }\n    progress { fraction message }\n    failure { kind name message code }\n    cancellation { requestedAt reason mode graceUntil outcome }\n  }\n"): typeof import('./graphql.ts').JobFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment RefusalFields on UserError {\n    __typename\n    message\n    code\n    path\n    ... on ForbiddenError { requiredScope }\n    ... on IdempotencyConflictError { differingFields existingJob { id status } }\n    ... on ExecutorError { executor isRetryable }\n    ... on VersionConflictError { currentVersion }\n    ... on InvalidStateError { currentStatus allowed }\n  }\n"): typeof import('./graphql.ts').RefusalFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment JobScheduleFields on JobSchedule {\n    id\n    version\n    key\n    tag\n    type\n    userId\n    executor\n    owner\n    cron\n    timezone\n    description\n    isPaused\n    nextRunTimes(count: 1)\n  }\n"): typeof import('./graphql.ts').JobScheduleFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ScheduleCronJob($input: ScheduleCronJobInput!) {\n    scheduleCronJob(input: $input) {\n      created\n      schedule { ...JobScheduleFields }\n      errors { ...RefusalFields }\n    }\n  }\n"): typeof import('./graphql.ts').ScheduleCronJobDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ScheduleJob($input: ScheduleJobInput!) {\n    scheduleJob(input: $input) {\n      created\n      job { ...JobFields }\n      errors { ...RefusalFields }\n    }\n  }\n"): typeof import('./graphql.ts').ScheduleJobDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateViewerToken($input: CreateViewerTokenInput!) {\n    createViewerToken(input: $input) {\n      token\n      expiresAt\n      errors { ...RefusalFields }\n    }\n  }\n"): typeof import('./graphql.ts').CreateViewerTokenDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Report($id: ID!) {\n    job(id: $id) {\n      id\n      version\n      type\n      userId\n      status\n      failure { message }\n      result\n    }\n  }\n"): typeof import('./graphql.ts').ReportDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
