/** Running a job that has ended again, as a new one. */

import { useState } from "react";
import { useClient } from "urql";
import { refusalsOf } from "../api/refusals.ts";
import { graphql } from "../gql";
import { goToJob } from "../route.ts";

const RetryJob = graphql(`
  mutation RetryJob($input: RetryJobInput!) {
    retryJob(input: $input) {
      job {
        id
      }
      errors {
        ...RefusalFields
      }
    }
  }
`);

export function useRetry(id: string) {
  const client = useClient();
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isRetrying, setRetrying] = useState(false);

  const retry = async () => {
    setRetrying(true);
    setRefusal(null);
    const { data, error } = await client.mutation(RetryJob, { input: { id } });
    const [refused] = refusalsOf(error, data?.retryJob.errors);
    setRetrying(false);
    setRefusal(refused?.message ?? null);
    if (data?.retryJob.job) goToJob(data.retryJob.job.id);
  };

  return { refusal, retry, isRetrying };
}
