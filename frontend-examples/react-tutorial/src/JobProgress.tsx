import { useState } from "react";
import { type Job, mutate } from "./api";
import { useJob } from "./useJob";

export function JobProgress({ started }: { started: Job }) {
  const job = useJob(started);
  const [refusal, setRefusal] = useState("");
  const fraction = job.status === "SUCCEEDED" ? 1 : (job.progress?.fraction ?? 0);

  async function cancel() {
    try {
      await mutate("cancelJob", "CancelJobInput", { id: job.id });
    } catch (error) {
      setRefusal(String(error));
    }
  }

  return (
    <section aria-label="The job">
      <progress value={fraction} aria-label="Progress" />
      <p role="status">
        {job.status} {job.cancellation?.outcome} {job.failure?.message}
        {job.isTerminal ? "" : job.progress?.message}
      </p>
      {job.isTerminal ? (
        <p>{job.result !== null && `It says: ${job.result}`}</p>
      ) : (
        <button type="button" onClick={cancel} disabled={job.cancellation !== null}>
          Cancel
        </button>
      )}
      {refusal && <p role="alert">{refusal}</p>}
    </section>
  );
}
