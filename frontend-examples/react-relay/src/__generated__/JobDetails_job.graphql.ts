/**
 * @generated SignedSource<<68f6817824ef84d6fbf1f837cb58e1cb>>
 * @lightSyntaxTransform
 * @codegen-command: npm run codegen
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ReaderFragment } from 'relay-runtime';
export type AttentionKind = "CANCEL_OVERDUE" | "DRIFTED" | "HEARTBEAT_LATE" | "ORPHAN_SUSPECT" | "START_OVERDUE" | "%future added value";
export type CancelMode = "FORCE" | "GRACEFUL" | "%future added value";
export type CancelOutcome = "FINISHED_FIRST" | "FORCED_UNCONFIRMED" | "NEVER_STARTED" | "PENDING" | "STOPPED" | "%future added value";
export type Executor = "INTERNAL" | "TRIGGER" | "%future added value";
export type JobFailureKind = "CRASHED" | "DISPATCH_REJECTED" | "EXPIRED" | "ORPHANED" | "OUT_OF_MEMORY" | "PLATFORM" | "TASK_ERROR" | "TIMEOUT" | "%future added value";
export type JobSecret = "DATA" | "RESULT" | "%future added value";
export type JobStatus = "CANCELED" | "EXPIRED" | "FAILED" | "QUEUED" | "RETRYING" | "RUNNING" | "SCHEDULED" | "SUCCEEDED" | "WAITING" | "%future added value";
import type { FragmentRefs } from "relay-runtime";
export type JobDetails_job$data = {
  readonly attemptCount: number;
  readonly attention: ReadonlyArray<AttentionKind>;
  readonly cancellation: {
    readonly graceUntil: string | null | undefined;
    readonly mode: CancelMode;
    readonly outcome: CancelOutcome;
    readonly reason: string | null | undefined;
    readonly requestedAt: string;
    readonly requestedBy: string | null | undefined;
  } | null | undefined;
  readonly createdAt: string;
  readonly executor: Executor;
  readonly failure: {
    readonly kind: JobFailureKind;
    readonly message: string;
    readonly name: string | null | undefined;
  } | null | undefined;
  readonly finishedAt: string | null | undefined;
  readonly id: string;
  readonly isCancelable: boolean;
  readonly isRetryable: boolean;
  readonly isTerminal: boolean;
  readonly nextAttemptAt: string | null | undefined;
  readonly progress: {
    readonly fraction: number | null | undefined;
    readonly message: string | null | undefined;
  } | null | undefined;
  readonly redacted: ReadonlyArray<JobSecret>;
  readonly result: unknown | null | undefined;
  readonly retryConfig: {
    readonly maxAttempts: number;
  };
  readonly startedAt: string | null | undefined;
  readonly status: JobStatus;
  readonly tag: string;
  readonly triggerRunId: string | null | undefined;
  readonly type: string;
  readonly version: number;
  readonly " $fragmentType": "JobDetails_job";
};
export type JobDetails_job$key = {
  readonly " $data"?: JobDetails_job$data;
  readonly " $fragmentSpreads": FragmentRefs<"JobDetails_job">;
};

const node: ReaderFragment = (function(){
var v0 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "message",
  "storageKey": null
};
return {
  "argumentDefinitions": [],
  "kind": "Fragment",
  "metadata": null,
  "name": "JobDetails_job",
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "id",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "version",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "tag",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "type",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "status",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "executor",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "isCancelable",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "isRetryable",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "isTerminal",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "attention",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "attemptCount",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "nextAttemptAt",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "createdAt",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "startedAt",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "finishedAt",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "triggerRunId",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "result",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "redacted",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "concreteType": "RetryConfig",
      "kind": "LinkedField",
      "name": "retryConfig",
      "plural": false,
      "selections": [
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "maxAttempts",
          "storageKey": null
        }
      ],
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "concreteType": "JobProgress",
      "kind": "LinkedField",
      "name": "progress",
      "plural": false,
      "selections": [
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "fraction",
          "storageKey": null
        },
        (v0/*:: as any*/)
      ],
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "concreteType": "JobFailure",
      "kind": "LinkedField",
      "name": "failure",
      "plural": false,
      "selections": [
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "kind",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "name",
          "storageKey": null
        },
        (v0/*:: as any*/)
      ],
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "concreteType": "JobCancellation",
      "kind": "LinkedField",
      "name": "cancellation",
      "plural": false,
      "selections": [
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "requestedAt",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "requestedBy",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "reason",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "mode",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "graceUntil",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "outcome",
          "storageKey": null
        }
      ],
      "storageKey": null
    }
  ],
  "type": "Job",
  "abstractKey": null
};
})();

(node as any).hash = "ab6ce803b2c72c19b0e5b8f170bac7ff";

export default node;
