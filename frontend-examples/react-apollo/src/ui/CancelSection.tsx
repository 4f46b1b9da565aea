/** What became of the request to cancel a job. */

import { Time } from "./Time.tsx";
import { outcomeWords } from "./words.ts";

export interface CancellationFields {
  readonly requestedAt: string;
  readonly requestedBy?: string | null | undefined;
  readonly reason?: string | null | undefined;
  readonly mode: string;
  readonly graceUntil?: string | null | undefined;
  readonly outcome: string;
}

export function CancelSection({ cancellation }: { cancellation: CancellationFields }) {
  const { requestedAt, requestedBy, reason, mode, graceUntil, outcome } = cancellation;
  const isPending = outcome === "PENDING";
  return (
    <section aria-label="Cancel">
      <h2>Cancel</h2>
      <p>
        <strong>{outcomeWords(outcome)}</strong>
      </p>
      <p className="muted">
        Requested {mode === "FORCE" && "by force "}
        {requestedBy && `by ${requestedBy} `}at <Time at={requestedAt} />
        {reason ? `: ${reason}` : "."}
      </p>
      {isPending && graceUntil && (
        <p className="muted">
          {mode === "FORCE" ? "It is settled at the latest at " : "It has time until "}
          <Time at={graceUntil} />.
        </p>
      )}
    </section>
  );
}
