/** Requests and streams to the API. */

import { createSseClient } from "../jobwire-live.js";
import { endpoint } from "./endpoint.js";
import { authorization } from "./session.js";

/** Jobwire answers within 10 seconds, in ms. */
const LONGEST = 15_000;

export const client = createSseClient({ url: endpoint, headers: authorization });

/** An answer with errors; jobwire-live reads them to tell a refusal from a loss. */
export class ApiError extends Error {
  name = "ApiError";

  /** @param {readonly import("../jobwire-live.js").GraphQLError[]} errors */
  constructor(errors) {
    super(errors[0]?.message);
    this.errors = errors;
  }

  /** @returns {unknown} */
  get code() {
    return this.errors[0]?.extensions?.code;
  }
}

/**
 * Ask the API.
 *
 * @template Data
 * @param {import("./documents.js").Document<Data>} document
 * @param {Record<string, unknown>} [variables]
 * @param {AbortSignal} [signal]
 * @returns {Promise<Data>}
 * @throws {ApiError} It was refused; any other error: the answer was lost.
 */
export async function request({ text }, variables, signal) {
  const { data, errors } = await post({ query: text, variables }, signal);
  if (errors) throw new ApiError(errors);
  return data;
}

/**
 * @param {unknown} body
 * @param {AbortSignal} [signal]
 */
async function post(body, signal) {
  const tooLate = AbortSignal.timeout(LONGEST);
  const headers = { "Content-Type": "application/json", ...(await authorization()) };
  try {
    const response = await fetch(endpoint, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
      cache: "no-store",
      signal: signal ? AbortSignal.any([signal, tooLate]) : tooLate,
    });
    return await response.json();
  } catch (cause) {
    throw new Error("The server does not answer.", { cause });
  }
}
