// Uses queues, waitpoint tokens and public tokens as the SDK can, and prints what it got.
// TRIGGER_API_URL and TRIGGER_SECRET_KEY say where the emulator is.
import { auth, queues, runs, tasks, wait } from "@trigger.dev/sdk";

const refusal = async (call) => {
  try {
    await call();
    return null;
  } catch (error) {
    return { name: error.constructor.name, status: error.status, message: error.message };
  }
};

const heard = {};
const ofTask = { type: "task", name: "my-task" };
const custom = { type: "custom", name: "mail/out" };

const page = await queues.list({ page: 1, perPage: 2 });
heard.page = { names: page.data.map((queue) => queue.name), pagination: page.pagination };
heard.all = [];
for await (const queue of queues.list({ perPage: 2 })) heard.all.push(queue.name);
heard.ofTask = await queues.retrieve(ofTask);
heard.byId = await queues.retrieve(heard.ofTask.id);
heard.custom = await queues.retrieve(custom);
heard.missing = await refusal(() => queues.retrieve("queue_none"));
heard.paused = await queues.pause(ofTask);
heard.resumed = await queues.resume(ofTask);
heard.overridden = await queues.overrideConcurrencyLimit(custom, 5);
heard.tooMany = await refusal(() => queues.overrideConcurrencyLimit(custom, 5000));
heard.reset = await queues.resetConcurrencyLimit(custom);

const token = await wait.createToken({ timeout: "10m", tags: ["a"], idempotencyKey: "k" });
heard.token = { ...token };
heard.cached = { ...(await wait.createToken({ idempotencyKey: "k" })) };
heard.waiting = await wait.retrieveToken(token.id);
heard.completed = await wait.completeToken(token.id, { ok: true });
heard.done = await wait.retrieveToken(token.id);
const byUrl = await wait.createToken({ timeout: new Date(Date.now() + 60_000) });
const posted = await fetch(byUrl.url, { method: "POST", body: JSON.stringify({ by: "url" }) });
heard.posted = { status: posted.status, body: await posted.json() };
heard.listed = [];
for await (const one of wait.listTokens({ status: "COMPLETED", limit: 1 })) {
  heard.listed.push(one.id);
}
heard.made = [byUrl.id, token.id];
heard.listedByTag = (await wait.listTokens({ tags: ["a"] })).data.map((one) => one.status);

const reading = await auth.createPublicToken({
  scopes: { read: { runs: true } },
  expirationTime: "1h",
});
const triggering = await auth.createTriggerPublicToken("my-task");
const many = await auth.createTriggerPublicToken("my-task", { multipleUse: true });
heard.once = await auth.withAuth({ accessToken: triggering }, async () => ({
  first: (await tasks.trigger("my-task", {})).id,
  second: await refusal(() => tasks.trigger("my-task", {})),
}));
heard.many = await auth.withAuth({ accessToken: many }, async () => [
  (await tasks.trigger("my-task", {})).id,
  (await tasks.trigger("my-task", {})).id,
]);
heard.read = await auth.withAuth({ accessToken: reading }, async () => ({
  run: (await runs.retrieve(heard.once.first)).id,
  refused: await refusal(() => tasks.trigger("my-task", {})),
}));

console.log(JSON.stringify(heard));
process.exit(0);
