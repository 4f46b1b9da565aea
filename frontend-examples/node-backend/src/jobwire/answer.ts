/** How an answer of the API is read: to the data, or to the error that it tells. */

import type { Scope } from "../gql/graphql.ts";
import { JobwireError, NotAllowedError, UnavailableError } from "./errors.ts";

interface GraphQLError {
  readonly message: string;
  readonly extensions?: {
    readonly code?: string;
    readonly argument?: readonly string[];
    readonly requiredScope?: Scope;
  };
}

interface Answer<Result> {
  readonly data?: Result | null;
  readonly errors?: readonly GraphQLError[];
}

/** Whoever stands before the API answers with these while it cannot be reached. */
const AWAY = [408, 429, 500, 502, 503, 504];

export async function read<Result>(response: Response): Promise<Result> {
  const body = parsed(await response.text());
  if (!isAnswer<Result>(body)) {
    const message = `${response.url} answered ${response.status}, and not as Jobwire does.`;
    if (AWAY.includes(response.status)) {
      throw new UnavailableError(message, { retryAfter: retryAfter(response) });
    }
    throw new JobwireError(message, { code: "NOT_JOBWIRE" });
  }
  const [error] = body.errors ?? [];
  if (error !== undefined) throw thrown(error, response);
  if (body.data == null) {
    throw new JobwireError(`${response.url} told nothing.`, { code: "NOT_JOBWIRE" });
  }
  return body.data;
}

function thrown({ message, extensions }: GraphQLError, response: Response): Error {
  const code = extensions?.code ?? "UNEXPECTED";
  if (code === "UNAVAILABLE" || response.status === 429) {
    return new UnavailableError(message, { retryAfter: retryAfter(response) });
  }
  if (code === "UNAUTHENTICATED" || code === "FORBIDDEN") {
    const requiredScope = extensions?.requiredScope ?? null;
    return new NotAllowedError(message, { code, requiredScope });
  }
  return new JobwireError(message, { code, path: extensions?.argument ?? null });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isAnswer<Result>(body: unknown): body is Answer<Result> {
  return (
    typeof body === "object" && body !== null && ("data" in body || "errors" in body)
  );
}

function retryAfter(response: Response): number | null {
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : null;
}
