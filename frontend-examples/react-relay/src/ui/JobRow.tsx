/** A job in the list. */

import { jobAddress } from "../route.ts";
import { ProgressBar } from "./ProgressBar.tsx";
import type { Progress } from "./progress-words.ts";
import { StatusBadge } from "./StatusBadge.tsx";
import { Time } from "./Time.tsx";

export interface JobRowFields {
  readonly id: string;
  readonly tag: string;
  readonly type: string;
  readonly status: string;
  readonly createdAt: string;
  readonly isTerminal: boolean;
  readonly isCancelable: boolean;
  readonly progress?: Progress | null | undefined;
  readonly cancellation?: { readonly outcome: string } | null | undefined;
}

interface Props {
  job: JobRowFields;
  /** Why the last cancel was refused; null: it was not. */
  refusal: string | null;
  onCancel: () => void;
}

export function JobRow({ job, refusal, onCancel }: Props) {
  const isCanceling = job.cancellation?.outcome === "PENDING";
  return (
    <li className="job-row" data-job={job.id}>
      <StatusBadge status={job.status} />
      <div className="job-name">
        <a href={jobAddress(job.id)}>{job.tag}</a>
        <span className="muted">{job.type}</span>
      </div>
      <div className="job-progress">
        {job.progress && !job.isTerminal && <ProgressBar progress={job.progress} />}
      </div>
      <span className="job-created muted">
        <Time at={job.createdAt} />
      </span>
      <div className="job-action">
        {isCanceling && <span className="muted">Canceling…</span>}
        {job.isCancelable && !isCanceling && (
          <button type="button" aria-label={`Cancel ${job.tag}`} onClick={onCancel}>
            Cancel
          </button>
        )}
      </div>
      {refusal !== null && (
        <p className="job-refusal error" role="alert">
          {refusal}
        </p>
      )}
    </li>
  );
}
