/** Schedule a job, and go to it. */

import { RefusedError } from "jobwire-live";
import { useMutation } from "react-relay";
import { graphql } from "relay-runtime";
import type { useScheduleJobMutation } from "../__generated__/useScheduleJobMutation.graphql.ts";
import { goToJob } from "../route.ts";
import type { Refusal } from "../ui/refusals.ts";
import type { ScheduleInput } from "../ui/ScheduleForm.tsx";
import { failureLine, refusalsOf } from "./refusal.ts";

const mutation = graphql`
  mutation useScheduleJobMutation($input: ScheduleJobInput!) {
    scheduleJob(input: $input) {
      job {
        id
      }
      errors {
        ...refusal_error
      }
    }
  }
`;

/**
 * Return what schedules a job, and gives why that was refused; nothing when it was done.
 *
 * @param onRefused What to do when the server took no request at all, as without a token.
 */
export function useScheduleJob(
  onRefused: () => void,
): (input: ScheduleInput) => Promise<Refusal[]> {
  const [commit] = useMutation<useScheduleJobMutation>(mutation);

  return (input) =>
    new Promise((resolve) => {
      commit({
        variables: { input },
        onCompleted: ({ scheduleJob: { job, errors } }) => {
          resolve(refusalsOf(errors));
          if (job) goToJob(job.id);
        },
        onError: (error) => {
          resolve([{ message: failureLine(error), path: null }]);
          if (error instanceof RefusedError) onRefused();
        },
      });
    });
}
