/** How a job stands, and what can be done with it. */

import { useFragment } from "react-relay";
import { graphql } from "relay-runtime";
import type { JobDetails_job$key } from "../__generated__/JobDetails_job.graphql.ts";
import { useCancelJob } from "../actions/useCancelJob.ts";
import { useRetryJob } from "../actions/useRetryJob.ts";
import { CancelSection } from "../ui/CancelSection.tsx";
import { FailureSection } from "../ui/FailureSection.tsx";
import { JobActions } from "../ui/JobActions.tsx";
import { JobFacts } from "../ui/JobFacts.tsx";
import { ProgressBar } from "../ui/ProgressBar.tsx";
import { ResultSection } from "../ui/ResultSection.tsx";
import { StatusBadge } from "../ui/StatusBadge.tsx";

const fragment = graphql`
  fragment JobDetails_job on Job {
    id
    version
    tag
    type
    status
    executor
    isCancelable
    isRetryable
    isTerminal
    attention
    attemptCount
    nextAttemptAt
    createdAt
    startedAt
    finishedAt
    triggerRunId
    result
    redacted
    retryConfig {
      maxAttempts
    }
    progress {
      fraction
      message
    }
    failure {
      kind
      name
      message
    }
    cancellation {
      requestedAt
      requestedBy
      reason
      mode
      graceUntil
      outcome
    }
  }
`;

export function JobDetails(props: { job: JobDetails_job$key }) {
  const job = useFragment(fragment, props.job);
  const { cancel, refusal: cancelRefusal } = useCancelJob(job.id);
  const { retry, isRetrying, refusal: retryRefusal } = useRetryJob(job.id);
  return (
    <>
      <div className="job-head">
        <h1>{job.tag}</h1>
        <StatusBadge status={job.status} />
      </div>
      {job.progress && <ProgressBar progress={job.progress} />}
      <JobActions
        job={job}
        refusal={cancelRefusal ?? retryRefusal}
        onCancel={() => cancel("GRACEFUL")}
        onForce={() => cancel("FORCE")}
        onRetry={retry}
        isRetrying={isRetrying}
      />
      <JobFacts job={job} />
      {job.cancellation && <CancelSection cancellation={job.cancellation} />}
      {job.failure && <FailureSection failure={job.failure} />}
      {job.status === "SUCCEEDED" && (
        <ResultSection result={job.result} isSecret={job.redacted.includes("RESULT")} />
      )}
    </>
  );
}
