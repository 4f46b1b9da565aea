/** Where the API is, who asks, and how often it is tried. */

import { setTimeout } from "node:timers/promises";
import type { TypedDocumentString } from "../gql/graphql.ts";
import { read } from "./answer.ts";
import { JobwireError, UnavailableError } from "./errors.ts";

export interface JobwireOptions {
  /** The address of the API, for example https://jobs.example.com/graphql. */
  readonly url: string;
  /** An API key or a token, or what gives a fresh one for each attempt. */
  readonly token?: string | (() => string | Promise<string>) | undefined;
  /** How long one attempt may take, in ms; 35 s unless told, as waitForRun may take 30. */
  readonly timeout?: number;
  /** How often a call is tried again that nobody has answered; 3 times unless told. */
  readonly retries?: number;
}

const SHORTEST_WAIT = 250;
const LONGEST_WAIT = 30_000;

export class Jobwire {
  readonly #options: JobwireOptions;

  constructor(options: JobwireOptions) {
    this.#options = options;
  }

  /**
   * Run an operation that may safely be run twice: it is sent again when no answer came.
   *
   * @throws {JobwireError} In its kinds.
   */
  async request<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
  ): Promise<Result> {
    const body = JSON.stringify({ query: document, variables });
    for (let losses = 0; ; losses += 1) {
      try {
        return await this.#send<Result>(body);
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        if (losses >= (this.#options.retries ?? 3)) throw error;
        await setTimeout(waitFor(error, losses));
      }
    }
  }

  async #send<Result>(body: string): Promise<Result> {
    const { url, token, timeout = 35_000 } = this.#options;
    const fresh = typeof token === "function" ? await token() : token;
    const headers = new Headers({ "Content-Type": "application/json" });
    if (fresh !== undefined) headers.set("Authorization", `Bearer ${fresh}`);
    const signal = AbortSignal.timeout(timeout);
    try {
      return await read(await fetch(url, { method: "POST", headers, body, signal }));
    } catch (error) {
      throw error instanceof JobwireError
        ? error
        : new UnavailableError(`${url} does not answer.`, { cause: error });
    }
  }
}

/** The waits double, and are never in step with those of others. */
function waitFor({ retryAfter }: UnavailableError, losses: number): number {
  const wait = SHORTEST_WAIT * 2 ** losses * (0.5 + Math.random() / 2);
  return Math.min(Math.max(wait, retryAfter ?? 0), LONGEST_WAIT);
}
