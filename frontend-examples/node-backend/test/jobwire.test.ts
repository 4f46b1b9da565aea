import assert from "node:assert/strict";
import { test } from "node:test";
import {
  cancelJob,
  createViewerToken,
  Jobwire,
  JobwireError,
  NotAllowedError,
  RefusedError,
  scheduleUnifiedCronJob,
  scheduleUnifiedJob,
  UnavailableError,
} from "../src/jobwire/index.ts";
import { api, hangs, loses, says } from "./api.ts";

const JOB = { id: "job_1", version: 1, status: "QUEUED" };
const INPUT = { tag: "dataset-123", type: "process-large-dataset" };

const accepts = says({
  data: { scheduleJob: { created: true, job: JOB, errors: [] } },
});

function refuses(error: object) {
  return says({
    data: { scheduleJob: { created: false, job: null, errors: [error] } },
  });
}

test("a job is scheduled with the words of the first system", async (t) => {
  const { url, asked } = await api(t, accepts);
  const at = new Date("2026-11-27T00:00:00Z");

  const job = await scheduleUnifiedJob(new Jobwire({ url, token: "jwk_1" }), {
    ...INPUT,
    userId: 0,
    executor: "trigger",
    triggerTaskId: "process-large-dataset",
    data: { rows: 7 },
    retryConfig: { maxAttempts: 5 },
    when: { at },
    idempotencyKey: "order-7",
  });

  assert.deepEqual(job, { ...JOB, created: true });
  assert.equal(asked[0]?.authorization, "Bearer jwk_1");
  assert.deepEqual(asked[0]?.variables.input, {
    ...INPUT,
    userId: 0,
    executor: "TRIGGER",
    triggerTaskId: "process-large-dataset",
    data: { rows: 7 },
    retryConfig: { maxAttempts: 5 },
    when: { at: "2026-11-27T00:00:00.000Z" },
    idempotencyKey: "order-7",
  });
});

test("a browser gets a token of one job, for its route to hand out", async (t) => {
  const made = { token: "e.y.J", expiresAt: "2026-11-27T00:05:00.000Z" };
  const payload = { createViewerToken: { ...made, errors: [] } };
  const { url, asked } = await api(t, says({ data: payload }));
  const input = { jobId: "job_1", ttl: "PT5M" };

  const token = await createViewerToken(new Jobwire({ url }), input);

  assert.deepEqual(token, made);
  assert.deepEqual(asked[0]?.variables.input, input);
});

test("a call whose answer is lost is sent again with the same key", async (t) => {
  const { url, asked } = await api(t, loses, loses, accepts);

  const job = await scheduleUnifiedJob(new Jobwire({ url }), INPUT);

  const keys = asked.map(({ variables }) => variables.input.idempotencyKey);
  assert.equal(job.id, "job_1");
  assert.equal(keys.length, 3);
  assert.equal(new Set(keys).size, 1);
  assert.match(String(keys[0]), /^[0-9a-f-]{36}$/);
});

test("each call has a key of its own", async (t) => {
  const { url, asked } = await api(t, accepts, accepts);
  const jobwire = new Jobwire({ url });

  await scheduleUnifiedJob(jobwire, INPUT);
  await scheduleUnifiedJob(jobwire, INPUT);

  const keys = asked.map(({ variables }) => variables.input.idempotencyKey);
  assert.equal(new Set(keys).size, 2);
});

test("each attempt asks for a fresh token", async (t) => {
  const { url, asked } = await api(t, loses, accepts);
  let number = 0;
  const token = async () => {
    number += 1;
    return `token-${number}`;
  };

  await scheduleUnifiedJob(new Jobwire({ url, token }), INPUT);

  assert.deepEqual(
    asked.map(({ authorization }) => authorization),
    ["Bearer token-1", "Bearer token-2"],
  );
});

test("a token that cannot be had is not taken for an outage", async (t) => {
  const { url, asked } = await api(t);
  const token = () => {
    throw new Error("The vault is closed.");
  };

  const call = scheduleUnifiedJob(new Jobwire({ url, token }), INPUT);

  await assert.rejects(call, { message: "The vault is closed." });
  assert.equal(asked.length, 0);
});

for (const [what, away] of [
  [
    "a server that is starting",
    says({ errors: [{ message: "Soon.", extensions: { code: "UNAVAILABLE" } }] }, 503),
  ],
  ["a proxy without a server", says("Bad gateway", 502)],
  ["a limit of requests", says({ errors: [{ message: "Too many." }] }, 429)],
  ["a server that hangs", hangs],
] as const) {
  test(`${what} is asked again`, async (t) => {
    const { url, asked } = await api(t, away, accepts);

    const job = await scheduleUnifiedJob(new Jobwire({ url, timeout: 300 }), INPUT);

    assert.equal(job.id, "job_1");
    assert.equal(asked.length, 2);
  });
}

test("it waits for as long as the server asks", async (t) => {
  const { url } = await api(t, says("", 503, { "Retry-After": "1" }), accepts);
  const begun = performance.now();

  await scheduleUnifiedJob(new Jobwire({ url }), INPUT);

  assert.ok(performance.now() - begun >= 990);
});

test("a call that nobody answers ends as unavailable", async (t) => {
  const { url, asked } = await api(t, loses, loses);

  const call = scheduleUnifiedJob(new Jobwire({ url, retries: 1 }), INPUT);

  await assert.rejects(call, (error) => {
    assert.ok(error instanceof UnavailableError);
    assert.equal(error.code, "UNAVAILABLE");
    assert.ok(error.cause instanceof Error);
    return true;
  });
  assert.equal(asked.length, 2);
});

test("a refusal is thrown with its type, and not tried again", async (t) => {
  const { url, asked } = await api(
    t,
    refuses({
      __typename: "IdempotencyConflictError",
      message: "The key stands for another input.",
      code: "IDEMPOTENCY_CONFLICT",
      path: ["input", "idempotencyKey"],
      differingFields: ["data"],
      existingJob: { id: "job_0", status: "RUNNING" },
    }),
  );

  const call = scheduleUnifiedJob(new Jobwire({ url }), INPUT);

  await assert.rejects(call, (error) => {
    assert.ok(error instanceof RefusedError);
    assert.equal(error.message, "The key stands for another input.");
    assert.equal(error.code, "IDEMPOTENCY_CONFLICT");
    assert.deepEqual(error.path, ["input", "idempotencyKey"]);
    assert.ok(error.refusal.__typename === "IdempotencyConflictError");
    assert.equal(error.refusal.existingJob?.id, "job_0");
    return true;
  });
  assert.equal(asked.length, 1);
});

test("a scope that is missing is named", async (t) => {
  const { url } = await api(
    t,
    refuses({
      __typename: "ForbiddenError",
      message: "This needs jobs:write.",
      code: "FORBIDDEN",
      path: null,
      requiredScope: "JOBS_WRITE",
    }),
  );

  const call = scheduleUnifiedJob(new Jobwire({ url }), INPUT);

  await assert.rejects(call, (error) => {
    assert.ok(error instanceof NotAllowedError);
    assert.equal(error.requiredScope, "JOBS_WRITE");
    return true;
  });
});

test("a token that is refused is not tried again", async (t) => {
  const body = {
    errors: [{ message: "It has ended.", extensions: { code: "UNAUTHENTICATED" } }],
  };
  const { url, asked } = await api(t, says(body, 401));

  const call = scheduleUnifiedJob(new Jobwire({ url, token: "old" }), INPUT);

  await assert.rejects(call, (error) => {
    assert.ok(error instanceof NotAllowedError);
    assert.equal(error.code, "UNAUTHENTICATED");
    return true;
  });
  assert.equal(asked.length, 1);
});

test("any other error has its code", async (t) => {
  const extensions = { code: "INTERNAL_ERROR" };
  const { url } = await api(t, says({ errors: [{ message: "Oh.", extensions }] }));

  const call = scheduleUnifiedJob(new Jobwire({ url }), INPUT);

  await assert.rejects(call, { name: "JobwireError", code: "INTERNAL_ERROR" });
});

test("an address where no Jobwire is, is named", async (t) => {
  const { url } = await api(t, says("Not found", 404));

  const call = scheduleUnifiedJob(new Jobwire({ url }), INPUT);

  await assert.rejects(call, (error) => {
    assert.ok(error instanceof JobwireError);
    assert.ok(error.message.startsWith(`${url} answered 404`));
    return true;
  });
});

test("a cron is scheduled by its key", async (t) => {
  const schedule = { id: "sch_1", key: "nightly", nextRunTimes: [] };
  const payload = { created: false, schedule, errors: [] };
  const { url, asked } = await api(t, says({ data: { scheduleCronJob: payload } }));

  const made = await scheduleUnifiedCronJob(new Jobwire({ url }), {
    ...INPUT,
    key: "nightly",
    executor: "internal",
    cron: "0 0 * * *",
  });

  assert.deepEqual(made, { ...schedule, created: false });
  assert.deepEqual(asked[0]?.variables.input, {
    ...INPUT,
    key: "nightly",
    executor: "INTERNAL",
    cron: "0 0 * * *",
  });
});

test("a job is canceled by its id", async (t) => {
  const payload = { alreadySettled: false, job: JOB, errors: [] };
  const { url, asked } = await api(t, says({ data: { cancelJob: payload } }));

  const job = await cancelJob(new Jobwire({ url }), "job_1", { mode: "FORCE" });

  assert.deepEqual(job, { ...JOB, alreadySettled: false });
  assert.deepEqual(asked[0]?.variables.input, { id: "job_1", mode: "FORCE" });
});

test("an unknown job is refused by a NotFoundError", async (t) => {
  const refusal = {
    __typename: "NotFoundError",
    message: "There is no job job_9.",
    code: "NOT_FOUND",
    path: ["input", "id"],
  };
  const payload = { alreadySettled: false, job: null, errors: [refusal] };
  const { url } = await api(t, says({ data: { cancelJob: payload } }));

  const call = cancelJob(new Jobwire({ url }), "job_9");

  await assert.rejects(call, { name: "RefusedError", code: "NOT_FOUND" });
});
