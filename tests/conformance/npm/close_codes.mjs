/**
 * Closes sockets of graphql-ws with codes, once each; what its client then does by itself is
 * printed, as one JSON object of codes: whether it connected again.
 *
 *     node close_codes.mjs CODE …
 */
import { createClient } from "graphql-ws";
import { WebSocket, WebSocketServer } from "ws";

async function isRetried(code) {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, handleProtocols: ([one]) => one });
  await new Promise((resolve) => server.once("listening", resolve));
  let sockets = 0;
  server.on("connection", (socket) => {
    sockets += 1;
    if (sockets === 1) socket.close(code, "Why.");
    else socket.on("message", (data) => answer(socket, JSON.parse(data)));
  });
  const client = createClient({
    url: `ws://127.0.0.1:${server.address().port}`,
    webSocketImpl: WebSocket,
    retryWait: async () => {},
  });
  try {
    for await (const _ of client.iterate({ query: "{ __typename }" }));
  } catch (closed) {
    if (closed.code !== code) throw closed;
  }
  await client.dispose();
  server.close();
  return sockets > 1;
}

function answer(socket, { id, type }) {
  if (type === "connection_init") socket.send('{"type":"connection_ack"}');
  if (type === "subscribe") socket.send(JSON.stringify({ id, type: "complete" }));
}

const found = {};
for (const code of process.argv.slice(2)) found[code] = await isRetried(Number(code));
console.log(JSON.stringify(found));
