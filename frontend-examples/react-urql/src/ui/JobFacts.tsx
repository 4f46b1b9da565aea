/** What does not change about a job, or seldom. */

import type { ReactNode } from "react";
import { CopyButton } from "./CopyButton.tsx";
import { Time } from "./Time.tsx";
import { executorWord } from "./words.ts";

export interface JobFactsFields {
  readonly id: string;
  readonly type: string;
  readonly executor: string;
  readonly createdAt: string;
  readonly startedAt?: string | null | undefined;
  readonly finishedAt?: string | null | undefined;
  readonly nextAttemptAt?: string | null | undefined;
  readonly attemptCount: number;
  readonly retryConfig: { readonly maxAttempts: number };
  readonly triggerRunId?: string | null | undefined;
}

export function JobFacts({ job }: { job: JobFactsFields }) {
  const { startedAt, finishedAt, nextAttemptAt, triggerRunId } = job;
  return (
    <dl className="facts">
      <Fact name="Type">{job.type}</Fact>
      <Fact name="Runs on">{executorWord(job.executor)}</Fact>
      <Fact name="Created">
        <Time at={job.createdAt} />
      </Fact>
      <Fact name="Started">{startedAt ? <Time at={startedAt} /> : "Not yet"}</Fact>
      {nextAttemptAt && (
        <Fact name="Next attempt">
          <Time at={nextAttemptAt} />
        </Fact>
      )}
      <Fact name="Finished">{finishedAt ? <Time at={finishedAt} /> : "Not yet"}</Fact>
      <Fact name="Attempts">
        {job.attemptCount} of {job.retryConfig.maxAttempts}
      </Fact>
      <Fact name="Id">
        <code>{job.id}</code> <CopyButton text={job.id} name="the id" />
      </Fact>
      {triggerRunId && (
        <Fact name="Run">
          <code>{triggerRunId}</code> <CopyButton text={triggerRunId} name="the run" />
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
