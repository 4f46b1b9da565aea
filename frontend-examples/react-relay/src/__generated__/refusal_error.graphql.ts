/**
 * @generated SignedSource<<03d857a12bfa773b09676c81e7adb0c1>>
 * @lightSyntaxTransform
 * @codegen-command: npm run codegen
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ReaderInlineDataFragment } from 'relay-runtime';
import type { FragmentRefs } from "relay-runtime";
export type refusal_error$data = {
  readonly __typename: string;
  readonly existingJob?: {
    readonly tag: string;
  } | null | undefined;
  readonly isRetryable?: boolean;
  readonly message: string;
  readonly path: ReadonlyArray<string> | null | undefined;
  readonly " $fragmentType": "refusal_error";
};
export type refusal_error$key = {
  readonly " $data"?: refusal_error$data;
  readonly " $fragmentSpreads": FragmentRefs<"refusal_error">;
};

const node: ReaderInlineDataFragment = {
  "kind": "InlineDataFragment",
  "name": "refusal_error"
};

(node as any).hash = "63c7b1817d36c282a207d96e48f3fa0b";

export default node;
