/** Run a job that has ended again, and go to the new one. */

import { useState } from "react";
import { useMutation } from "react-relay";
import { graphql } from "relay-runtime";
import type { useRetryJobMutation } from "../__generated__/useRetryJobMutation.graphql.ts";
import { goToJob } from "../route.ts";
import { failureLine, refusalLine } from "./refusal.ts";

const mutation = graphql`
  mutation useRetryJobMutation($input: RetryJobInput!) {
    retryJob(input: $input) {
      job {
        id
      }
      errors {
        ...refusal_error
      }
    }
  }
`;

interface Retry {
  readonly retry: () => void;
  readonly isRetrying: boolean;
  /** Why the last one was refused; null: it was not. */
  readonly refusal: string | null;
}

export function useRetryJob(id: string): Retry {
  const [commit, isRetrying] = useMutation<useRetryJobMutation>(mutation);
  const [refusal, setRefusal] = useState<string | null>(null);

  const retry = () => {
    setRefusal(null);
    commit({
      variables: { input: { id } },
      onCompleted: ({ retryJob: { job, errors } }) => {
        setRefusal(refusalLine(errors));
        if (job) goToJob(job.id);
      },
      onError: (error) => setRefusal(failureLine(error)),
    });
  };

  return { retry, isRetrying, refusal };
}
