/** What a call throws: each error has a code for programs and a message for people. */

import type { RefusalFieldsFragment, Scope } from "../gql/graphql.ts";

/** A typed refusal; `__typename` says which one, and so what else it tells. */
export type Refusal = Exclude<RefusalFieldsFragment, { __typename: "ForbiddenError" }>;

interface JobwireErrorOptions extends ErrorOptions {
  readonly code: string;
  readonly path?: readonly string[] | null;
}

export class JobwireError extends Error {
  override readonly name: string = "JobwireError";
  /** A stable, upper-case word. */
  readonly code: string;
  /** Where in the arguments of the mutation, for example ["input", "tag"]. */
  readonly path: readonly string[] | null;

  constructor(message: string, { code, path = null, ...options }: JobwireErrorOptions) {
    super(message, options);
    this.code = code;
    this.path = path;
  }
}

/** The request was understood and refused; nothing was changed. */
export class RefusedError extends JobwireError {
  override readonly name = "RefusedError";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message, refusal);
    this.refusal = refusal;
  }
}

/** The token is missing, unknown, over, or does not allow it; nothing was changed. */
export class NotAllowedError extends JobwireError {
  override readonly name = "NotAllowedError";
  /** The scope that is missing; null: no scope would do. */
  readonly requiredScope: Scope | null;

  constructor(
    message: string,
    options: JobwireErrorOptions & { readonly requiredScope: Scope | null },
  ) {
    super(message, options);
    this.requiredScope = options.requiredScope;
  }
}

/** Nobody answered. It may have been done: repeat it with the same key. */
export class UnavailableError extends JobwireError {
  override readonly name = "UnavailableError";
  /** How long to wait as the server asks, in ms; null: it does not say. */
  readonly retryAfter: number | null;

  constructor(
    message: string,
    {
      retryAfter = null,
      ...options
    }: ErrorOptions & { retryAfter?: number | null } = {},
  ) {
    super(message, { ...options, code: "UNAVAILABLE" });
    this.retryAfter = retryAfter;
  }
}

/** Return what a mutation made, or throw why it refused. */
export function made<Made>(
  value: Made | null,
  errors: readonly RefusalFieldsFragment[],
): Made {
  const [first] = errors;
  if (first?.__typename === "ForbiddenError") {
    throw new NotAllowedError(first.message, first);
  }
  if (first !== undefined) throw new RefusedError(first);
  if (value === null)
    throw new JobwireError("Nothing came back.", { code: "UNEXPECTED" });
  return value;
}
