// Talks to the emulator as an application does, and prints what it got as JSON.
// TRIGGER_API_URL and TRIGGER_SECRET_KEY say where it is.
import { auth, idempotencyKeys, runs, tasks } from "@trigger.dev/sdk";

const refusal = async (call) => {
  try {
    await call();
    return null;
  } catch (error) {
    return { name: error.constructor.name, status: error.status, message: error.message };
  }
};
const until = async (id, is) => {
  for (;;) {
    const run = await runs.retrieve(id);
    if (is(run)) return run;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

const heard = {};

const first = await tasks.trigger("my-task", { name: "ann", at: new Date(0) }, { tags: ["a"] });
heard.polled = await runs.poll(first.id, { pollIntervalMs: 100 });

const failing = await tasks.trigger("always-fails", undefined, { maxAttempts: 1, tags: "a" });
heard.failed = await runs.poll(failing.id, { pollIntervalMs: 100 });

const long = await tasks.trigger("process-large-dataset", { seconds: 60 }, { tags: ["a", "b"] });
heard.executing = await until(long.id, (run) => run.metadata?.progress !== undefined);
heard.cancelAnswer = await runs.cancel(long.id);
heard.canceled = await until(long.id, (run) => run.finishedAt !== undefined);

const delayed = await tasks.trigger("my-task", "text", { delay: "1h", ttl: 3600, metadata: { k: 1 } });
heard.delayed = await runs.retrieve(delayed.id);

const key = await idempotencyKeys.create("order-1", { scope: "global" });
const keyed = await tasks.trigger("my-task", 1, { idempotencyKey: key, idempotencyKeyTTL: "1h" });
const again = await tasks.trigger("my-task", 2, { idempotencyKey: key });
heard.keyed = { id: keyed.id, isCached: keyed.isCached };
heard.again = { id: again.id, isCached: again.isCached };
heard.keyedRun = await runs.retrieve(keyed.id);

// Runs are listed a second late.
await new Promise((resolve) => setTimeout(resolve, 1100));
heard.pages = [];
let page = await runs.list({ limit: 2 });
for (;;) {
  heard.pages.push(page.data.map((run) => run.id));
  if (!page.hasNextPage()) break;
  page = await page.getNextPage();
}
heard.iterated = [];
for await (const run of runs.list({ limit: 2, tag: "a", status: ["CANCELED", "FAILED"] })) {
  heard.iterated.push(run.id);
}

heard.tooManyTags = await refusal(() =>
  tasks.trigger("my-task", 1, { tags: Array.from({ length: 11 }, (_, n) => `t${n}`) }),
);
heard.cancelUnknown = await refusal(() => runs.cancel("run_doesnotexist"));
heard.badList = await refusal(() => runs.list({ limit: 1000 }));

const token = await auth.createPublicToken({ scopes: { read: { runs: [first.id] } } });
heard.byToken = await auth.withAuth({ accessToken: token }, async () => ({
  own: (await runs.retrieve(first.id)).id,
  other: await refusal(() => runs.retrieve(failing.id)),
}));
heard.byHandle = await auth.withAuth({ accessToken: first.publicAccessToken }, async () =>
  (await runs.retrieve(first.id)).id,
);

heard.ids = { first, failing, long, delayed, keyed };
console.log(JSON.stringify(heard));
