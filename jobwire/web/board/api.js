/** GraphQL over HTTP: one request, its data, or an error that says what went wrong. */

import { authorization } from "../page/token.js";

/** @typedef {import("./clock.js").Clock} Clock */

/** The server answered, and refused the whole request. */
export class RefusedError extends Error {
  /**
   * @param {string} message
   * @param {string | null} [code] A stable upper-case word, if the server gave one.
   */
  constructor(message, code = null) {
    super(message);
    this.name = "RefusedError";
    this.code = code;
  }
}

/** The server wants a valid token first. */
export class UnauthenticatedError extends RefusedError {
  /** @param {string} message */
  constructor(message) {
    super(message, "UNAUTHENTICATED");
    this.name = "UnauthenticatedError";
  }
}

/** No usable answer came: the network, a proxy, or a server that is down. */
export class UnreachableError extends Error {
  /** @param {string} reason */
  constructor(reason) {
    super(`The server cannot be reached: ${reason}.`);
    this.name = "UnreachableError";
  }
}

export class Api {
  /**
   * @param {{endpoint: URL, token: () => string | null, clock: Clock,
   *   onUnauthenticated: (error: UnauthenticatedError) => void}} options
   */
  constructor({ endpoint, token, clock, onUnauthenticated }) {
    this.endpoint = endpoint;
    this.token = token;
    this.clock = clock;
    this.onUnauthenticated = onUnauthenticated;
  }

  /**
   * Run a query or a mutation.
   *
   * @param {string} query
   * @param {Record<string, unknown>} [variables]
   * @returns {Promise<any>} Its data.
   * @throws {UnauthenticatedError | RefusedError | UnreachableError}
   */
  async execute(query, variables = {}) {
    try {
      return dataOf(await this.#post({ query, variables }));
    } catch (error) {
      if (error instanceof UnauthenticatedError) this.onUnauthenticated(error);
      throw error;
    }
  }

  /** @param {unknown} body */
  async #post(body) {
    /** @type {Response} */
    let response;
    try {
      response = await fetch(this.endpoint, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Accept: "application/graphql-response+json, application/json;q=0.9",
          ...authorization(this.token()),
        },
        body: JSON.stringify(body),
      });
    } catch {
      throw new UnreachableError("there was no answer");
    }
    const date = Date.parse(response.headers.get("Date") ?? "");
    if (!Number.isNaN(date)) this.clock.synchronize(date);
    const answer = await response.json().catch(() => null);
    if (response.status === 401) {
      throw new UnauthenticatedError(
        answer?.errors?.[0]?.message ?? "A valid token is needed.",
      );
    }
    if (answer === null || typeof answer !== "object") {
      throw new UnreachableError(`it answered ${response.status}`);
    }
    return answer;
  }
}

/**
 * Take the data out of an answer; errors beside data of use are the fields' own affair.
 *
 * @param {{data?: Record<string, unknown> | null, errors?: any[]}} answer
 */
function dataOf({ data, errors }) {
  const unauthenticated = errors?.find(
    (error) => error.extensions?.code === "UNAUTHENTICATED",
  );
  if (unauthenticated) throw new UnauthenticatedError(unauthenticated.message);
  const isEmpty = !data || Object.values(data).every((value) => value === null);
  if (errors?.length && isEmpty) {
    throw new RefusedError(errors[0].message, errors[0].extensions?.code ?? null);
  }
  if (!data) throw new UnreachableError("its answer holds no data");
  return data;
}
