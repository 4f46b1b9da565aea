/** What jobwire.ts does beyond the five events, which tests/emulator compares. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import * as nodeModule from "node:module";
import { after, beforeEach, test } from "node:test";

const emulator = new URL("../../jobwire/emulator/node/", import.meta.url);
const loading = new URL("loading.mjs", emulator).href;
if (nodeModule.registerHooks) nodeModule.registerHooks(await import(loading));
else nodeModule.register(loading);
const { hooks, moments } = await import(new URL("sdk.mjs", emulator).href);
const jobwire = await import(new URL("../../trigger/jobwire.ts", import.meta.url).href);

const posted = [];
const server = createServer(async (request, response) => {
  const chunks = await request.toArray();
  posted.push(JSON.parse(Buffer.concat(chunks).toString()));
  response.end();
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
after(() => {
  server.close();
  server.closeAllConnections();
});

const URL_OF_SERVER = `http://127.0.0.1:${server.address().port}/`;
const warnings = [];
console.warn = (text) => warnings.push(text);
console.debug = console.info = console.error = () => {};

beforeEach(() => {
  process.env.JOBWIRE_WEBHOOK_URL = URL_OF_SERVER;
  process.env.TRIGGER_WEBHOOK_SECRET = "a secret of the tests";
  posted.length = 0;
  warnings.length = 0;
});

const abort = new AbortController();
const live = new AbortController().signal;
abort.abort("run cancelled");

function contextOf(number = 1) {
  const startedAt = new Date("2026-01-02T03:04:05Z");
  return {
    attempt: { number, startedAt },
    run: { id: "run_1", tags: [], createdAt: startedAt, startedAt },
    task: { id: "my-task", filePath: "" },
  };
}

/** Runs code as the run of a task, within the middleware. */
function inRun(code, metadata = {}) {
  const moment = { locals: new Map(), metadata: new Map(Object.entries(metadata)) };
  const next = () => code(moment);
  const ctx = contextOf();
  return moments.run(moment, () => hooks.get("middleware")({ ctx, next, signal: live }));
}

function onceFailed(attempt, metadata, signal = live) {
  const moment = { locals: new Map(), metadata: new Map(Object.entries(metadata)) };
  const params = { ctx: contextOf(attempt), signal, error: new Error("no") };
  return moments.run(moment, () => hooks.get("catchError")(params));
}

const RETRY = { maxAttempts: 4, minTimeoutInMs: 1000, maxTimeoutInMs: 3000, factor: 2 };

test("reports in quick succession are posted as the first and the last", async () => {
  await inRun(async () => {
    for (let step = 1; step <= 100; step += 1) jobwire.reportProgress(step / 100);
  });

  assert.deepEqual(
    posted.map((event) => event.progress.fraction),
    [0.01, 1],
  );
  assert.notEqual(posted[0].id, posted[1].id);
});

test("the last report comes before the end", async () => {
  await inRun(async () => {
    jobwire.reportProgress(0.5);
    jobwire.reportProgress(0.9);
    await hooks.get("onSuccess")({ ctx: contextOf(), output: 1, signal: live });
  });

  assert.deepEqual(
    posted.map((event) => event.progress?.fraction ?? event.type),
    [0.5, 0.9, "RUN_COMPLETED"],
  );
});

test("a report is put into the metadata of the run, within its limits", async () => {
  let seen;
  await inRun(async ({ metadata }) => {
    jobwire.reportProgress(7, "x".repeat(600));
    seen = metadata.get("progress");
  });

  const { updatedAt, ...progress } = seen;
  assert.deepEqual(progress, { fraction: 1, message: "x".repeat(500) });
  assert.equal(new Date(updatedAt).toISOString(), updatedAt);
});

test("lines are posted with the progress, in their order, before the end", async () => {
  await inRun(async () => {
    jobwire.log.info("first", { row: 7 });
    jobwire.log.debug("second");
    jobwire.reportProgress(0.5);
    jobwire.log.warn("third");
    await hooks.get("onSuccess")({ ctx: contextOf(), output: 1, signal: live });
  });

  assert.deepEqual(
    posted.map((event) => event.type),
    ["RUN_PROGRESS", "RUN_PROGRESS", "RUN_COMPLETED"],
  );
  const [first, ...others] = posted.flatMap((event) => event.logs ?? []);
  const { at, ...line } = first;
  assert.equal(new Date(at).toISOString(), at);
  assert.deepEqual(line, { level: "INFO", message: "first", fields: { row: 7 } });
  assert.deepEqual(
    others.map(({ level, message }) => [level, message]),
    [["DEBUG", "second"], ["WARN", "third"]],
  );
  assert.equal(posted[1].progress.fraction, 0.5);
  assert.deepEqual(warnings, ["third"]);
});

test("a flood of lines is bounded, and what was dropped is told", async () => {
  await inRun(async () => {
    for (let n = 0; n < 2_000; n += 1) jobwire.log.info(`${n}`);
  });

  const lines = posted.flatMap((event) => event.logs);
  assert.ok(posted.every((event) => event.logs.length <= 101));
  assert.equal(lines[0].message, "0");
  assert.equal(lines[1].level, "WARN");
  assert.equal(lines[1].dropped, 999);
  assert.deepEqual(
    lines.slice(2).map((line) => line.message),
    Array.from({ length: 1_000 }, (_, n) => `${n + 1_000}`),
  );
});

test("fields are what JSON can hold, and never harm the run", async () => {
  const loop = {};
  loop.loop = loop;
  await inRun(async () => {
    jobwire.log.error("x".repeat(5_000), { big: 1n, error: new Error("no") });
    jobwire.log.info("long", { text: "x".repeat(9_000) });
    jobwire.log.info("loop", { loop });
    jobwire.log.info(undefined);
  });

  const lines = posted.flatMap((event) => event.logs);
  assert.equal(lines[0].message.length, 4_000);
  assert.equal(lines[0].fields.big, "1");
  assert.match(lines[0].fields.error, /^Error: no\n {4}at /);
  assert.deepEqual(lines[1].fields, { "…": "Fields of 9011 characters were left out." });
  assert.match(lines[2].fields["…"], /^Fields were left out: TypeError/);
  assert.equal(lines[3].message, "undefined");
});

test("a line outside a run goes to the console alone", () => {
  jobwire.log.warn("here");

  assert.deepEqual([posted, warnings], [[], ["here"]]);
});

test("a report outside a run does nothing", () => {
  jobwire.reportProgress(0.5);

  assert.deepEqual([posted, warnings], [[], []]);
});

test("a canceled run is told only when its code has ended", async () => {
  let fail;
  const runPromise = new Promise((_, reject) => (fail = reject));
  const canceled = hooks.get("onCancel")({ ctx: contextOf(), runPromise });
  await hooks.get("onStartAttempt")({ ctx: contextOf() });
  assert.deepEqual(posted.map((event) => event.type), ["RUN_STARTED"]);

  fail(new Error("aborted"));
  await canceled;

  assert.deepEqual(posted.map((event) => event.type), ["RUN_STARTED", "RUN_CANCELED"]);
});

test("code that does not end is waited for no longer than settleMs", async () => {
  const { settleMs } = jobwire.delivery;
  jobwire.delivery.settleMs = 1;

  const runPromise = new Promise(() => {});
  await hooks.get("onCancel")({ ctx: contextOf(), runPromise });

  jobwire.delivery.settleMs = settleMs;
  assert.deepEqual(posted.map((event) => event.type), ["RUN_CANCELED"]);
});

test("an aborted run tells no other end", async () => {
  const params = { ctx: contextOf(), signal: abort.signal };

  await hooks.get("onSuccess")({ ...params, output: 1 });
  await hooks.get("onFailure")({ ...params, error: new Error("aborted") });

  assert.deepEqual(posted, []);
});

for (const [name, output] of [
  ["that JSON cannot hold", { big: 1n }],
  ["that is too long", "x".repeat(256 * 1024)],
  ["that is not there", undefined],
]) {
  test(`an output ${name} is left out`, async () => {
    await hooks.get("onSuccess")({ ctx: contextOf(), output, signal: live });

    assert.equal(posted.length, 1);
    assert.ok(!("output" in posted[0]));
  });
}

test("whatever was thrown has a name and a message", async () => {
  for (const error of ["text", { code: 7 }, undefined]) {
    await hooks.get("onFailure")({ ctx: contextOf(), error, signal: live });
  }

  assert.deepEqual(
    posted.map((event) => event.error),
    [
      { name: "Error", message: "text" },
      { name: "Error", message: '{"code":7}' },
      { name: "Error", message: "undefined" },
    ],
  );
});

test("without an address nothing is posted, after one warning", async () => {
  delete process.env.JOBWIRE_WEBHOOK_URL;

  await hooks.get("onStartAttempt")({ ctx: contextOf() });
  await hooks.get("onStartAttempt")({ ctx: contextOf(2) });

  assert.deepEqual(posted, []);
  assert.deepEqual(warnings, [
    "[jobwire] no events are posted: JOBWIRE_WEBHOOK_URL is not set",
  ]);
});

test("a context that is not as expected does not fail the attempt", async () => {
  await hooks.get("onStartAttempt")({ ctx: {} });

  assert.equal(warnings.length, 1);
});

test("the job's retries decide when the next attempt comes", async () => {
  const metadata = { jobwire: { job: "job_1", retryConfig: RETRY } };
  for (const [attempt, least, most] of [
    [1, 800, 1200],
    [2, 1600, 2400],
    [3, 3000, 3000],
  ]) {
    const { retryDelayInMs } = await onceFailed(attempt, metadata);
    assert.ok(retryDelayInMs >= least && retryDelayInMs <= most, `${retryDelayInMs}`);
  }
  assert.deepEqual(await onceFailed(4, metadata), { skipRetrying: true });
});

test("a canceled run is not tried again", async () => {
  const metadata = { jobwire: { retryConfig: RETRY } };

  assert.deepEqual(await onceFailed(1, metadata, abort.signal), { skipRetrying: true });
});

test("runs of other people keep their own retries", async () => {
  for (const metadata of [{}, { jobwire: null }, { jobwire: { retryConfig: {} } }]) {
    assert.equal(await onceFailed(1, metadata), undefined);
  }
});
