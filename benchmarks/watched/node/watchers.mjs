// Many watchers on one endpoint, with the same variables or each with its own. Prints
// "watching" when all are; then, for each line "<deliveries>" on stdin, waits until that
// many came in all, and prints how it went.
import { createInterface } from "node:readline";
import { WebSocket } from "ws";

const { url, watchers, init, payload, variables } = JSON.parse(process.argv[2]);
const now = () => performance.timeOrigin + performance.now();
const STAMP = /"at-(\d+\.\d+)"/;

let latencies = [];
let first = Infinity;
let wanted = Infinity;
let done = null;

function count(text) {
  const stamp = STAMP.exec(text);
  if (!stamp) return;
  const at = Number(stamp[1]);
  first = Math.min(first, at);
  latencies.push(now() - at);
  if (latencies.length >= wanted) done();
}

function watch(number) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, "graphql-transport-ws", { perMessageDeflate: false });
    socket.on("error", reject);
    socket.on("close", (code) => reject(new Error(`watcher ${number} was closed: ${code}`)));
    socket.on("open", () => {
      if (payload) socket.send(JSON.stringify({ type: "connection_init", payload: init }));
      else resolve();
    });
    socket.on("message", (data) => {
      const text = data.toString();
      if (text.includes('"connection_ack"')) {
        const own = { ...payload, variables: variables?.[number] };
        socket.send(JSON.stringify({ id: `w${number}`, type: "subscribe", payload: own }));
        if (!payload.query.includes("__typename")) resolve();
      } else if (text.includes('"ping"')) socket.send('{"type":"pong"}');
      else if (text.includes('"StreamCaughtUp"')) resolve();
      else count(text);
    });
  });
}

const CONNECTING = 50;
let next = 0;
await Promise.all(
  Array.from({ length: CONNECTING }, async () => {
    while (next < watchers) await watch(next++);
  }),
);
console.log("watching");
for await (const line of createInterface({ input: process.stdin })) {
  wanted = Number(line);
  await new Promise((resolve) => {
    done = resolve;
    if (latencies.length >= wanted) resolve();
  });
  const took = now() - first;
  latencies.sort((one, other) => one - other);
  const at = (part) => latencies[Math.floor(part * (latencies.length - 1))];
  console.log(JSON.stringify({ took, p50: at(0.5), p99: at(0.99) }));
  latencies = [];
  first = Infinity;
  wanted = Infinity;
}
process.exit(0);
