/** Why something was not done, in words: the one place that knows all ways. */

import type { CombinedError } from "urql";
import { graphql } from "../gql";
import type { RefusalFieldsFragment } from "../gql/graphql.ts";
import type { Refusal } from "../ui/refusals.ts";

graphql(`
  fragment RefusalFields on UserError {
    __typename
    message
    code
    path
    ... on ExecutorError {
      isRetryable
    }
    ... on IdempotencyConflictError {
      existingJob {
        tag
      }
    }
  }
`);

/** Tell why no payload came, or why a payload says no; nothing when it was done. */
export function refusalsOf(
  error: CombinedError | undefined,
  errors: readonly RefusalFieldsFragment[] | undefined,
): Refusal[] {
  if (error) return [{ message: reasonOf(error), path: null }];
  return (errors ?? []).map((refused) => ({
    message: wordsOf(refused),
    path: refused.path ?? null,
  }));
}

export function reasonOf({ graphQLErrors }: CombinedError): string {
  return graphQLErrors[0]?.message ?? "The connection was lost before an answer came.";
}

/** The server's message is for people; what it does not say follows from the type. */
function wordsOf(refused: RefusalFieldsFragment): string {
  const { message } = refused;
  switch (refused.__typename) {
    case "ExecutorError":
      return refused.isRetryable ? `${message} Try again later.` : message;
    case "IdempotencyConflictError":
      return refused.existingJob
        ? `${message} That job is ${refused.existingJob.tag}.`
        : message;
    default:
      return message;
  }
}
