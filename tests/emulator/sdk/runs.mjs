// Does with runs whatever the SDK can, and prints what it got as JSON.
// TRIGGER_API_URL and TRIGGER_SECRET_KEY say where the emulator is.
import { auth, idempotencyKeys, runs, tasks } from "@trigger.dev/sdk";

const refusal = async (call) => {
  try {
    await call();
    return null;
  } catch (error) {
    return { name: error.constructor.name, status: error.status, message: error.message };
  }
};

const heard = {};
const options = { delay: "1h", tags: ["a"], metadata: { k: 1 }, queue: "mail" };
const delayed = await tasks.trigger("my-task", { name: "ann" }, options);
const other = await tasks.trigger("my-task", "text", { delay: "1h", tags: ["a", "b"] });
const done = await tasks.trigger("my-task", { name: "bob" }, { tags: ["b"] });
heard.ids = { delayed: delayed.id, other: other.id, done: done.id };

heard.rescheduled = await runs.reschedule(delayed.id, { delay: "2h" });
heard.rescheduledToDate = await runs.reschedule(delayed.id, { delay: new Date("2040-01-01") });
heard.rescheduleRefused = await refusal(() => runs.reschedule(done.id, { delay: "2h" }));

const replayed = await runs.replay(delayed.id);
heard.replayed = await runs.retrieve(replayed.id);
const changed = await runs.replay(delayed.id, {
  payload: { name: "eve" },
  tags: ["x"],
  delay: "5m",
});
heard.changed = await runs.retrieve(changed.id);
heard.polled = await runs.poll(done.id, { pollIntervalMs: 50 });

const listed = async (query) => {
  const found = [];
  for await (const run of runs.list(query)) found.push(run.id);
  return found;
};
heard.all = await listed({ limit: 2 });
heard.filtered = {
  status: await listed({ status: ["DELAYED"], tag: "x" }),
  tag: await listed({ tag: ["x"] }),
  task: await listed({ taskIdentifier: "no-such" }),
  queue: await listed({ queue: { type: "custom", name: "mail" }, status: "DELAYED" }),
  isTest: await listed({ isTest: true }),
  from: await listed({ from: new Date(Date.now() + 60_000) }),
  to: await listed({ to: new Date(0) }),
  period: (await listed({ period: "1h" })).length,
  machine: (await listed({ machine: ["small-1x"] })).length,
  version: await listed({ version: "19990101.1" }),
};
heard.inProject = await auth.withAuth({ secretKey: "tr_pat_4f9sKq2LmXw7" }, async () => {
  const page = await runs.list("proj_emulator", { env: ["dev"], limit: 10 });
  return page.data.length;
});

const until = async (id) => {
  for (;;) {
    const action = await runs.bulk.retrieve(id);
    if (action.status !== "PENDING") return action;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
const canceling = await runs.bulk.cancel({ filter: { tag: "a", status: "DELAYED" }, name: "n" });
heard.canceling = await until(canceling.id);
heard.canceled = (await runs.retrieve(delayed.id)).status;
const replaying = await runs.bulk.replay({ runIds: [done.id] });
heard.replaying = await until(replaying.id);
heard.ofBulk = await listed({ bulkAction: replaying.id });
heard.actions = [];
for await (const action of runs.bulk.list({ limit: 1 })) heard.actions.push(action.id);
heard.made = [replaying.id, canceling.id];
const aborted = await runs.bulk.cancel({ runIds: [done.id] });
heard.aborted = (await runs.bulk.abort(aborted.id)).id === aborted.id;

heard.traced = await runs.retrieve(done.id);
const key = await idempotencyKeys.create("order-1", { scope: "global" });
const first = await tasks.trigger("my-task", 1, { idempotencyKey: key });
heard.reset = await idempotencyKeys.reset("my-task", key);
const fresh = await tasks.trigger("my-task", 1, { idempotencyKey: key });
heard.freshIsNew = fresh.id !== first.id && fresh.isCached === false;
heard.resetUnknown = await refusal(() =>
  idempotencyKeys.reset("my-task", "nope", { scope: "global" }),
);
heard.missing = await refusal(() =>
  runs.retrieve("run_doesnotexist", { retry: { maxAttempts: 2, minTimeoutInMs: 10 } }),
);
console.log(JSON.stringify(heard));
