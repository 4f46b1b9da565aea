// Follows the two runs of a batch with its public token, and prints how they ended.
// TRIGGER_API_URL and TRIGGER_SECRET_KEY say where the emulator is.
import { auth, batch, runs, tasks } from "@trigger.dev/sdk";

const made = await tasks.batchTrigger("my-task", [{ payload: 1 }, { payload: 2 }]);
const ended = {};
await auth.withAuth({ accessToken: made.publicAccessToken }, async () => {
  for await (const run of runs.subscribeToBatch(made.batchId)) {
    if (run.isCompleted) ended[run.id] = run.status;
    if (Object.keys(ended).length === 2) break;
  }
});
const { runs: ids } = await batch.retrieve(made.batchId);

console.log(JSON.stringify({ ended, ids }));
process.exit(0);
