import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import type { JobPage } from "../src/job-list.ts";
import { LiveJob } from "../src/live-job.ts";
import { LiveJobs, type LiveJobsOptions } from "../src/live-jobs.ts";
import { RefusedError } from "../src/refused.ts";
import { type Job, jobOf, Script } from "./script.ts";

let script: Script;
/** What each read answers, in order. */
let answers: (JobPage<Job> | Error)[];
let asked: Parameters<LiveJobsOptions<Job>["read"]>[0][];

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  mock.method(Math, "random", () => 1);
  script = new Script();
  answers = [];
  asked = [];
});

afterEach(() => {
  mock.timers.reset();
  mock.restoreAll();
});

function page(asOf: string, ...jobs: Job[]): JobPage<Job> {
  const endCursor = jobs.at(-1)?.id ?? null;
  return { asOf, nodes: jobs, pageInfo: { hasNextPage: true, endCursor } };
}

function listOf(options: Partial<LiveJobsOptions<Job>> = {}): LiveJobs<Job> {
  return new LiveJobs<Job>({
    client: script,
    query: "subscription …",
    read: async (start) => {
      asked.push(start);
      const answer = answers.shift();
      if (answer === undefined) throw new Error("Nothing more to read.");
      if (answer instanceof Error) throw answer;
      return answer;
    },
    ...options,
  });
}

/** Let what was answered arrive. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

/** Let what was told be shown. */
function frame(): void {
  mock.timers.tick(16);
}

function shown(list: LiveJobs<Job>): string[] {
  return list.getSnapshot().jobs.map(({ id, version }) => `${id} ${version}`);
}

test("it reads, follows from there, and is live", async () => {
  answers = [page("c0", jobOf("job_2"))];
  const list = listOf({ variables: { filter: { tags: ["a"] } } });
  list.subscribe(() => {});
  assert.equal(list.getSnapshot().state, "loading");
  await settle();
  assert.deepEqual(script.asked, [{ filter: { tags: ["a"] }, after: "c0" }]);

  script.change("c1", "job_3", 1);
  script.caughtUp("c2");
  frame();

  assert.deepEqual(shown(list), ["job_3 1", "job_2 1"]);
  assert.equal(list.getSnapshot().state, "live");
  assert.deepEqual(asked, [{ first: 25, after: null, createdUntil: null }]);
});

test("a burst of changes is told once", async () => {
  answers = [page("c0")];
  const list = listOf();
  let told = 0;
  list.subscribe(() => {
    told += 1;
  });
  await settle();
  script.caughtUp("c1");
  told = 0;
  for (let version = 1; version <= 50; version += 1)
    script.change("c2", "job_1", version);
  assert.equal(told, 0);
  frame();

  assert.equal(told, 1);
  assert.deepEqual(shown(list), ["job_1 50"]);
});

test("a loss leaves what is shown, and says until when it was right", async () => {
  answers = [page("c0", jobOf("job_2"))];
  const list = listOf();
  list.subscribe(() => {});
  await settle();
  script.caughtUp("c1");
  mock.timers.tick(5000);
  const lostAt = Date.now();
  script.error(new Error("gone"));
  mock.timers.tick(100);

  const { state, liveUntil } = list.getSnapshot();
  assert.deepEqual([state, liveUntil], ["stale", lostAt]);
  mock.timers.tick(400);
  script.caughtUp("c2");
  assert.equal(list.getSnapshot().liveUntil, null);
  assert.equal(asked.length, 1);
});

test("a reset reads again, as many as are shown", async () => {
  const many = Array.from({ length: 40 }, (_, at) => jobOf(`job_${at + 10}`));
  answers = [page("c0", ...many), page("c8", jobOf("job_9"))];
  const list = listOf();
  list.subscribe(() => {});
  await settle();
  script.caughtUp("c1");
  script.reset("c7");
  await settle();

  assert.deepEqual(asked[1], { first: 40, after: null, createdUntil: null });
  assert.equal(script.asked[1]?.after, "c8");
  assert.deepEqual(shown(list), ["job_9 1"]);
});

test("a reset of what was just read is waited for", async () => {
  answers = [page("c0"), page("c1"), page("c2")];
  const list = listOf();
  list.subscribe(() => {});
  await settle();
  script.reset("c0");
  await settle();
  assert.equal(asked.length, 1);
  assert.equal(list.getSnapshot().error?.message, "The log began anew.");
  mock.timers.tick(500);
  await settle();
  script.reset("c1");
  mock.timers.tick(999);
  await settle();
  assert.equal(asked.length, 2);

  mock.timers.tick(1);
  await settle();
  assert.equal(asked.length, 3);
});

test("a read that fails is tried again", async () => {
  answers = [new Error("down"), page("c0", jobOf("job_1"))];
  const list = listOf();
  list.subscribe(() => {});
  await settle();
  const { state, error } = list.getSnapshot();
  assert.deepEqual([state, error?.message], ["loading", "down"]);

  mock.timers.tick(500);
  await settle();
  script.caughtUp("c1");

  assert.deepEqual(shown(list), ["job_1 1"]);
  assert.equal(list.getSnapshot().error, null);
});

for (const refusal of [
  new RefusedError("No.", "FORBIDDEN"),
  Object.assign(new Error("urql"), {
    graphQLErrors: [{ message: "No.", extensions: { code: "FORBIDDEN" } }],
  }),
  Object.assign(new Error("apollo"), {
    errors: [{ message: "No.", extensions: { code: "FORBIDDEN" } }],
  }),
]) {
  test(`a refusal waits for a restart: ${refusal.message}`, async () => {
    answers = [refusal, page("c0", jobOf("job_1"))];
    const list = listOf();
    list.subscribe(() => {});
    await settle();
    mock.timers.tick(60_000);
    const { state, error } = list.getSnapshot();
    assert.equal(state, "refused");
    assert.deepEqual(error, new RefusedError("No.", "FORBIDDEN"));

    list.restart();
    assert.equal(list.getSnapshot().state, "loading");
    await settle();
    assert.deepEqual(shown(list), ["job_1 1"]);
  });
}

test("a read that is refused for now says why, and is tried when it may be", async () => {
  const extensions = { code: "RATE_LIMITED", retryAfter: "PT40S" };
  const errors = [{ message: "One user may start 60 a minute.", extensions }];
  answers = [Object.assign(new Error("Refused."), { errors }), page("c0")];
  const list = listOf();
  list.subscribe(() => {});
  await settle();

  const { state, error } = list.getSnapshot();
  assert.deepEqual([state, error?.message], ["loading", errors[0]?.message]);
  mock.timers.tick(39_999);
  assert.equal(asked.length, 1);
  mock.timers.tick(1);
  assert.equal(asked.length, 2);
});

test("more is read behind the last page", async () => {
  answers = [page("c0", jobOf("job_3")), page("c5", jobOf("job_2"))];
  const list = listOf({ pageSize: 1 });
  list.subscribe(() => {});
  await settle();
  const loading = list.loadMore();
  assert.ok(list.getSnapshot().isLoadingMore);
  await loading;

  assert.deepEqual(asked[1], { first: 1, after: "job_3", createdUntil: null });
  assert.deepEqual(shown(list), ["job_3 1", "job_2 1"]);
  assert.ok(!list.getSnapshot().isLoadingMore);
});

test("more that cannot be read is told to who asked, and the list stays live", async () => {
  answers = [page("c0", jobOf("job_3")), new Error("down")];
  const list = listOf();
  list.subscribe(() => {});
  await settle();
  script.caughtUp("c1");

  await assert.rejects(list.loadMore(), /down/);

  const { state, isLoadingMore } = list.getSnapshot();
  assert.deepEqual([state, isLoadingMore], ["live", false]);
});

test("it follows while somebody watches, and comes back right", async () => {
  answers = [page("c0", jobOf("job_1")), page("c9", jobOf("job_1", 5))];
  const list = listOf();
  const leave = list.subscribe(() => {});
  const leaveToo = list.subscribe(() => {});
  await settle();
  leave();
  leave();
  assert.ok(script.isFollowed);
  leaveToo();
  assert.ok(!script.isFollowed);
  assert.equal(list.getSnapshot().state, "loading");

  list.subscribe(() => {});
  assert.deepEqual(shown(list), ["job_1 1"]);
  await settle();
  assert.deepEqual(shown(list), ["job_1 5"]);
});

test("a read that is late for a list that was left is not shown", async () => {
  answers = [page("c0", jobOf("job_1")), page("c1", jobOf("job_2"))];
  const list = listOf();
  list.subscribe(() => {})();
  list.subscribe(() => {});
  await settle();

  assert.deepEqual(shown(list), ["job_2 1"]);
  assert.equal(script.asked.length, 1);
});

test("a job is followed to its end", async () => {
  const versions: number[] = [];
  const job = new LiveJob<Job>({
    client: script,
    query: "subscription …",
    variables: { id: "job_1" },
    read: async () => ({ job: jobOf("job_1", 3), asOf: "c0" }),
    onChange: ({ event }) => versions.push(event.jobVersion),
  });
  job.subscribe(() => {});
  await settle();
  script.change("c1", "job_1", 4);
  script.caughtUp("c1");
  job.put(jobOf("job_1", 2));
  assert.equal(job.getSnapshot().job?.version, 4);

  script.change("c2", "job_1", 5);
  script.complete();

  const { job: last, state } = job.getSnapshot();
  assert.deepEqual([last?.version, state], [5, "ended"]);
  assert.deepEqual(versions, [4, 5]);

  job.restart();
  assert.equal(job.getSnapshot().state, "stale");
  await settle();
  assert.ok(script.isFollowed);
});

test("a job that does not exist is refused as such", async () => {
  const job = new LiveJob<Job>({ client: script, query: "…", read: async () => null });
  job.subscribe(() => {});
  await settle();

  const { state, error } = job.getSnapshot();
  assert.equal(state, "refused");
  assert.equal((error as RefusedError).code, "NOT_FOUND");
});
