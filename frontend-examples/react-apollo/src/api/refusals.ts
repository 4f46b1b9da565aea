/** Why a mutation was not done, in one place for all of them. */

import { CombinedGraphQLErrors, type ErrorLike, ServerError } from "@apollo/client";
import { type LiveStatus, RefusedError } from "jobwire-live";
import type { Refusal } from "../ui/refusals.ts";

/** What a mutation selects of `errors`, so that types that are added later fit, too. */
interface UserError {
  readonly message: string;
  readonly path: readonly string[] | null;
  /** Of `ExecutorError`. */
  readonly isRetryable?: boolean;
  /** Of `IdempotencyConflictError`. */
  readonly existingJob?: { readonly tag: string } | null;
}

interface Answer {
  /** Why no payload came. */
  readonly error: ErrorLike | undefined;
  /** Why the payload says no. */
  readonly errors: readonly UserError[] | undefined;
}

/** Nothing: it was done, or not asked for. */
export function refusalsOf({ error, errors = [] }: Answer): Refusal[] {
  if (error) return [{ message: reasonOf(error), path: null }];
  return errors.map((refused) => ({ message: wordsOf(refused), path: refused.path }));
}

/** All of them in one line; null: there are none. */
export function refusalLine(answer: Answer): string | null {
  const refusals = refusalsOf(answer);
  return refusals.length === 0
    ? null
    : refusals.map(({ message }) => message).join(" ");
}

/** The server's message is for people; what it does not say follows from the type. */
function wordsOf({ message, isRetryable, existingJob }: UserError): string {
  if (isRetryable) return `${message} Try again later.`;
  if (existingJob) return `${message} That job is ${existingJob.tag}.`;
  return message;
}

/** Why no answer came, or only an error. */
export function reasonOf(error: unknown): string {
  if (CombinedGraphQLErrors.is(error)) return error.message;
  if (ServerError.is(error)) return `The server does not answer (${error.statusCode}).`;
  return "The connection was lost before an answer came.";
}

/** What a page says when the caller may not do this, such as without a token. */
export function refusedStatus(error: ErrorLike | undefined): LiveStatus | null {
  if (!CombinedGraphQLErrors.is(error)) return null;
  return { state: "refused", error: RefusedError.of(error.errors), liveUntil: null };
}
