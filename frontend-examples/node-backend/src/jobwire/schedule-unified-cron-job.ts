import type { ResultOf } from "@graphql-typed-document-node/core";
import type { ScheduleCronJobInput } from "../gql/graphql.ts";
import { graphql } from "../gql/index.ts";
import type { Jobwire } from "./client.ts";
import { made } from "./errors.ts";
import { toExecutor, type UnifiedExecutor } from "./executor.ts";

/** Without `ifVersion`, by which a call would refuse what it has done itself. */
export interface UnifiedCronJobInput
  extends Omit<ScheduleCronJobInput, "executor" | "ifVersion"> {
  executor?: UnifiedExecutor | undefined;
}

export const JobScheduleFields = graphql(`
  fragment JobScheduleFields on JobSchedule {
    id
    version
    key
    tag
    type
    userId
    executor
    owner
    cron
    timezone
    description
    isPaused
    nextRunTimes(count: 1)
  }
`);

export type JobSchedule = ResultOf<typeof JobScheduleFields>;

const ScheduleCronJob = graphql(`
  mutation ScheduleCronJob($input: ScheduleCronJobInput!) {
    scheduleCronJob(input: $input) {
      created
      schedule { ...JobScheduleFields }
      errors { ...RefusalFields }
    }
  }
`);

/**
 * Make jobs by a cron, or change the schedule that has the key.
 *
 * Asking for what there is changes nothing, so a program may do so at every start.
 *
 * @returns The schedule; `created` is false when it was there before.
 */
export async function scheduleUnifiedCronJob(
  jobwire: Jobwire,
  input: UnifiedCronJobInput,
): Promise<JobSchedule & { created: boolean }> {
  const { scheduleCronJob } = await jobwire.request(ScheduleCronJob, {
    input: { ...input, executor: toExecutor(input.executor) },
  });
  const schedule = made(scheduleCronJob.schedule, scheduleCronJob.errors);
  return { ...schedule, created: scheduleCronJob.created };
}
