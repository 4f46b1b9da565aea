/** The client of Apollo, whose cache keeps every job that is shown. */

import { ApolloClient, HttpLink } from "@apollo/client";
import { JobCache } from "../cache/job-cache.ts";
import { endpoint } from "../endpoint.ts";
import { fetchFromApi } from "../http.ts";

export function createApolloClient(): ApolloClient {
  return new ApolloClient({
    link: new HttpLink({ uri: endpoint, fetch: fetchFromApi }),
    cache: new JobCache(),
  });
}

/** The context of a query that must not be given the answer to an earlier one. */
export function anew(signal: AbortSignal) {
  return { queryDeduplication: false, fetchOptions: { signal } };
}
