/**
 * @generated SignedSource<<3aeca6d6d7b56004a8213cb40e90d1cd>>
 * @lightSyntaxTransform
 * @codegen-command: npm run codegen
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ReaderInlineDataFragment } from 'relay-runtime';
export type JobEventKind = "ATTEMPT_FAILED" | "ATTENTION_CHANGED" | "CANCELED" | "CANCEL_ACKNOWLEDGED" | "CANCEL_REQUESTED" | "CREATED" | "DELETED" | "DISPATCHED" | "DRIFT_CORRECTED" | "EXPIRED" | "FAILED" | "METADATA_CHANGED" | "ORPHAN_ADOPTED" | "PROGRESS" | "QUEUED" | "RESCHEDULED" | "RESUMED" | "STARTED" | "SUCCEEDED" | "WAITING" | "%future added value";
export type SignalSource = "ALERT" | "API" | "DISPATCH" | "REALTIME" | "RECONCILER" | "WEBHOOK" | "WORKER" | "%future added value";
import type { FragmentRefs } from "relay-runtime";
export type JobHistory_event$data = {
  readonly actor: string | null | undefined;
  readonly attempt: number | null | undefined;
  readonly changes: unknown;
  readonly id: string;
  readonly jobVersion: number;
  readonly kind: JobEventKind;
  readonly occurredAt: string;
  readonly source: SignalSource;
  readonly " $fragmentType": "JobHistory_event";
};
export type JobHistory_event$key = {
  readonly " $data"?: JobHistory_event$data;
  readonly " $fragmentSpreads": FragmentRefs<"JobHistory_event">;
};

const node: ReaderInlineDataFragment = {
  "kind": "InlineDataFragment",
  "name": "JobHistory_event"
};

(node as any).hash = "86304ca682e365847793cccfe6c32e29";

export default node;
