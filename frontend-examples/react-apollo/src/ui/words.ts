/** What the words of the API mean, for people. */

const STATUSES: Record<string, string> = {
  SCHEDULED: "Scheduled",
  QUEUED: "Queued",
  RUNNING: "Running",
  WAITING: "Waiting",
  RETRYING: "Retrying",
  SUCCEEDED: "Succeeded",
  FAILED: "Failed",
  CANCELED: "Canceled",
  EXPIRED: "Expired",
};

const OUTCOMES: Record<string, string> = {
  PENDING: "Asked to stop; its code has not stopped yet.",
  STOPPED: "Its code has stopped.",
  NEVER_STARTED: "Canceled before any of its code ran.",
  FINISHED_FIRST: "It ended by itself first.",
  FORCED_UNCONFIRMED: "Canceled; its code may still be running.",
};

const FAILURES: Record<string, string> = {
  TASK_ERROR: "Its code raised an error.",
  TIMEOUT: "It ran longer than it may.",
  CRASHED: "The process that ran it died.",
  OUT_OF_MEMORY: "It needed more memory than there was.",
  DISPATCH_REJECTED: "Trigger.dev refused to run it.",
  ORPHANED: "Its run is gone, and nobody told how it ended.",
  PLATFORM: "Trigger.dev itself failed.",
  EXPIRED: "Its time passed before it started.",
};

const EXECUTORS: Record<string, string> = {
  INTERNAL: "Own workers",
  TRIGGER: "Trigger.dev",
};

const SOURCES: Record<string, string> = {
  API: "API",
  WORKER: "Worker",
  DISPATCH: "Dispatch",
  WEBHOOK: "Webhook",
  ALERT: "Alert",
  REALTIME: "Realtime",
  RECONCILER: "Reconciliation",
};

export const statusWord = (status: string) => STATUSES[status] ?? spelledOut(status);
export const outcomeWords = (outcome: string) =>
  OUTCOMES[outcome] ?? spelledOut(outcome);
export const failureWords = (kind: string) => FAILURES[kind] ?? spelledOut(kind);
export const executorWord = (executor: string) =>
  EXECUTORS[executor] ?? spelledOut(executor);
export const sourceWord = (source: string) => SOURCES[source] ?? spelledOut(source);

/** Members may be added to every enum: those that are not known are read as they are. */
export function spelledOut(word: string): string {
  const words = word.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
