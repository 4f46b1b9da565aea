// graphile-worker's client: `node enqueue.mjs URL ACTION COUNT CONNECTIONS`.
//
// Prints the seconds that it took and the seconds of CPU that it used.
import { Logger, makeWorkerUtils } from "graphile-worker";
import pg from "pg";

const BATCH = 1000;
const PACE = 20;

const [url, action, count, connections] = process.argv.slice(2);
const pgPool = new pg.Pool({ connectionString: url, max: Number(connections) });
pgPool.on("error", console.error);
pgPool.on("connect", (client) => client.on("error", console.error));
const utils = await makeWorkerUtils({ pgPool, logger: new Logger(() => () => {}) });

const actions = {
  async install() {
    await utils.migrate();
  },
  async singly(count) {
    for (let number = 0; number < count; number += 1) await utils.addJob("no-op", {});
  },
  async batches(count) {
    const jobs = Array.from({ length: BATCH }, () => ({ identifier: "no-op", payload: {} }));
    for (let number = 0; number < count; number += BATCH) await utils.addJobs(jobs);
  },
  async paced(count) {
    const began = performance.now();
    for (let number = 0; number < count; number += 1) {
      const due = began + (number * 1000) / PACE;
      await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
      const at = (performance.timeOrigin + performance.now()) / 1000;
      await utils.addJob("stamp", { at });
    }
  },
};

const clients = Array.from({ length: Number(connections) });
if (action === "singly") await Promise.all(clients.map(() => actions.singly(20)));
const began = performance.now();
const before = process.cpuUsage();
await Promise.all(clients.map(() => actions[action](count / connections)));
const { user, system } = process.cpuUsage(before);
console.log((performance.now() - began) / 1000, (user + system) / 1e6);
await utils.release();
await pgPool.end();
