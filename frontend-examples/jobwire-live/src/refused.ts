/** A refusal: trying the same again would be refused again. */

import type { GraphQLError } from "./client.ts";

export class RefusedError extends Error {
  override readonly name = "RefusedError";
  /** `extensions.code` of the refusal, such as NOT_FOUND; null when there was none. */
  readonly code: string | null;

  constructor(message: string, code: string | null) {
    super(message);
    this.code = code;
  }

  static of(errors: readonly GraphQLError[]): RefusedError {
    const [first] = errors;
    const code = first?.extensions?.code;
    return new RefusedError(
      first?.message ?? "The server refused it without a reason.",
      typeof code === "string" ? code : null,
    );
  }
}
