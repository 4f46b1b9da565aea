/**
 * The tasks and hooks of trigger/, compiled, in the executor that Trigger.dev's own
 * workers run tasks in. `COMPILED` is the folder of the compiled files.
 */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { after, beforeEach, test } from "node:test";

process.env.TRIGGER_SECRET_KEY = "tr_dev_nobody";
const require = createRequire(`${process.env.COMPILED}/`);
const core = require("@trigger.dev/core/v3");
const { TriggerTracer } = require("@trigger.dev/core/v3/tracer");
const workers = require("@trigger.dev/core/v3/workers");

const locals = new workers.StandardLocalsManager();
const hooks = new workers.StandardLifecycleHooksManager();
const catalog = new workers.StandardResourceCatalog();
const client = core.apiClientManager.clientOrThrow();
const metadata = new workers.StandardMetadataManager(client);
core.localsAPI.setGlobalLocalsManager(locals);
core.lifecycleHooks.setGlobalLifecycleHooksManager(hooks);
core.resourceCatalog.setGlobalResourceCatalog(catalog);
core.runMetadata.setGlobalManager(metadata);

catalog.setCurrentFileContext("example-task.ts", "example-task");
require("./init.js");
require("./example-task.js");
const { default: config } = require("./trigger.config.js");

const posted = [];
const server = createServer(async (request, response) => {
  const chunks = await request.toArray();
  posted.push(JSON.parse(Buffer.concat(chunks).toString()));
  response.end();
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
process.env.JOBWIRE_WEBHOOK_URL = `http://127.0.0.1:${server.address().port}/`;
process.env.TRIGGER_WEBHOOK_SECRET = "a secret of the tests";
after(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  posted.length = 0;
});

/** Executes one attempt of a task as a worker would. */
async function attempt(taskId, { number = 1, payload = {}, runMetadata, signal } = {}) {
  locals.reset();
  hooks.reset();
  metadata.reset();
  const startedAt = "2026-01-02T03:04:05.000Z";
  const execution = {
    task: { id: taskId, filePath: "example-task.ts" },
    attempt: { number, startedAt, id: "attempt_1", status: "EXECUTING" },
    run: {
      id: "run_1",
      payload: JSON.stringify(payload),
      payloadType: "application/json",
      tags: ["job:job_1"],
      createdAt: startedAt,
      startedAt,
      metadata: runMetadata,
    },
    queue: { id: "queue_1", name: taskId },
    environment: { id: "env_1", slug: "dev", type: "DEVELOPMENT" },
    organization: { id: "org_1", slug: "org", name: "org" },
    project: { id: "project_1", ref: "proj_1", slug: "project", name: "project" },
    machine: { name: "micro", cpu: 0.25, memory: 0.25, centsPerMs: 0 },
  };
  const executor = new workers.TaskExecutor(catalog.getTask(taskId), {
    tracer: new TriggerTracer({ name: "tests", version: "1" }),
    consoleInterceptor: { intercept: (_, run) => run() },
    retries: config.retries,
  });
  const ctx = core.TaskRunContext.parse(execution);
  metadata.runId = execution.run.id;
  const { result } = await executor.execute(
    execution,
    ctx,
    signal ?? new AbortController().signal,
  );
  return result;
}

const told = () => posted.map((event) => event.type);

test("a run that succeeds", async () => {
  const result = await attempt("my-task", { payload: { a: 1 } });

  assert.equal(result.ok, true);
  assert.deepEqual(told(), ["RUN_STARTED", "RUN_COMPLETED"]);
  assert.deepEqual(posted[1].output, { received: { a: 1 } });
  assert.deepEqual(posted[1].run.tags, ["job:job_1"]);
});

test("a run that reports its progress", async () => {
  await attempt("process-large-dataset", { payload: { seconds: 0.003, steps: 3 } });

  assert.equal(told()[0], "RUN_STARTED");
  assert.equal(told().at(-1), "RUN_COMPLETED");
  assert.deepEqual(posted.at(-2).progress, { fraction: 1, message: "Step 3 of 3" });
  const { updatedAt, ...progress } = metadata.getKey("progress");
  assert.deepEqual(progress, posted.at(-2).progress);
});

test("a run made by a schedule", async () => {
  const payload = { timestamp: "2026-03-01T00:00:00.000Z" };

  await attempt("daily-report-generation", { payload });

  assert.deepEqual(posted.at(-1).output, { day: "2026-02-28", rows: 0 });
});

test("a job's own retries, and its failure after the last one", async () => {
  const retryConfig = {
    maxAttempts: 2,
    minTimeoutInMs: 60_000,
    maxTimeoutInMs: 60_000,
    factor: 1,
  };
  const runMetadata = { jobwire: { job: "job_1", retryConfig } };

  const first = await attempt("always-fails", { runMetadata });
  assert.ok(first.retry.delay >= 48_000 && first.retry.delay <= 60_000);
  assert.deepEqual(told(), ["RUN_STARTED"]);

  const last = await attempt("always-fails", { number: 2, runMetadata });
  assert.equal(last.retry, undefined);
  assert.deepEqual(told(), ["RUN_STARTED", "RUN_STARTED", "RUN_FAILED"]);
  assert.equal(posted[2].error.message, "This task always fails.");
  assert.match(posted[2].error.stackTrace, /^Error: This task always fails/);
});

test("a run without a job keeps the retries of the project", async () => {
  const result = await attempt("always-fails");

  assert.ok(result.retry.delay <= 4_000);
  assert.deepEqual(told(), ["RUN_STARTED"]);
});

test("a run that is canceled", async () => {
  const cancel = new AbortController();
  const running = attempt("process-large-dataset", {
    payload: { steps: 2, stepMs: 600_000 },
    signal: cancel.signal,
  });
  while (told().length === 0) await new Promise(setImmediate);

  cancel.abort("run cancelled");
  await hooks.callOnCancelHookListeners();
  await running;

  assert.deepEqual(told(), ["RUN_STARTED", "RUN_CANCELED"]);
});
