import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { createApp } from "../src/app.ts";
import { Jobwire } from "../src/jobwire/index.ts";
import type { Report } from "../src/reports.ts";
import { api, loses, says } from "./api.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const REPORT = {
  id: "job_1",
  version: 1,
  type: "process-large-dataset",
  userId: "ann",
  status: "QUEUED",
  failure: null,
};
const RUNNING = { ...REPORT, version: 2, status: "RUNNING" };
const ANN = { headers: { "X-User": "ann" } };

const accepts = says({
  data: { scheduleJob: { created: true, job: REPORT, errors: [] } },
});

async function backEnd(t: TestContext, ...answers: Parameters<typeof api>[1][]) {
  const { url, asked } = await api(t, ...answers);
  const told: string[] = [];
  const app = createApp({
    jobwire: new Jobwire({ url, retries: 0 }),
    webhook: new Webhook(SECRET),
    onReport: ({ status }) => told.push(status),
  });

  function notify(id: string, job: Report, secret = SECRET) {
    const body = JSON.stringify({ type: "job.…", data: { job } });
    const now = new Date();
    return app.request("/hooks/jobwire", {
      method: "POST",
      body,
      headers: {
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
        "webhook-signature": new Webhook(secret).sign(id, now, body),
      },
    });
  }
  const order = () => app.request("/reports", { method: "POST", body: "{}", ...ANN });
  const look = async () => (await app.request("/reports/job_1", ANN)).json();
  return { app, asked, told, notify, order, look };
}

test("a report is what the messages say of it", async (t) => {
  const { order, notify, look, told } = await backEnd(t, accepts);
  assert.equal((await order()).status, 201);

  assert.equal((await notify("ntf_1", RUNNING)).status, 204);

  assert.deepEqual(await look(), RUNNING);
  assert.deepEqual(told, ["RUNNING"]);
});

test("a message that comes twice is told once", async (t) => {
  const { notify, told } = await backEnd(t);

  await notify("ntf_1", RUNNING);
  await notify("ntf_1", RUNNING);

  assert.deepEqual(told, ["RUNNING"]);
});

test("a message that comes late changes nothing", async (t) => {
  const { notify, look } = await backEnd(t);

  await notify("ntf_2", RUNNING);
  await notify("ntf_1", REPORT);

  assert.deepEqual(await look(), RUNNING);
});

test("a message before the answer that made the report is not undone", async (t) => {
  const { order, notify, look } = await backEnd(t, accepts);

  await notify("ntf_1", RUNNING);
  await order();

  assert.deepEqual(await look(), RUNNING);
});

test("the result of a report is read when it is there", async (t) => {
  const done = { ...REPORT, version: 3, status: "SUCCEEDED" };
  const job = { ...done, result: { rows: 7 } };
  const { notify, look } = await backEnd(t, says({ data: { job } }));

  await notify("ntf_1", done);

  assert.deepEqual(await look(), job);
});

test("a message whose result cannot be read is not taken, and comes again", async (t) => {
  const done = { ...REPORT, version: 3, status: "SUCCEEDED" };
  const { notify, told } = await backEnd(t, loses, says({ data: { job: done } }));

  assert.equal((await notify("ntf_1", done)).status, 503);
  assert.deepEqual(told, []);

  assert.equal((await notify("ntf_1", done)).status, 204);
  assert.deepEqual(told, ["SUCCEEDED"]);
});

test("a message of somebody else is refused", async (t) => {
  const { notify, told } = await backEnd(t);

  const answer = await notify(
    "ntf_1",
    RUNNING,
    "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
  );

  assert.equal(answer.status, 401);
  assert.deepEqual(told, []);
});

test("a message of another type of job is taken and left alone", async (t) => {
  const { notify, told } = await backEnd(t);

  const answer = await notify("ntf_1", { ...RUNNING, type: "count-primes" });

  assert.equal(answer.status, 204);
  assert.deepEqual(told, []);
});

test("a report that this process does not know is read", async (t) => {
  const { look } = await backEnd(t, says({ data: { job: RUNNING } }));

  assert.deepEqual(await look(), RUNNING);
});

test("a report of somebody else does not exist", async (t) => {
  const { app, asked, notify } = await backEnd(t);
  await notify("ntf_1", { ...RUNNING, userId: "bob" });

  assert.equal((await app.request("/reports/job_1", ANN)).status, 404);
  const answer = await app.request("/reports/job_1", { method: "DELETE", ...ANN });
  assert.equal(answer.status, 404);
  assert.equal(asked.length, 0);
});

test("nobody is served who is not signed in", async (t) => {
  const { app } = await backEnd(t);

  assert.equal((await app.request("/reports", { method: "POST" })).status, 401);
  assert.equal((await app.request("/reports/job_1")).status, 401);
});

test("who sends a key twice asks for one report", async (t) => {
  const { app, asked } = await backEnd(t, accepts);
  const headers = { "X-User": "ann", "Idempotency-Key": "press-1" };

  await app.request("/reports", { method: "POST", body: "{}", headers });

  assert.equal(asked[0]?.variables.input.idempotencyKey, "press-1");
  assert.equal(asked[0]?.variables.input.userId, "ann");
});

test("while Jobwire is away the user is asked to come again", async (t) => {
  const { order } = await backEnd(t, loses);

  assert.equal((await order()).status, 503);
});
