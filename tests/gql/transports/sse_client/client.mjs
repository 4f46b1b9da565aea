/**
 * One operation as somebody else's client runs it; what it hears is printed, a JSON array
 * a line. It leaves when its input ends.
 *
 *     node client.mjs graphql-sse|eventsource URL CALLER REQUEST
 */
import { EventSource } from "eventsource";
import { createClient } from "graphql-sse";

const [library, url, caller, text] = process.argv.slice(2);
const headers = { authorization: `Bearer ${caller}` };
const request = JSON.parse(text);

function say(...words) {
  console.log(JSON.stringify(words));
}

function runWithGraphqlSse() {
  const client = createClient({ url, headers, retryAttempts: 0 });
  client.subscribe(request, {
    next: (result) => say("next", result),
    complete: () => end("complete"),
    error: (error) => end("error", error.response?.status ?? error.message),
  });
  return () => client.dispose();
}

function runWithEventSource() {
  const address = new URL(url);
  address.searchParams.set("query", request.query);
  address.searchParams.set("variables", JSON.stringify(request.variables));
  const source = new EventSource(address, {
    fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...headers } }),
  });
  source.addEventListener("next", (event) => say("next", JSON.parse(event.data)));
  source.addEventListener("complete", () => end("complete"));
  source.addEventListener("error", (event) => end("error", event.code ?? event.message));
  return () => {
    source.close();
    end("complete");
  };
}

/** Without this an EventSource would connect again, and open input keep the process. */
function end(...words) {
  say(...words);
  process.exit(0);
}

const leave = library === "eventsource" ? runWithEventSource() : runWithGraphqlSse();
process.stdin.on("end", leave).resume();
