/** Canceling a job: shown at once, put right by the answer, taken back by a refusal. */

import { useState } from "react";
import { useClient } from "urql";
import { refusalsOf } from "../api/refusals.ts";
import { graphql } from "../gql";
import type {
  CancelMode,
  ListedJobFragment,
  ShownJobFragment,
} from "../gql/graphql.ts";

const CancelJob = graphql(`
  mutation CancelJob($input: CancelJobInput!) {
    cancelJob(input: $input) {
      job {
        ...ShownJob
      }
      errors {
        ...RefusalFields
      }
    }
  }
`);

/** @param put What takes in the answer. */
export function useCancel<Job extends ListedJobFragment>(
  job: Job,
  put: (job: ShownJobFragment) => void,
) {
  const client = useClient();
  // Not useOptimistic: React ends all that are under way together, with the slowest.
  const [asked, setAsked] = useState<CancelMode | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);

  const cancel = async (mode: CancelMode) => {
    setAsked(mode);
    setRefusal(null);
    const { data, error } = await client.mutation(CancelJob, {
      input: { id: job.id, mode },
    });
    if (data?.cancelJob.job) put(data.cancelJob.job);
    const [refused] = refusalsOf(error, data?.cancelJob.errors);
    setAsked(null);
    setRefusal(refused?.message ?? null);
  };

  const shown = asked === null ? job : asCanceling(job, asked);
  return { job: shown, refusal, cancel };
}

function asCanceling<Job extends ListedJobFragment>(job: Job, mode: CancelMode): Job {
  if (job.isTerminal) return job;
  const requestedAt = new Date().toISOString();
  const cancellation = { requestedAt, ...job.cancellation, mode, outcome: "PENDING" };
  return { ...job, isCancelable: false, cancellation };
}
