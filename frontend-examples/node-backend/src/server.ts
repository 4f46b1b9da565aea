import { serve } from "@hono/node-server";
import { Webhook } from "standardwebhooks";
import { createApp } from "./app.ts";
import { scheduleDailyReport } from "./crons.ts";
import { Jobwire } from "./jobwire/index.ts";

const {
  HOST = "127.0.0.1",
  PORT = "3000",
  JOBWIRE_URL = "http://127.0.0.1:8000",
  JOBWIRE_TOKEN,
  JOBWIRE_NOTIFY_SECRET,
} = process.env;

if (JOBWIRE_NOTIFY_SECRET === undefined) {
  console.error(
    "JOBWIRE_NOTIFY_SECRET is not set. `jobwire notifications secret` makes one.",
  );
  process.exit(2);
}

const jobwire = new Jobwire({ url: `${JOBWIRE_URL}/graphql`, token: JOBWIRE_TOKEN });
const app = createApp({
  jobwire,
  webhook: new Webhook(JOBWIRE_NOTIFY_SECRET),
  onReport: ({ id, userId, status }) => console.log(`${id} of ${userId}: ${status}`),
});

const server = serve(
  { fetch: app.fetch, hostname: HOST, port: Number(PORT) },
  ({ port }) => {
    console.log(`serving on http://${HOST}:${port}`);
  },
);
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => server.close(() => process.exit()));
}

const schedule = await scheduleDailyReport(jobwire);
console.log(`${schedule.key} ${schedule.description}: ${schedule.nextRunTimes[0]}`);
