/** What an error of a subscription client means: lost for now, or refused for good. */

import type { GraphQLError } from "./client.ts";
import { milliseconds } from "./duration.ts";
import { RefusedError } from "./refused.ts";

/** Refusals that pass by themselves, beside those that say when to ask again. */
const PASSING = new Set(["INTERNAL_ERROR", "UNAVAILABLE"]);
/** Statuses of HTTP that pass by themselves, of those that say "your fault". */
const PASSING_STATUSES = new Set([408, 425, 429]);
/** Close codes of graphql-transport-ws that say "your fault". */
const FATAL_CODES = new Set([4004, 4005, 4400, 4406, 4409, 4429]);

type Known = "code" | "errors" | "graphQLErrors" | "reason" | "response" | "statusCode";

export type Loss =
  /** It may be tried again in `after` ms; `error` says why, if the server did. */
  | { readonly kind: "lost"; readonly after: number; readonly error: Error | null }
  /** The token was refused, which may have ended: another one may do. */
  | { readonly kind: "unauthenticated"; readonly error: RefusedError }
  | { readonly kind: "expired"; readonly error: RefusedError }
  | { readonly kind: "refused"; readonly error: RefusedError };

/** Tell what errors of GraphQL mean. */
export function lossByErrors(errors: readonly GraphQLError[]): Loss {
  const error = RefusedError.of(errors);
  if (error.code === "INVALID_CURSOR") return { kind: "expired", error };
  if (error.code === "UNAUTHENTICATED") return { kind: "unauthenticated", error };
  const retryAfter = errors[0]?.extensions?.retryAfter;
  const after = typeof retryAfter === "string" ? milliseconds(retryAfter) : null;
  if (after !== null || (error.code !== null && PASSING.has(error.code))) {
    return { kind: "lost", after: after ?? 0, error: new Error(error.message) };
  }
  return { kind: "refused", error };
}

/**
 * Tell what the error of a client means.
 *
 * Known are `GraphQLError[]`, the CloseEvent of graphql-ws, errors with a `response` or a
 * `statusCode`, and those that carry the errors of GraphQL, as urql's and Apollo's do.
 */
export function lossByError(thrown: unknown): Loss {
  if (Array.isArray(thrown)) return lossByErrors(thrown as GraphQLError[]);
  if (thrown instanceof RefusedError) return { kind: "refused", error: thrown };
  const error = (thrown ?? {}) as Readonly<Record<Known, unknown>>;
  const errors = error.graphQLErrors ?? error.errors;
  if (Array.isArray(errors) && errors.length > 0) {
    return lossByErrors(errors as GraphQLError[]);
  }
  const { code, reason } = error;
  const said = typeof reason === "string" && reason !== "" ? reason : null;
  const status =
    (error.response as { status?: unknown } | undefined)?.status ?? error.statusCode;
  if (code === 4401 || code === 4403 || status === 401) {
    const message = said ?? "The server asks for another token.";
    return {
      kind: "unauthenticated",
      error: new RefusedError(message, "UNAUTHENTICATED"),
    };
  }
  if (typeof code === "number" && FATAL_CODES.has(code)) {
    return {
      kind: "refused",
      error: new RefusedError(said ?? `Closed with ${code}.`, null),
    };
  }
  if (typeof status === "number" && isFatal(status)) {
    return {
      kind: "refused",
      error: new RefusedError(said ?? `Answered with ${status}.`, null),
    };
  }
  return { kind: "lost", after: 0, error: null };
}

function isFatal(status: number): boolean {
  return status >= 400 && status < 500 && !PASSING_STATUSES.has(status);
}
