/**
 * Watches a list through jobwire-live and prints each view, a JSON array a line.
 *
 *     node watch_list.mjs COMPILED PROJECT graphql-ws|sse URL TOKEN
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [compiled, project, library, url, token] = process.argv.slice(2);
const { createSseClient, LiveJobs } = await import(
  pathToFileURL(join(compiled, "src", "index.js")).href
);
const require = createRequire(join(project, "index.js"));

const filter = { statuses: ["RUNNING"] };
const FIELDS = "id version createdAt";
const headers = () => ({ Authorization: `Bearer ${token}` });

function clientOf() {
  if (library === "sse") return createSseClient({ url, headers });
  return require("graphql-ws").createClient({
    url: url.replace("http", "ws"),
    webSocketImpl: require("ws").WebSocket,
    connectionParams: () => ({ token }),
    retryAttempts: 0,
  });
}

const jobs = new LiveJobs({
  client: clientOf(),
  query: `subscription ($filter: JobFilter, $after: EventCursor) {
    jobListUpdates(filter: $filter, after: $after) {
      __typename
      ... on JobChange { cursor leftFilter event { jobVersion } job { ${FIELDS} } }
      ... on StreamCaughtUp { cursor }
      ... on StreamReset { cursor reason }
      ... on StreamClosing { cursor reconnectAfter }
    }
  }`,
  variables: { filter },
  pageSize: 3,
  async read({ first, after, createdUntil }, signal) {
    const narrowed = createdUntil === null ? filter : { ...filter, createdAt: { until: createdUntil } };
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers() },
      body: JSON.stringify({
        query: `query ($filter: JobFilter, $first: Int, $after: String) {
          jobs(filter: $filter, first: $first, after: $after) {
            asOf nodes { ${FIELDS} } pageInfo { hasNextPage endCursor }
          }
        }`,
        variables: { filter: narrowed, first, after },
      }),
      signal,
    });
    const { data, errors } = await response.json();
    if (errors) throw Object.assign(new Error("Refused."), { errors });
    return data.jobs;
  },
});

jobs.subscribe(() => {
  const { jobs: shown, state, hasMore, isLoadingMore } = jobs.getSnapshot();
  console.log(JSON.stringify([state, shown.map(({ id, version }) => [id, version])]));
  if (hasMore && state === "live" && !isLoadingMore) jobs.loadMore();
});
