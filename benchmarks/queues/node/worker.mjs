// graphile-worker's worker, on `DATABASE_URL`.
import { Logger, run } from "graphile-worker";

const EVERY = 1000;
let ran = 0;

await run({
  connectionString: process.env.DATABASE_URL,
  logger: new Logger(() => () => {}),
  preset: {
    worker: {
      concurrentJobs: 24,
      maxPoolSize: 26,
      localQueue: { size: 500 },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
    },
  },
  taskList: {
    "no-op": async () => {
      ran += 1;
      if (ran % EVERY === 0) say(`ran ${ran}`);
    },
    stamp: async ({ at }) => {
      const now = performance.timeOrigin + performance.now();
      say(`started ${(now - at * 1000).toFixed(3)}`);
    },
  },
});

function say(line) {
  process.stdout.write(`${line}\n`);
}
