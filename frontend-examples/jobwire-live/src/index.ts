export type {
  GraphQLError,
  Operation,
  Result,
  Sink,
  SubscriptionClient,
} from "./client.ts";
export {
  JobList,
  type JobPage,
  type ListedJobFields,
  type PageStart,
} from "./job-list.ts";
export type { LiveState, LiveStatus } from "./live.ts";
export { LiveJob, type LiveJobOptions, type LiveJobView } from "./live-job.ts";
export { LiveJobs, type LiveJobsOptions, type LiveJobsView } from "./live-jobs.ts";
export type {
  JobChange,
  JobSnapshot,
  LiveEventFields,
  LiveJobFields,
  StreamCaughtUp,
  StreamClosing,
  StreamMessage,
  StreamReset,
} from "./messages.ts";
export { RefusedError } from "./refused.ts";
export { createSseClient, type SseOptions } from "./sse-client.ts";
export type { Store } from "./store.ts";
export { JobStream, type StreamOptions, type StreamState } from "./stream.ts";
