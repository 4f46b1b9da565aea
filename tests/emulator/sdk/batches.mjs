// Triggers batches and large payloads, and prints what it got as JSON.
// TRIGGER_API_URL and TRIGGER_SECRET_KEY say where the emulator is.
import { batch, idempotencyKeys, runs, tasks } from "@trigger.dev/sdk";

const heard = {};
const until = async (id) => {
  for (;;) {
    const told = await batch.retrieve(id);
    if (told.runs.length === told.runCount) return told;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const items = [1, 2, 3].map((n) => ({ payload: { n }, options: { tags: [`n${n}`] } }));
const one = await tasks.batchTrigger("my-task", items);
heard.one = { runCount: one.runCount, token: typeof one.publicAccessToken };
const told = await until(one.batchId);
heard.told = told;
heard.first = await runs.retrieve(told.runs[0]);

const several = await batch.trigger([
  { id: "my-task", payload: "text" },
  { id: "always-fails", payload: { n: 1 } },
]);
heard.tasks = [];
for (const id of (await until(several.batchId)).runs) {
  heard.tasks.push((await runs.retrieve(id)).taskIdentifier);
}

const key = await idempotencyKeys.create("batch-1", { scope: "global" });
const keyed = await tasks.batchTrigger("my-task", [{ payload: 1 }], { idempotencyKey: key });
const ofBatch = (await until(keyed.batchId)).runs[0];
const itemKey = await idempotencyKeys.create(`${key}-0`, { scope: "global" });
const cached = await tasks.trigger("my-task", 1, { idempotencyKey: itemKey });
heard.keyed = { same: cached.id === ofBatch, isCached: cached.isCached };

const text = "x".repeat(700_000);
const large = await tasks.trigger("my-task", { name: "big", text });
const run = await runs.poll(large.id, { pollIntervalMs: 50 });
heard.large = {
  payload: run.payload.text === text,
  output: run.output.payload.text === text,
};
const inBatch = await tasks.batchTrigger("my-task", [{ payload: { text } }]);
const [id] = (await until(inBatch.batchId)).runs;
heard.largeItem = (await runs.retrieve(id)).payload.text === text;
console.log(JSON.stringify(heard));
