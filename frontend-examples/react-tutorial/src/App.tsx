import { useState } from "react";
import { type Job, mutate } from "./api";
import { JobProgress } from "./JobProgress";

export function App() {
  const [job, setJob] = useState<Job>();
  const [refusal, setRefusal] = useState("");

  async function start() {
    try {
      const input = { type: "develop-photos", tag: "holiday", data: { count: 40 } };
      setJob(await mutate("scheduleJob", "ScheduleJobInput", input));
      setRefusal("");
    } catch (error) {
      setRefusal(String(error));
    }
  }

  return (
    <main>
      <h1>Photos</h1>
      <button type="button" onClick={start}>
        Develop
      </button>
      {refusal && <p role="alert">{refusal}</p>}
      {job && <JobProgress key={job.id} started={job} />}
    </main>
  );
}
