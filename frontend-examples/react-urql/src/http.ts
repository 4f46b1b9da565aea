/** Requests to the API: with the caller's token, and not waited for without end. */

import { authorization } from "./session.ts";

/** Jobwire answers within 10 seconds, in ms. */
const LONGEST = 15_000;

/** Like `fetch`, and what a GraphQL client takes in its place. */
export const fetchFromApi: typeof fetch = async (input, init) => {
  const headers = new Headers(init?.headers);
  for (const [name, value] of Object.entries(await authorization())) {
    headers.set(name, value);
  }
  const tooLate = AbortSignal.timeout(LONGEST);
  return fetch(input, {
    ...init,
    headers,
    cache: "no-store",
    signal: init?.signal ? AbortSignal.any([init.signal, tooLate]) : tooLate,
  });
};
