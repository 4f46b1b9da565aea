// Follows runs as an application does, and prints what it heard as JSON.
// TRIGGER_API_URL and TRIGGER_SECRET_KEY say where the emulator is.
import { auth, runs, tasks } from "@trigger.dev/sdk";

const heard = {};

const followed = await tasks.trigger("process-large-dataset", { seconds: 1 }, {
  tags: ["a", 'b "c"'],
  metadata: { k: 1 },
});
heard.id = followed.id;
heard.states = [];
for await (const run of runs.subscribeToRun(followed.id)) {
  heard.states.push(run.status);
  heard.last = run;
}

const token = await auth.createPublicToken({ scopes: { read: { runs: [followed.id] } } });
heard.byToken = await auth.withAuth({ accessToken: token }, async () => {
  const found = [];
  for await (const run of runs.subscribeToRun(followed.id)) found.push(run.status);
  return found;
});

const tagged = await tasks.trigger("my-task", { n: 1 }, { tags: ["t", "u"] });
await tasks.trigger("my-task", { n: 2 }, { tags: ["t"] });
heard.tagged = { id: tagged.id, heard: [] };
for await (const run of runs.subscribeToRunsWithTag(["t", "u"])) {
  heard.tagged.heard.push({ id: run.id, status: run.status });
  if (run.isCompleted) break;
}

const many = runs.subscribeToRunsWithTag("later", { createdAt: "1h", skipColumns: ["payload"] });
const trigger = setTimeout(async () => {
  heard.later = { id: (await tasks.trigger("my-task", { n: 3 }, { tags: ["later"] })).id };
}, 200);
for await (const run of many) {
  if (run.isCompleted) {
    heard.laterHeard = { id: run.id, status: run.status, payload: run.payload ?? null };
    many.unsubscribe();
    break;
  }
}
clearTimeout(trigger);

const stopped = await tasks.trigger("process-large-dataset", { seconds: 60 });
const subscription = runs.subscribeToRun(stopped.id);
for await (const run of subscription) {
  heard.stoppedAt = run.status;
  subscription.unsubscribe();
  break;
}
await runs.cancel(stopped.id);

console.log(JSON.stringify(heard));
process.exit(0);
