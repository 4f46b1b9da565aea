import assert from "node:assert/strict";
import { test } from "node:test";

import { createClient as createSseClient } from "graphql-sse";
import { createClient as createWsClient } from "graphql-ws";
import { WebSocket } from "ws";

import type { SubscriptionClient } from "../src/client.ts";
import { JobStream, type StreamState } from "../src/stream.ts";

// Nobody listens at the port of discarded packets.
const clients: Record<string, SubscriptionClient> = {
  "graphql-ws": createWsClient({
    url: "ws://127.0.0.1:9/graphql",
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  }),
  "graphql-sse": createSseClient({
    url: "http://127.0.0.1:9/graphql",
    retryAttempts: 0,
  }),
};

for (const [name, client] of Object.entries(clients)) {
  test(`${name} carries a stream, and a server that is not there is waited for`, async () => {
    const states: StreamState[] = [];
    await new Promise<void>((resolve) => {
      const stream = new JobStream({
        client,
        query: "subscription { a }",
        after: null,
        onChange: () => {},
        onReset: () => {},
        onRefused: ({ message }) => assert.fail(message),
        onState(state) {
          states.push(state);
          if (state === "waiting") {
            stream.stop();
            resolve();
          }
        },
      });
    });

    assert.deepEqual(states, ["connecting", "waiting"]);
  });
}
