/** Schedules a job, and goes to its page. */

import { useMutation } from "@apollo/client/react";
import { useEffect } from "react";
import { refusalsOf, refusedStatus } from "../api/refusals.ts";
import { graphql } from "../gql/index.ts";
import { goToJob } from "../route.ts";
import { onNewToken } from "../session.ts";
import type { Refusal } from "../ui/refusals.ts";
import type { ScheduleInput } from "../ui/ScheduleForm.tsx";

const SCHEDULE_JOB = graphql(`
  mutation ScheduleJob($input: ScheduleJobInput!) {
    scheduleJob(input: $input) {
      job {
        id
      }
      errors {
        message
        path
        ... on ExecutorError {
          isRetryable
        }
        ... on IdempotencyConflictError {
          existingJob {
            id
            tag
          }
        }
      }
    }
  }
`);

export function useScheduleJob() {
  const [mutate, { error, reset }] = useMutation(SCHEDULE_JOB, { errorPolicy: "all" });
  useEffect(() => onNewToken(reset), [reset]);

  /** Return why it was refused; nothing: it was done. */
  const schedule = async (input: ScheduleInput): Promise<Refusal[]> => {
    const { data, error } = await mutate({ variables: { input } });
    const { job, errors } = data?.scheduleJob ?? {};
    if (job) goToJob(job.id);
    return refusalsOf({ errors, error });
  };

  return { schedule, refused: refusedStatus(error) };
}
