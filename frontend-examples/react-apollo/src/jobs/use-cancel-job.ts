/** Cancels a job, and shows it at once. */

import { useMutation } from "@apollo/client/react";
import { refusalLine } from "../api/refusals.ts";
import { writeCancelRequest } from "../cache/cancel-request.ts";
import type { CancelMode } from "../gql/graphql.ts";
import { graphql } from "../gql/index.ts";

export const CANCEL_JOB = graphql(`
  mutation CancelJob($id: ID!, $mode: CancelMode!) {
    cancelJob(input: { id: $id, mode: $mode }) {
      alreadySettled
      job {
        ...JobDetails
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

export function useCancelJob(id: string) {
  const [mutate, { data, error }] = useMutation(CANCEL_JOB, {
    errorPolicy: "all",
    optimisticResponse: {
      cancelJob: {
        __typename: "CancelJobPayload",
        alreadySettled: false,
        job: null,
        errors: [],
      },
    },
    update(cache, { data }, { variables }) {
      // The answer has a job, and is written by Apollo itself; a refusal has errors.
      const isGuess =
        data?.cancelJob.job === null && data.cancelJob.errors.length === 0;
      if (isGuess && variables) writeCancelRequest(cache, variables.id, variables.mode);
    },
  });
  return {
    cancel: (mode: CancelMode) => void mutate({ variables: { id, mode } }),
    refusal: refusalLine({ errors: data?.cancelJob.errors, error }),
  };
}
