import type { CancelJobInput } from "../gql/graphql.ts";
import { graphql } from "../gql/index.ts";
import type { Jobwire } from "./client.ts";
import { made } from "./errors.ts";
import type { Job } from "./job.ts";

const CancelJob = graphql(`
  mutation CancelJob($input: CancelJobInput!) {
    cancelJob(input: $input) {
      alreadySettled
      job { ...JobFields }
      errors { ...RefusalFields }
    }
  }
`);

/** Without `ifVersion`, by which a call would refuse what it has done itself. */
export type CancelJobOptions = Omit<CancelJobInput, "id" | "ifVersion">;

/**
 * Ask that a job ends; its `cancellation.outcome` tells what became of that.
 *
 * @returns The job; `alreadySettled` is true when it had ended before.
 */
export async function cancelJob(
  jobwire: Jobwire,
  id: string,
  options: CancelJobOptions = {},
): Promise<Job & { alreadySettled: boolean }> {
  const { cancelJob: payload } = await jobwire.request(CancelJob, {
    input: { ...options, id },
  });
  const job = made(payload.job, payload.errors);
  return { ...job, alreadySettled: payload.alreadySettled };
}
