/** Why a mutation was not done, in one place for all of them. */

import { RefusedError } from "jobwire-live";
import { graphql, readInlineData } from "relay-runtime";
import type {
  refusal_error$data,
  refusal_error$key,
} from "../__generated__/refusal_error.graphql.ts";
import type { Refusal } from "../ui/refusals.ts";

const fragment = graphql`
  fragment refusal_error on UserError @inline {
    __typename
    message
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
`;

/** Of the expected refusals of a payload; none: it was done. */
export function refusalsOf(errors: readonly refusal_error$key[]): Refusal[] {
  return errors.map((key) => {
    const error = readInlineData(fragment, key);
    return { message: words(error), path: error.path ?? null };
  });
}

/** All of them in one line; null: there is none. */
export function refusalLine(errors: readonly refusal_error$key[]): string | null {
  const messages = refusalsOf(errors).map(({ message }) => message);
  return messages.length === 0 ? null : messages.join(" ");
}

/** Of an answer that did not come. */
export function failureLine(error: Error): string {
  return error instanceof RefusedError
    ? error.message
    : "The connection was lost before an answer came.";
}

/** The server's message is for people; what it does not say follows from the type. */
function words(error: refusal_error$data): string {
  const { message } = error;
  switch (error.__typename) {
    case "ExecutorError":
      return error.isRetryable ? `${message} Try again later.` : message;
    case "IdempotencyConflictError":
      return error.existingJob
        ? `${message} That job is ${error.existingJob.tag}.`
        : message;
    default:
      return message;
  }
}
