/** Runs a job that has ended once more, as a new job, and goes to its page. */

import { useMutation } from "@apollo/client/react";
import { refusalLine } from "../api/refusals.ts";
import { graphql } from "../gql/index.ts";
import { goToJob } from "../route.ts";

const RETRY_JOB = graphql(`
  mutation RetryJob($id: ID!) {
    retryJob(input: { id: $id }) {
      job {
        id
      }
      errors {
        message
        path
        ... on ExecutorError {
          isRetryable
        }
      }
    }
  }
`);

export function useRetryJob(id: string) {
  const [mutate, { data, error, loading }] = useMutation(RETRY_JOB, {
    errorPolicy: "all",
    onCompleted: ({ retryJob: { job } }) => job && goToJob(job.id),
  });
  return {
    retry: () => void mutate({ variables: { id } }),
    isRetrying: loading,
    refusal: refusalLine({ errors: data?.retryJob.errors, error }),
  };
}
