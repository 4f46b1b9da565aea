/** Tasks to try Jobwire with; replace them by your own. */
import { setTimeout as sleep } from "node:timers/promises";
import { queue, schedules, task } from "@trigger.dev/sdk";
import { log, reportProgress } from "./jobwire";

/** A queue that jobs may name: one run of it executes at a time. */
export const oneAtATime = queue({ name: "one-at-a-time", concurrencyLimit: 1 });

/** Ends at once with what it was given. */
export const myTask = task({
  id: "my-task",
  run: async (payload: unknown) => ({ received: payload }),
});

/** Works for a while, tells how far it has come, and stops when it is canceled. */
export const processLargeDataset = task({
  id: "process-large-dataset",
  run: async (
    payload: { seconds?: number; steps?: number } | undefined,
    { signal },
  ) => {
    const seconds = payload?.seconds ?? 20;
    const steps = payload?.steps ?? Math.max(1, Math.round(seconds));
    for (let step = 1; step <= steps; step += 1) {
      await sleep((seconds * 1000) / steps, undefined, { signal });
      reportProgress(step / steps, `Step ${step} of ${steps}`);
      log.info(`Step ${step} is done`, { step, steps });
    }
    return { processed: steps };
  },
});

/** Made for a cron, and so a scheduled task: reports on the day before. */
export const dailyReportGeneration = schedules.task({
  id: "daily-report-generation",
  run: async (payload, { ctx }) => {
    // Without a schedule, as when a job names this task, the payload is the job's data.
    const day = new Date(payload?.timestamp ?? ctx.run.createdAt);
    day.setUTCDate(day.getUTCDate() - 1);
    reportProgress(0.5, "Collecting");
    return { day: day.toISOString().slice(0, 10), rows: 0 };
  },
});

/** Fails in every attempt. */
export const alwaysFails = task({
  id: "always-fails",
  run: async () => {
    throw new Error("This task always fails.");
  },
});
