/** Queries and mutations over HTTP. */

import { type GraphQLError, RefusedError } from "jobwire-live";
import { type FetchFunction, type GraphQLResponse, Observable } from "relay-runtime";
import { endpoint } from "../endpoint.ts";
import { fetchFromApi } from "../http.ts";

/** Refusals that pass by themselves. */
const PASSING = new Set(["INTERNAL_ERROR", "UNAVAILABLE"]);

export const fetchOperation: FetchFunction = ({ text }, variables) =>
  Observable.create<GraphQLResponse>((sink) => {
    const leaving = new AbortController();
    ask(JSON.stringify({ query: text, variables }), leaving.signal).then(
      (answer) => {
        sink.next(answer);
        sink.complete();
      },
      (error: unknown) => {
        // Who has left is not told that it was cut off.
        if (!leaving.signal.aborted) sink.error(errorOf(error));
      },
    );
    return () => leaving.abort();
  });

interface Answer {
  readonly data: Record<string, unknown>;
}

/** @throws {RefusedError} Asking the same again would be refused again. */
async function ask(body: string, signal: AbortSignal): Promise<Answer> {
  const response = await fetchFromApi(endpoint, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body,
    signal,
  });
  const answer: unknown = await response.json().catch(() => null);
  const errors = errorsOf(answer);
  if (errors.length > 0) {
    const refusal = RefusedError.of(errors);
    throw PASSING.has(refusal.code ?? "") ? new Error(refusal.message) : refusal;
  }
  // A part that was refused would be null in the store, as if there were none.
  if (!hasData(answer)) throw new Error(`The server answered with ${response.status}.`);
  return answer;
}

function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function hasData(answer: unknown): answer is Answer {
  return (
    typeof answer === "object" &&
    answer !== null &&
    "data" in answer &&
    typeof answer.data === "object" &&
    answer.data !== null
  );
}

function errorsOf(answer: unknown): readonly GraphQLError[] {
  if (typeof answer !== "object" || answer === null || !("errors" in answer)) return [];
  return Array.isArray(answer.errors) ? answer.errors : [];
}
