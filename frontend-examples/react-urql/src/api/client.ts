/** What queries and mutations are sent with. */

import { cacheExchange, createClient, fetchExchange } from "urql";
import { endpoint } from "../endpoint.ts";
import { fetchFromApi } from "../http.ts";

export const client = createClient({
  url: endpoint,
  fetch: fetchFromApi,
  preferGetMethod: false,
  // Jobs change by themselves. Who reads what does not change asks for the cache.
  requestPolicy: "network-only",
  exchanges: [cacheExchange, fetchExchange],
});
