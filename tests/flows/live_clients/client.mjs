/**
 * Watches one job to its end with an official client and its own retries; what it is told
 * is printed, a JSON array a line.
 *
 *     node client.mjs graphql-ws|graphql-sse|eventsource URL TOKEN JOB
 */
import { EventSource } from "eventsource";
import { createClient as createSseClient } from "graphql-sse";
import { createClient as createWsClient } from "graphql-ws";
import { WebSocket } from "ws";

const [library, url, token, id] = process.argv.slice(2);
const query = `subscription ($id: ID!, $after: EventCursor, $snapshot: Boolean) {
  jobUpdates(id: $id, after: $after, snapshot: $snapshot) {
    __typename
    ... on JobChange { cursor event { jobVersion } job { isTerminal } }
    ... on StreamCaughtUp { cursor }
    ... on StreamReset { reason }
    ... on StreamClosing { cursor }
  }
}`;
// Both clients write the operation anew each time they connect: so it goes on from here.
const operation = { query, variables: { id, after: null, snapshot: false } };
const patiently = {
  retryAttempts: 1000,
  shouldRetry: () => true,
};
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

const headers = { authorization: `Bearer ${token}` };

function clientOf() {
  if (library === "graphql-ws") {
    return createWsClient({
      url: url.replace("http", "ws"),
      webSocketImpl: WebSocket,
      connectionParams: { token },
      retryWait: pause,
      ...patiently,
    });
  }
  return createSseClient({ url, headers, retry: pause, ...patiently });
}

let hasEnded = false;

function say(...words) {
  console.log(JSON.stringify(words));
}

function hear({ data, errors }) {
  if (errors) return say("errors", errors);
  const message = data.jobUpdates;
  if (message.cursor) operation.variables.after = message.cursor;
  hasEnded ||= message.job?.isTerminal ?? false;
  say(message.__typename, message.event?.jobVersion ?? null);
}

function hearEnd() {
  if (hasEnded) process.exit(0);
  // The server drains: the stream was ended in order.
  say("complete", null);
}

function watch(client) {
  client.subscribe(operation, {
    next: hear,
    complete() {
      hearEnd();
      // Nothing is retried then.
      setTimeout(watch, 100, client);
    },
    error(error) {
      say("error", String(error?.message ?? error?.reason ?? error));
      process.exit(1);
    },
  });
}

/** An EventSource connects again by itself, to the same address: it sends Last-Event-ID. */
function watchByEventSource() {
  const address = new URL(url);
  address.searchParams.set("query", query);
  address.searchParams.set("variables", JSON.stringify(operation.variables));
  const source = new EventSource(address, {
    fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...headers } }),
  });
  source.addEventListener("next", (event) => hear(JSON.parse(event.data)));
  source.addEventListener("complete", hearEnd);
}

if (library === "eventsource") watchByEventSource();
else watch(clientOf());
