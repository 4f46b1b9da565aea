import { randomUUID } from "node:crypto";
import type { ScheduleJobInput } from "../gql/graphql.ts";
import { graphql } from "../gql/index.ts";
import type { Jobwire } from "./client.ts";
import { made } from "./errors.ts";
import { toExecutor, type UnifiedExecutor } from "./executor.ts";
import type { Job } from "./job.ts";

export interface UnifiedJobInput extends Omit<ScheduleJobInput, "executor"> {
  executor?: UnifiedExecutor | undefined;
}

const ScheduleJob = graphql(`
  mutation ScheduleJob($input: ScheduleJobInput!) {
    scheduleJob(input: $input) {
      created
      job { ...JobFields }
      errors { ...RefusalFields }
    }
  }
`);

/**
 * Accept a job; when it returns, the job is committed.
 *
 * @returns The job; `created` is false when an earlier call with the key has made it.
 */
export async function scheduleUnifiedJob(
  jobwire: Jobwire,
  input: UnifiedJobInput,
): Promise<Job & { created: boolean }> {
  const { scheduleJob } = await jobwire.request(ScheduleJob, {
    input: {
      ...input,
      executor: toExecutor(input.executor),
      // One key for all attempts of this call: a lost answer makes no second job.
      idempotencyKey: input.idempotencyKey ?? randomUUID(),
    },
  });
  const job = made(scheduleJob.job, scheduleJob.errors);
  return { ...job, created: scheduleJob.created };
}
