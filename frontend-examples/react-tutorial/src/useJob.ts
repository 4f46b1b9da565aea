import { useEffect, useState } from "react";
import { type Job, shown, socket } from "./api";

const query = `subscription ($id: ID!) { jobUpdates(id: $id) {
  ... on JobSnapshot { job { ${shown} } }
  ... on JobChange { job { ${shown} } }
} }`;

/** The job as it is now, over lost connections and restarts of the server. */
export function useJob(started: Job): Job {
  const [job, setJob] = useState(started);
  useEffect(() => {
    const asked = { query, variables: { id: started.id } };
    let messages: AsyncIterableIterator<unknown> | undefined;
    let isWatched = true;

    async function watch() {
      while (isWatched) {
        try {
          const told = socket.iterate<{ jobUpdates: { job?: Job } }>(asked);
          messages = told;
          for await (const { data } of told) {
            const job = data?.jobUpdates.job;
            if (job && isWatched) setJob(job);
            if (job?.isTerminal) return;
          }
        } catch {
          // The connection was lost: the next one begins with the job as it is then.
        }
        await new Promise((go) => setTimeout(go, 1_000));
      }
    }

    watch();
    return () => {
      isWatched = false;
      messages?.return?.();
    };
  }, [started.id]);
  return job;
}
