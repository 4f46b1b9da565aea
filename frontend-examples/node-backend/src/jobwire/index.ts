export { type CancelJobOptions, cancelJob } from "./cancel-job.ts";
export { Jobwire, type JobwireOptions } from "./client.ts";
export {
  JobwireError,
  NotAllowedError,
  type Refusal,
  RefusedError,
  UnavailableError,
} from "./errors.ts";
export type { Job } from "./job.ts";
export {
  type JobSchedule,
  scheduleUnifiedCronJob,
  type UnifiedCronJobInput,
} from "./schedule-unified-cron-job.ts";
export { scheduleUnifiedJob, type UnifiedJobInput } from "./schedule-unified-job.ts";
export {
  createViewerToken,
  type ViewerToken,
  type ViewerTokenInput,
} from "./viewer-token.ts";
