import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { JobList, type JobPage } from "../src/job-list.ts";
import { changeOf, type Job, jobOf } from "./script.ts";

let list: JobList<Job>;

beforeEach(() => {
  list = new JobList<Job>(5);
});

function page(jobs: readonly Job[], hasNextPage = true): JobPage<Job> {
  const endCursor = jobs.at(-1)?.id ?? null;
  return { asOf: "c0", nodes: jobs, pageInfo: { hasNextPage, endCursor } };
}

function shown(): string[] {
  return list.jobs.map(({ id, version }) => `${id} ${version}`);
}

test("the newest job comes first, whatever came first", () => {
  list.reset(page([jobOf("job_3"), jobOf("job_2")]));
  list.apply(changeOf("job_4", 1));

  assert.deepEqual(shown(), ["job_4 1", "job_3 1", "job_2 1"]);
});

test("a version that is known is not replaced by an older one", () => {
  list.reset(page([jobOf("job_3", 7)]));
  list.apply(changeOf("job_3", 6));

  assert.deepEqual(shown(), ["job_3 7"]);
});

test("a job that is older than what was read waits for its page", () => {
  list.reset(page([jobOf("job_3")]));
  list.apply(changeOf("job_1", 2));
  assert.deepEqual(shown(), ["job_3 1"]);

  list.reset(page([jobOf("job_3")], false));
  list.apply(changeOf("job_1", 2));
  assert.deepEqual(shown(), ["job_3 1", "job_1 2"]);
});

test("a job that left comes back with something newer alone", () => {
  list.reset(page([jobOf("job_3")]));
  list.apply(changeOf("job_3", 4, true));
  list.put(jobOf("job_3", 3), true);
  assert.deepEqual(shown(), []);

  list.apply(changeOf("job_3", 5));
  assert.deepEqual(shown(), ["job_3 5"]);
});

test("the oldest job that was read comes back to its place", () => {
  list.reset(page([jobOf("job_5"), jobOf("job_3")]));
  list.apply(changeOf("job_3", 4, true));
  list.apply(changeOf("job_3", 5));
  list.apply(changeOf("job_2", 1));

  assert.deepEqual(shown(), ["job_5 1", "job_3 5"]);
});

test("a page is added as its jobs are by the time it has come", async () => {
  list.reset(page([jobOf("job_5")]));
  const { promise, resolve } = promised<JobPage<Job>>();
  const extended = list.extend(promise);
  list.apply(changeOf("job_3", 2));
  list.apply(changeOf("job_2", 2, true));
  resolve(page(["job_3", "job_2", "job_1"].map((id) => jobOf(id))));

  assert.equal(await extended, true);
  assert.deepEqual(shown(), ["job_5 1", "job_3 2", "job_1 1"]);
});

test("a page of before a new beginning is not added", async () => {
  list.reset(page([jobOf("job_5")]));
  const { promise, resolve } = promised<JobPage<Job>>();
  const extended = list.extend(promise);
  list.reset(page([jobOf("job_6")]));
  resolve(page([jobOf("job_4")]));

  assert.equal(await extended, false);
  assert.deepEqual(shown(), ["job_6 1"]);
});

test("a page that could not be read changes nothing", async () => {
  list.reset(page([jobOf("job_5")]));

  await assert.rejects(list.extend(Promise.reject(new Error("no"))), /no/);

  assert.deepEqual(list.nextPage, { after: "job_5", createdUntil: null });
});

test("the next page begins behind the last one", () => {
  list.reset(page([jobOf("job_5"), jobOf("job_4")]));

  assert.deepEqual(list.nextPage, { after: "job_4", createdUntil: null });
});

test("beyond its capacity the oldest go, and are read again by time", () => {
  list.reset(page([jobOf("job_3"), jobOf("job_2")], false));
  for (const id of ["job_4", "job_5", "job_6", "job_7"]) list.apply(changeOf(id, 1));

  assert.deepEqual(shown().at(-1), "job_3 1");
  assert.ok(list.hasMore);
  const createdUntil = "2026-01-15T12:00:00.001Z";
  assert.deepEqual(list.nextPage, { after: null, createdUntil });
});

test("what was asked for is kept beyond the capacity", async () => {
  list.reset(page(["job_9", "job_8", "job_7", "job_6"].map((id) => jobOf(id))));
  await list.extend(
    Promise.resolve(page(["job_5", "job_4", "job_3"].map((id) => jobOf(id)))),
  );
  list.apply(changeOf("job_9a", 1));

  assert.equal(list.jobs.length, 7);
  assert.equal(list.jobs.at(-1)?.id, "job_4");
});

test("departures are forgotten in time: the list does not grow by them", () => {
  list.reset(page([]));
  for (let at = 0; at < 1001; at += 1) list.apply(changeOf(`job_${at}`, 4, true));
  list.put(jobOf("job_1", 4), true);
  assert.deepEqual(shown(), []);

  list.put(jobOf("job_0", 4), true);
  assert.deepEqual(shown(), ["job_0 4"]);
});

test("an own write is shown at once, and takes away what does not belong", () => {
  list.reset(page([jobOf("job_3", 2)]));
  list.put(jobOf("job_3", 3), true);
  list.put(jobOf("job_4", 1), true);
  assert.deepEqual(shown(), ["job_4 1", "job_3 3"]);

  list.put(jobOf("job_4", 1), false);
  list.put(jobOf("job_3", 4), false);
  assert.deepEqual(shown(), ["job_4 1"]);
});

test("the array stays the same while nothing changes", () => {
  list.reset(page([jobOf("job_3", 2)]));
  const before = list.jobs;
  list.apply(changeOf("job_3", 2));

  assert.equal(list.jobs, before);
});

function promised<Value>() {
  let resolve!: (value: Value) => void;
  const promise = new Promise<Value>((give) => {
    resolve = give;
  });
  return { promise, resolve };
}
