import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import type { GraphQLError } from "../src/client.ts";
import type { RefusedError } from "../src/refused.ts";
import { JobStream, type StreamOptions } from "../src/stream.ts";
import { type Job, Script } from "./script.ts";

let script: Script;
let told: string[];

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  mock.method(Math, "random", () => 1);
  script = new Script();
  told = [];
});

afterEach(() => {
  mock.timers.reset();
  mock.restoreAll();
});

function follow(options: Partial<StreamOptions<Job>> = {}): JobStream<Job> {
  return new JobStream<Job>({
    client: script,
    query: "subscription …",
    variables: { filter: { tags: ["a"] } },
    after: "c0",
    onChange: ({ job }) => told.push(`${job.id} ${job.version}`),
    onState: (state) => told.push(state),
    onReset: (reason) => told.push(`reset: ${reason}`),
    onRefused: (error: RefusedError) =>
      told.push(`refused: ${error.message} ${error.code}`),
    onEnd: () => told.push("end"),
    ...options,
  });
}

function refusal(code: string): GraphQLError[] {
  return [{ message: "No.", extensions: { code } }];
}

test("it begins at the cursor of the read and tells each change", () => {
  follow();
  script.change("c1", "job_1", 2);
  script.caughtUp("c2");
  script.change("c3", "job_1", 3);

  assert.deepEqual(script.asked, [{ filter: { tags: ["a"] }, after: "c0" }]);
  assert.deepEqual(told, ["connecting", "job_1 2", "live", "job_1 3"]);
});

test("a lost connection goes on behind the last message", () => {
  follow();
  script.caughtUp("c1");
  script.change("c2", "job_1", 2);
  script.error(new Error("gone"));
  assert.equal(told.at(-1), "waiting");

  mock.timers.tick(500);

  assert.equal(script.asked[1]?.after, "c2");
  script.caughtUp("c3");
  assert.deepEqual(told.slice(-3), ["waiting", "connecting", "live"]);
});

test("a client that connects again by itself is told the cursor as it is by then", () => {
  let sent: Record<string, unknown> | undefined;
  const subscribe = script.subscribe.bind(script);
  script.subscribe = (operation, sink) => {
    sent = operation.variables;
    return subscribe(operation, sink);
  };
  follow();
  script.change("c7", "job_1", 2);

  assert.equal(sent?.after, "c7");
});

test("each loss in a row is waited for longer, up to half a minute", () => {
  follow();
  const waits = [];
  for (let loss = 0; loss < 8; loss += 1) {
    script.error(new Error("gone"));
    const before = Date.now();
    while (!script.isFollowed) mock.timers.tick(100);
    waits.push(Date.now() - before);
  }

  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
});

test("a connection that held makes the next loss a first one", () => {
  follow();
  for (let loss = 0; loss < 3; loss += 1) {
    script.error(new Error("gone"));
    mock.timers.tick(30_000);
  }
  script.caughtUp("c1");
  mock.timers.tick(10_000);
  script.error(new Error("gone"));
  mock.timers.tick(500);

  assert.ok(script.isFollowed);
});

test("a connection that is lost as soon as it is live is not tried again in a loop", () => {
  follow();
  for (let loss = 0; loss < 3; loss += 1) {
    script.caughtUp("c1");
    script.error(new Error("gone"));
    mock.timers.tick(500 * 2 ** loss);
  }
  script.caughtUp("c1");
  script.error(new Error("gone"));
  mock.timers.tick(3999);
  assert.ok(!script.isFollowed);

  mock.timers.tick(1);
  assert.ok(script.isFollowed);
});

test("a server that ends says when to come back", () => {
  follow();
  script.closing("c4", "PT2.5S");
  assert.ok(!script.isFollowed);

  mock.timers.tick(2499);
  assert.equal(script.asked.length, 1);
  mock.timers.tick(1);

  assert.equal(script.asked[1]?.after, "c4");
});

test("a page that is back does not wait", () => {
  const stream = follow();
  script.error(new Error("gone"));
  stream.retry();
  assert.ok(script.isFollowed);

  stream.retry();
  mock.timers.tick(60_000);
  assert.equal(script.asked.length, 2);
});

test("a reset stops it and asks to read again", () => {
  follow();
  script.reset("c9");

  assert.ok(!script.isFollowed);
  assert.equal(told.at(-1), "reset: The log began anew.");
});

test("a cursor that is not taken is a reset", () => {
  follow();
  script.result({ data: null, errors: refusal("INVALID_CURSOR") });

  assert.equal(told.at(-1), "reset: No.");
});

for (const [name, refuse] of [
  ["in a result", () => script.result({ errors: refusal("FORBIDDEN") })],
  ["by an error of the operation", () => script.error(refusal("FORBIDDEN"))],
] as const) {
  test(`a refusal ${name} stops it`, () => {
    follow();
    refuse();
    mock.timers.tick(60_000);

    assert.equal(told.at(-1), "refused: No. FORBIDDEN");
    assert.equal(script.asked.length, 1);
  });
}

test("a document that selects too little is told what is missing", () => {
  follow();
  script.result({ data: { updates: { __typename: "JobChange", cursor: "c" } } });

  assert.match(told.at(-1) ?? "", /must select leftFilter of JobChange/);
  assert.ok(!script.isFollowed);
});

test("a server that is in trouble is tried again", () => {
  follow();
  script.result({ errors: refusal("UNAVAILABLE") });

  assert.equal(told.at(-1), "waiting");
});

test("a refusal that says when to ask again is tried again then, and no earlier", () => {
  follow();
  const extensions = { code: "RATE_LIMITED", retryAfter: "PT1M20S" };
  script.error([{ message: "Too many.", extensions }]);
  assert.equal(told.at(-1), "waiting");

  mock.timers.tick(79_999);
  assert.equal(script.asked.length, 1);
  mock.timers.tick(1);

  assert.equal(script.asked.length, 2);
});

for (const error of [
  { code: 4403, reason: "The token has expired." },
  { response: { status: 401 } },
  refusal("UNAUTHENTICATED"),
]) {
  test(`a token that ended is asked for once more: ${JSON.stringify(error)}`, () => {
    follow();
    script.caughtUp("c1");
    script.error(error);
    mock.timers.tick(500);
    assert.ok(script.isFollowed);

    script.error(error);
    assert.match(told.at(-1) ?? "", /^refused: .* UNAUTHENTICATED$/);
  });
}

test("a token that was renewed may end again", () => {
  follow();
  for (const cursor of ["c1", "c2", "c3"]) {
    script.caughtUp(cursor);
    script.error({ code: 4403, reason: "" });
    mock.timers.tick(30_000);
  }

  assert.ok(script.isFollowed);
});

test("a stream that is complete ends", () => {
  follow();
  script.change("c1", "job_1", 9);
  script.complete();

  assert.equal(told.at(-1), "end");
});

test("once it is stopped it tells nothing more", () => {
  let late: (() => void) | undefined;
  script.subscribe = (_, sink) => {
    late = () => sink.complete();
    return () => {};
  };
  const stream = follow();
  stream.stop();
  late?.();
  mock.timers.tick(60_000);

  assert.deepEqual(told, ["connecting"]);
});

test("an operation that is refused before it was begun is left all the same", () => {
  let left = 0;
  script.subscribe = (_, sink) => {
    sink.error(refusal("FORBIDDEN"));
    return () => {
      left += 1;
    };
  };
  follow();

  assert.equal(left, 1);
});
