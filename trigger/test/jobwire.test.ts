/** What jobwire.ts promises, with tasks made for it in the executor of Trigger.dev. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { afterEach, beforeEach, test } from "node:test";
import { type Context, task } from "@trigger.dev/sdk";
import { answer, posted, requests, SECRET, told } from "./receiver";
import { type Attempt, execute, hooks, metadata } from "./worker";

const { delivery, log, reportProgress } = await import("../jobwire");

const RETRY = { maxAttempts: 4, minTimeoutInMs: 1000, maxTimeoutInMs: 3000, factor: 2 };
const OWN_TIMES = { ...delivery };
const warnings: unknown[] = [];
console.warn = (text) => warnings.push(text);
console.debug = console.info = console.error = () => {};

beforeEach(() => {
  warnings.length = 0;
});
afterEach(() => {
  Object.assign(delivery, OWN_TIMES);
});

let tasksMade = 0;

/** Executes a task with this code. */
function run(code: (ctx: Context) => unknown, attempt?: Attempt) {
  tasksMade += 1;
  const { id } = task({
    id: `task-${tasksMade}`,
    run: async (_: unknown, { ctx }) => code(ctx),
  });
  return execute(id, attempt);
}

function fail(error: unknown = new Error("no")): never {
  throw error;
}

test("reports in quick succession are posted as the first and the last", async () => {
  await run(() => {
    for (let step = 1; step <= 100; step += 1) reportProgress(step / 100);
  });

  const reports = posted.filter((event) => event.type === "RUN_PROGRESS");
  assert.deepEqual(
    reports.map((event) => event.progress?.fraction),
    [0.01, 1],
  );
  assert.notEqual(reports[0]?.id, reports[1]?.id);
});

test("the last report comes before the end", async () => {
  await run(() => {
    reportProgress(0.5);
    reportProgress(0.9);
  });

  assert.deepEqual(
    posted.map((event) => event.progress?.fraction ?? event.type),
    ["RUN_STARTED", 0.5, 0.9, "RUN_COMPLETED"],
  );
});

test("a report is put into the metadata of the run, within its limits", async () => {
  let seen: unknown;
  await run(() => {
    reportProgress(7, "x".repeat(600));
    seen = metadata.getKey("progress");
  });

  const updatedAt = /"updatedAt":"([^"]+)"/.exec(JSON.stringify(seen))?.[1];
  assert.deepEqual(seen, { fraction: 1, message: "x".repeat(500), updatedAt });
  assert.equal(new Date(updatedAt ?? "").toISOString(), updatedAt);
});

test("a report that makes no sense does not harm the run", async () => {
  const { ok } = await run(() => {
    // @ts-expect-error JavaScript may pass anything.
    reportProgress(0.5, { length: 5 });
  });

  assert.equal(ok, true);
  assert.equal(warnings.length, 1);
});

test("lines are posted with the progress, in their order, before the end", async () => {
  await run(() => {
    log.info("first", { row: 7 });
    log.debug("second");
    reportProgress(0.5);
    log.warn("third");
  });

  assert.deepEqual(told(), [
    "RUN_STARTED",
    "RUN_PROGRESS",
    "RUN_PROGRESS",
    "RUN_COMPLETED",
  ]);
  const [first, ...others] = posted.flatMap((event) => event.logs ?? []);
  const at = first?.at;
  assert.equal(new Date(at ?? "").toISOString(), at);
  assert.deepEqual(first, { at, level: "INFO", message: "first", fields: { row: 7 } });
  assert.deepEqual(
    others.map(({ level, message }) => [level, message]),
    [
      ["DEBUG", "second"],
      ["WARN", "third"],
    ],
  );
  assert.equal(posted[2]?.progress?.fraction, 0.5);
  assert.deepEqual(warnings, ["third"]);
});

test("a flood of lines is bounded, and what was dropped is told", async () => {
  await run(() => {
    for (let n = 0; n < 2_000; n += 1) log.info(`${n}`);
  });

  const logs = posted.flatMap((event) => (event.logs ? [event.logs] : []));
  assert.ok(logs.every((lines) => lines.length <= 101));
  const [first, second, ...others] = logs.flat();
  assert.equal(first?.message, "0");
  assert.equal(second?.level, "WARN");
  assert.equal(second.dropped, 999);
  assert.deepEqual(
    others.map((line) => line.message),
    Array.from({ length: 1_000 }, (_, n) => `${n + 1_000}`),
  );
});

test("fields are what JSON can hold, and never harm the run", async () => {
  const loop: Record<string, unknown> = {};
  loop.loop = loop;
  await run(() => {
    log.error("x".repeat(5_000), { big: 1n, error: new Error("no") });
    log.info("long", { text: "x".repeat(9_000) });
    log.info("loop", { loop });
    // @ts-expect-error JavaScript may pass anything.
    log.info(undefined, new Error("no"));
  });

  const lines = posted.flatMap((event) => event.logs ?? []);
  assert.equal(lines[0]?.message.length, 4_000);
  assert.equal(lines[0].fields?.big, "1");
  assert.match(String(lines[0].fields.error), /^Error: no\n {4}at /);
  assert.deepEqual(lines[1]?.fields, {
    "…": "Fields of 9011 characters were left out.",
  });
  assert.match(String(lines[2]?.fields?.["…"]), /^Fields were left out: TypeError/);
  assert.equal(lines[3]?.message, "undefined");
  assert.match(String(lines[3].fields?.value), /^Error: no/);
});

test("outside a run a line goes to the console, and a report nowhere", () => {
  log.warn("here");
  reportProgress(0.5);

  assert.deepEqual([posted, warnings], [[], ["here"]]);
});

test("an end waits no longer than flushMs for what cannot be posted", async () => {
  const { ok } = await run(() => {
    Object.assign(delivery, { timeoutMs: 300, pausesMs: [], flushMs: 500 });
    answer.isGiven = false;
    for (let n = 0; n < 1_000; n += 1) log.info(`${n}`);
  });

  assert.equal(ok, true);
  const untried = warnings.filter((text) => /no time left$/.test(String(text)));
  assert.ok(untried.length >= 7, warnings.join("\n"));
});

test("a canceled run is told only when its code has ended", async () => {
  const cancel = new AbortController();
  let finish: (() => void) | undefined;
  const running = run(() => new Promise<void>((resolve) => (finish = resolve)), {
    signal: cancel.signal,
  });
  while (finish === undefined) await new Promise(setImmediate);
  cancel.abort("run cancelled");
  const canceled = hooks.callOnCancelHookListeners();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(told(), ["RUN_STARTED"]);

  finish();
  await Promise.all([canceled, running]);

  assert.deepEqual(told(), ["RUN_STARTED", "RUN_CANCELED"]);
});

test("code that does not end is waited for no longer than settleMs", async () => {
  delivery.settleMs = 1;
  const cancel = new AbortController();
  let isRunning = false;
  void run(
    () => {
      isRunning = true;
      return new Promise(() => {});
    },
    { signal: cancel.signal },
  );
  while (!isRunning) await new Promise(setImmediate);

  cancel.abort("run cancelled");
  await hooks.callOnCancelHookListeners();

  assert.deepEqual(told(), ["RUN_STARTED", "RUN_CANCELED"]);
});

for (const [name, output] of [
  ["that JSON cannot hold", { big: 1n }],
  ["that is not there", undefined],
]) {
  test(`an output ${name} is left out`, async () => {
    await run(() => output);

    assert.deepEqual(told(), ["RUN_STARTED", "RUN_COMPLETED"]);
    assert.ok(!("output" in (posted[1] ?? {})));
  });
}

test("an output that is too long is left out", async () => {
  const output = "x".repeat(256 * 1024);
  const { signal } = new AbortController();

  // Not as a result: before its hooks a worker uploads one that is so long.
  await run(async (ctx) => {
    for (const { fn } of hooks.getGlobalSuccessHooks()) {
      await fn({ ctx, payload: {}, task: ctx.task.id, output, signal });
    }
  });

  assert.equal(posted[1]?.type, "RUN_COMPLETED");
  assert.ok(!("output" in posted[1]));
});

test("whatever was thrown has a name and a message", async () => {
  for (const error of ["text", { code: 7 }, 7n]) {
    await run(() => fail(error), { number: 9 });
  }

  assert.deepEqual(
    posted.flatMap((event) => event.error ?? []),
    [
      { name: "Error", message: "text" },
      { name: "Error", message: '{"code":7}' },
      { name: "Error", message: "7" },
    ],
  );
});

for (const [name, secret, key] of [
  ["text", SECRET, Buffer.from(SECRET)],
  ["a key in base64", "whsec_c2VjcmV0", Buffer.from("secret")],
  ["the first of several", `${SECRET}, older`, Buffer.from(SECRET)],
] as const) {
  test(`events are signed as Standard Webhooks are, by ${name}`, async () => {
    process.env.TRIGGER_WEBHOOK_SECRET = secret;

    await run(() => undefined);

    for (const { headers, body } of requests) {
      const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
      const signature = createHmac("sha256", key).update(signed).digest("base64");
      assert.equal(headers["webhook-signature"], `v1,${signature}`);
    }
    assert.equal(requests.length, 2);
  });
}

for (const [status, tries] of [
  [500, 3],
  [429, 3],
  [400, 1],
  [307, 1],
] as const) {
  test(`after an answer with ${status} there are ${tries} tries in all`, async () => {
    delivery.pausesMs = [1, 1];
    answer.status = status;

    const { ok } = await run(() => undefined);

    assert.equal(ok, true);
    assert.equal(posted.filter(({ type }) => type === "RUN_STARTED").length, tries);
    assert.match(String(warnings[0]), new RegExp(`the answer was ${status}$`));
  });
}

test("without an address nothing is posted, after one warning", async () => {
  delete process.env.JOBWIRE_WEBHOOK_URL;

  await run(() => undefined);
  await run(() => undefined);

  assert.deepEqual(posted, []);
  assert.deepEqual(warnings, [
    "[jobwire] no events are posted: JOBWIRE_WEBHOOK_URL is not set",
  ]);
});

test("a context that is not as expected does not fail the attempt", async () => {
  const { ok } = await run((ctx) => {
    // @ts-expect-error It is what a later Trigger.dev might do.
    delete ctx.run.startedAt;
  });

  assert.equal(ok, true);
  assert.equal(warnings.length, 1);
});

test("the job's retries decide when the next attempt comes", async () => {
  const given = { jobwire: { job: "job_1", retryConfig: RETRY } };
  for (const [number, least, most] of [
    [1, 800, 1200],
    [2, 1600, 2400],
    [3, 3000, 3000],
  ] as const) {
    const result = await run(() => fail(), { number, metadata: given });
    const delay = result.ok ? undefined : result.retry?.delay;
    assert.ok(delay !== undefined && delay >= least && delay <= most, `${delay}`);
  }
  const last = await run(() => fail(), { number: 4, metadata: given });
  assert.ok(!last.ok && last.retry === undefined);
});

test("a canceled run is not tried again", async () => {
  const cancel = new AbortController();
  const result = await run(
    () => {
      cancel.abort("run cancelled");
      fail();
    },
    { signal: cancel.signal, metadata: { jobwire: { retryConfig: RETRY } } },
  );

  assert.ok(!result.ok && result.retry === undefined);
  assert.deepEqual(told(), ["RUN_STARTED"]);
});

test("runs of other people keep the retries of the project", async () => {
  for (const given of [{}, { jobwire: null }, { jobwire: { retryConfig: {} } }]) {
    const result = await run(() => fail(), { metadata: given });
    assert.ok(!result.ok && result.retry && result.retry.delay >= 1_000);
  }
});
