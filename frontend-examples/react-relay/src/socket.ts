/** The websocket that carries subscriptions; it is open while there are any. */

import { createClient } from "graphql-ws";
import { socketEndpoint } from "./endpoint.ts";
import { getToken, onNewToken } from "./session.ts";

/** How long an answer to a ping may take, in ms. */
const PONG_WITHIN = 5_000;

let silence: ReturnType<typeof setTimeout> | undefined;

export const socket = createClient({
  url: socketEndpoint,
  connectionParams: async () => {
    const token = await getToken();
    return token === null ? {} : { token };
  },
  lazy: true,
  // jobwire-live connects again by itself, and knows where to go on.
  retryAttempts: 0,
  connectionAckWaitTimeout: 10_000,
  keepAlive: 10_000,
  on: {
    // graphql-ws sends pings, and leaves it to us what an answer that is missing means.
    ping: (isReceived) => {
      if (!isReceived) silence = setTimeout(() => socket.terminate(), PONG_WITHIN);
    },
    pong: (isReceived) => {
      if (isReceived) clearTimeout(silence);
    },
    closed: () => clearTimeout(silence),
  },
});

onNewToken(() => socket.terminate());
// Without a network a dead connection would look alive until the next ping.
addEventListener("offline", () => socket.terminate());
