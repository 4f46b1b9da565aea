/** Cancel a job, and show at once that it was asked for. */

import { useState } from "react";
import { useMutation } from "react-relay";
import { graphql, type RecordSourceProxy } from "relay-runtime";
import type {
  CancelMode,
  useCancelJobMutation,
} from "../__generated__/useCancelJobMutation.graphql.ts";
import { failureLine, refusalLine } from "./refusal.ts";

const mutation = graphql`
  mutation useCancelJobMutation($input: CancelJobInput!) {
    cancelJob(input: $input) {
      job {
        ...JobRow_job
        ...JobDetails_job
      }
      errors {
        ...refusal_error
      }
    }
  }
`;

interface Cancel {
  readonly cancel: (mode: CancelMode) => void;
  /** Why the last one was refused; null: it was not. */
  readonly refusal: string | null;
}

export function useCancelJob(id: string): Cancel {
  const [commit] = useMutation<useCancelJobMutation>(mutation);
  const [refusal, setRefusal] = useState<string | null>(null);

  const cancel = (mode: CancelMode) => {
    setRefusal(null);
    commit({
      variables: { input: { id, mode } },
      optimisticUpdater: (store) => showAsAsked(store, id, mode),
      onCompleted: ({ cancelJob }) => setRefusal(refusalLine(cancelJob.errors)),
      onError: (error) => setRefusal(failureLine(error)),
    });
  };

  return { cancel, refusal };
}

/**
 * Relay does this again over each change that comes before the answer, so that neither
 * hides the other. The answer takes its place in the same step as this is taken back.
 */
function showAsAsked(store: RecordSourceProxy, id: string, mode: CancelMode): void {
  const job = store.get(id);
  if (!job || job.getValue("isTerminal") === true) return;
  job.setValue(false, "isCancelable");
  const cancellation = job.getOrCreateLinkedRecord("cancellation", "JobCancellation");
  cancellation
    .setValue("PENDING", "outcome")
    .setValue(mode, "mode")
    .setValue(
      cancellation.getValue("requestedAt") ?? new Date().toISOString(),
      "requestedAt",
    )
    .setValue(cancellation.getValue("requestedBy") ?? null, "requestedBy")
    .setValue(cancellation.getValue("reason") ?? null, "reason")
    .setValue(null, "graceUntil");
}
