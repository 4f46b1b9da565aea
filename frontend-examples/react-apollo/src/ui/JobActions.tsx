/** What can be done with a job, and why it was refused beside it. */

import { useEffect, useState } from "react";

export interface JobActionsFields {
  readonly isCancelable: boolean;
  readonly isRetryable: boolean;
  readonly attention: readonly string[];
  readonly cancellation?:
    | {
        readonly outcome: string;
        readonly mode: string;
        readonly graceUntil?: string | null | undefined;
      }
    | null
    | undefined;
}

interface Props {
  job: JobActionsFields;
  /** Why the last action was refused; null: it was not. */
  refusal: string | null;
  onCancel: () => void;
  onForce: () => void;
  onRetry: () => void;
  isRetrying: boolean;
}

export function JobActions(props: Props) {
  const { job, refusal, onCancel, onForce, onRetry, isRetrying } = props;
  const { cancellation } = job;
  const isPending = cancellation?.outcome === "PENDING";
  const isGraceOver = useIsOver(cancellation?.graceUntil ?? null);
  const canForce =
    isPending &&
    cancellation.mode === "GRACEFUL" &&
    (isGraceOver || job.attention.includes("CANCEL_OVERDUE"));
  return (
    <div className="actions">
      {isPending && <span className="muted">Canceling…</span>}
      {job.isCancelable && !isPending && (
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      )}
      {canForce && (
        <button className="danger" type="button" onClick={onForce}>
          Force the cancel
        </button>
      )}
      {job.isRetryable && (
        <button type="button" disabled={isRetrying} onClick={onRetry}>
          Retry
        </button>
      )}
      {refusal !== null && (
        <p className="error" role="alert">
          {refusal}
        </p>
      )}
    </div>
  );
}

/** Whether a moment has passed; it looks again when that moment comes. */
function useIsOver(moment: string | null): boolean {
  const at = moment === null ? Number.POSITIVE_INFINITY : Date.parse(moment);
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!Number.isFinite(at)) return;
    const timer = setTimeout(
      () => setNow(Date.now()),
      Math.max(0, at - Date.now()) + 1,
    );
    return () => clearTimeout(timer);
  }, [at]);
  return now >= at;
}
