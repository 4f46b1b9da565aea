/** What there is of a job once it was read. */

import { useSyncExternalStore } from "react";
import type { ShownJobFragment } from "../gql/graphql.ts";
import { CancelSection } from "../ui/CancelSection.tsx";
import { FailureSection } from "../ui/FailureSection.tsx";
import { History } from "../ui/History.tsx";
import { JobActions } from "../ui/JobActions.tsx";
import { JobFacts } from "../ui/JobFacts.tsx";
import { ProgressBar } from "../ui/ProgressBar.tsx";
import { ResultSection } from "../ui/ResultSection.tsx";
import { StatusBadge } from "../ui/StatusBadge.tsx";
import type { WatchedJob } from "./live-job.ts";
import { useCancel } from "./use-cancel.ts";
import { useRetry } from "./use-retry.ts";

interface Props {
  job: ShownJobFragment;
  watched: WatchedJob;
}

export function ShownJob({ job: known, watched }: Props) {
  const { live, history, loadEarlier } = watched;
  const { job, refusal, cancel } = useCancel(known, (answer) => live.put(answer));
  const retrying = useRetry(job.id);
  const { events, hasEarlier } = useSyncExternalStore(
    history.subscribe,
    history.getSnapshot,
  );

  return (
    <article className="job">
      <div className="job-head">
        <h1>{job.tag}</h1>
        <StatusBadge status={job.status} />
      </div>
      {job.progress && job.status !== "SUCCEEDED" && (
        <ProgressBar progress={job.progress} />
      )}
      <JobActions
        job={job}
        refusal={refusal ?? retrying.refusal}
        onCancel={() => cancel("GRACEFUL")}
        onForce={() => cancel("FORCE")}
        onRetry={retrying.retry}
        isRetrying={retrying.isRetrying}
      />
      <JobFacts job={job} />
      {job.cancellation && <CancelSection cancellation={job.cancellation} />}
      {job.failure && <FailureSection failure={job.failure} />}
      {job.status === "SUCCEEDED" && (
        <ResultSection result={job.result} isSecret={job.redacted.includes("RESULT")} />
      )}
      <History events={events} hasEarlier={hasEarlier} onLoadEarlier={loadEarlier} />
    </article>
  );
}
