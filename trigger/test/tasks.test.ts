/** The tasks of this folder and the hooks of `init.ts`, in the executor of Trigger.dev. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { posted, told } from "./receiver";
import { execute, hooks, metadata } from "./worker";

await import("../init");
await import("../example-task");

console.info = () => {};

test("a run that succeeds", async () => {
  const result = await execute("my-task", { payload: { a: 1 } });

  assert.equal(result.ok, true);
  assert.deepEqual(told(), ["RUN_STARTED", "RUN_COMPLETED"]);
  assert.deepEqual(posted[1]?.output, { received: { a: 1 } });
  assert.deepEqual(posted[1]?.run.tags, ["job:job_1"]);
});

test("a run that reports its progress, and logs", async () => {
  await execute("process-large-dataset", { payload: { seconds: 0.003, steps: 3 } });

  assert.equal(told()[0], "RUN_STARTED");
  assert.equal(told().at(-1), "RUN_COMPLETED");
  const last = posted.findLast((event) => event.progress !== undefined);
  assert.deepEqual(last?.progress, { fraction: 1, message: "Step 3 of 3" });
  const lines = posted.flatMap((event) => event.logs ?? []);
  assert.deepEqual(
    lines.map((line) => line.message),
    ["Step 1 is done", "Step 2 is done", "Step 3 is done"],
  );
});

test("a run made by a schedule", async () => {
  const payload = { timestamp: "2026-03-01T00:00:00.000Z" };

  await execute("daily-report-generation", { payload });

  assert.deepEqual(posted.at(-1)?.output, { day: "2026-02-28", rows: 0 });
});

test("a job's own retries, and its failure after the last one", async () => {
  const retryConfig = {
    maxAttempts: 2,
    minTimeoutInMs: 60_000,
    maxTimeoutInMs: 60_000,
    factor: 1,
  };
  const given = { jobwire: { job: "job_1", retryConfig } };

  const first = await execute("always-fails", { metadata: given });
  const delay = first.ok ? undefined : first.retry?.delay;
  assert.ok(delay !== undefined && delay >= 48_000 && delay <= 60_000, `${delay}`);
  assert.deepEqual(told(), ["RUN_STARTED"]);

  const last = await execute("always-fails", { number: 2, metadata: given });
  assert.ok(!last.ok && last.retry === undefined);
  assert.deepEqual(told(), ["RUN_STARTED", "RUN_STARTED", "RUN_FAILED"]);
  assert.equal(posted[2]?.error?.message, "This task always fails.");
  assert.match(posted[2].error.stackTrace ?? "", /^Error: This task always fails/);
});

test("a run without a job keeps the retries of the project", async () => {
  const result = await execute("always-fails");

  assert.ok(!result.ok && result.retry && result.retry.delay <= 4_000);
  assert.deepEqual(told(), ["RUN_STARTED"]);
});

test("a run that is canceled", async () => {
  const cancel = new AbortController();
  const running = execute("process-large-dataset", {
    payload: { seconds: 600, steps: 1 },
    signal: cancel.signal,
  });
  while (told().length === 0) await new Promise(setImmediate);

  cancel.abort("run cancelled");
  await hooks.callOnCancelHookListeners();
  await running;

  assert.deepEqual(told(), ["RUN_STARTED", "RUN_CANCELED"]);
  assert.equal(metadata.getKey("progress"), undefined);
});
