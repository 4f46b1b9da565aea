/** One job: how it stands, what can be done with it, and what has happened. */

import { useApolloClient } from "@apollo/client/react";
import { useMemo } from "react";
import type { JobQuery } from "../gql/graphql.ts";
import { useCancelJob } from "../jobs/use-cancel-job.ts";
import { useRetryJob } from "../jobs/use-retry-job.ts";
import { useWatchedJob } from "../jobs/use-watched-job.ts";
import { WatchedJob } from "../jobs/watched-job.ts";
import { CancelSection } from "../ui/CancelSection.tsx";
import { FailureSection } from "../ui/FailureSection.tsx";
import { History } from "../ui/History.tsx";
import { JobActions } from "../ui/JobActions.tsx";
import { JobFacts } from "../ui/JobFacts.tsx";
import { NoSuchJob } from "../ui/NoSuchJob.tsx";
import { Page } from "../ui/Page.tsx";
import { ProgressBar } from "../ui/ProgressBar.tsx";
import { ResultSection } from "../ui/ResultSection.tsx";
import { refusalCode } from "../ui/refusal-code.ts";
import { StatusBadge } from "../ui/StatusBadge.tsx";

type Job = NonNullable<JobQuery["job"]>;

export function JobPage({ id }: { id: string }) {
  const client = useApolloClient();
  const watched = useMemo(() => new WatchedJob(client, id), [client, id]);
  const { job, status } = useWatchedJob(watched);
  const isUnknown = refusalCode(status) === "NOT_FOUND";

  return (
    <Page title={job?.tag ?? "Job"} status={status} onTryNow={watched.restart}>
      {isUnknown && <NoSuchJob />}
      {job && !isUnknown && <JobView job={job} onLoadEarlier={watched.loadEarlier} />}
    </Page>
  );
}

interface ViewProps {
  job: Job;
  onLoadEarlier: () => Promise<void>;
}

function JobView({ job, onLoadEarlier }: ViewProps) {
  const { events, failure, cancellation } = job;
  return (
    <article className="job">
      <div className="job-head">
        <h1>{job.tag}</h1>
        <StatusBadge status={job.status} />
      </div>
      {job.progress && job.status !== "SUCCEEDED" && (
        <ProgressBar progress={job.progress} />
      )}
      <Actions job={job} />
      <JobFacts job={job} />
      {cancellation && <CancelSection cancellation={cancellation} />}
      {failure && <FailureSection failure={failure} />}
      {job.status === "SUCCEEDED" && (
        <ResultSection result={job.result} isSecret={job.redacted.includes("RESULT")} />
      )}
      <History
        events={events.nodes}
        hasEarlier={events.pageInfo.hasPreviousPage}
        onLoadEarlier={onLoadEarlier}
      />
    </article>
  );
}

function Actions({ job }: { job: Job }) {
  const { cancel, refusal } = useCancelJob(job.id);
  const retrying = useRetryJob(job.id);
  return (
    <JobActions
      job={job}
      refusal={refusal ?? retrying.refusal}
      onCancel={() => cancel("GRACEFUL")}
      onForce={() => cancel("FORCE")}
      onRetry={retrying.retry}
      isRetrying={retrying.isRetrying}
    />
  );
}
