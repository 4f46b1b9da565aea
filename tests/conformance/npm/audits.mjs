/**
 * Audits an endpoint of GraphQL over HTTP with the suite of graphql-http; what each audit
 * found is printed, as one JSON array.
 *
 *     node audits.mjs URL TOKEN
 */
import { serverAudits } from "graphql-http";

const [url, token] = process.argv.slice(2);

/** The suite knows of no callers, so each of its requests is given one. */
function fetchAsCaller(input, init = {}) {
  return fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });
}

const found = [];
for (const { fn } of serverAudits({ url, fetchFn: fetchAsCaller })) {
  const { id, name, status, reason = null, response } = await fn();
  const answer = response && `${response.status} ${await response.text().catch(() => "")}`;
  found.push({ id, name, status, reason, answer: answer ?? null });
}
console.log(JSON.stringify(found));
