/** What runs by the clock, asked for at every start: the key makes it one schedule. */

import { setTimeout } from "node:timers/promises";
import {
  type JobSchedule,
  type Jobwire,
  scheduleUnifiedCronJob,
  UnavailableError,
} from "./jobwire/index.ts";

const PAUSE = 10_000;

export async function scheduleDailyReport(jobwire: Jobwire): Promise<JobSchedule> {
  for (;;) {
    try {
      return await scheduleUnifiedCronJob(jobwire, {
        key: "daily-report",
        tag: "daily-report",
        type: "daily-report-generation",
        executor: "trigger",
        triggerTaskId: "daily-report-generation",
        cron: "0 0 * * *",
        timezone: "UTC",
      });
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      console.error(error.message);
      await setTimeout(PAUSE);
    }
  }
}
