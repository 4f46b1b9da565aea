/**
 * @generated SignedSource<<69286b26fcaab58c16b8b668546ad3d2>>
 * @lightSyntaxTransform
 * @codegen-command: npm run codegen
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ConcreteRequest } from 'relay-runtime';
import type { FragmentRefs } from "relay-runtime";
export type AttentionKind = "CANCEL_OVERDUE" | "DRIFTED" | "HEARTBEAT_LATE" | "ORPHAN_SUSPECT" | "START_OVERDUE" | "%future added value";
export type Executor = "INTERNAL" | "TRIGGER" | "%future added value";
export type JobStatus = "CANCELED" | "EXPIRED" | "FAILED" | "QUEUED" | "RETRYING" | "RUNNING" | "SCHEDULED" | "SUCCEEDED" | "WAITING" | "%future added value";
export type JobFilter = {
  attention?: ReadonlyArray<AttentionKind> | null | undefined;
  createdAt?: DateTimeRange | null | undefined;
  executors?: ReadonlyArray<Executor> | null | undefined;
  ids?: ReadonlyArray<string> | null | undefined;
  isTerminal?: boolean | null | undefined;
  scheduleIds?: ReadonlyArray<string> | null | undefined;
  statuses?: ReadonlyArray<JobStatus> | null | undefined;
  tags?: ReadonlyArray<string> | null | undefined;
  triggerRunIds?: ReadonlyArray<string> | null | undefined;
  types?: ReadonlyArray<string> | null | undefined;
  userIds?: ReadonlyArray<string> | null | undefined;
};
export type DateTimeRange = {
  from?: string | null | undefined;
  until?: string | null | undefined;
};
export type liveJobsSubscription$variables = {
  after?: string | null | undefined;
  filter?: JobFilter | null | undefined;
};
export type liveJobsSubscription$data = {
  readonly updates: {
    readonly __typename: "JobChange";
    readonly cursor: string;
    readonly event: {
      readonly jobVersion: number;
    };
    readonly job: {
      readonly id: string;
      readonly " $fragmentSpreads": FragmentRefs<"JobRow_job">;
    };
    readonly leftFilter: boolean;
  } | {
    readonly __typename: "StreamCaughtUp";
    readonly cursor: string;
  } | {
    readonly __typename: "StreamClosing";
    readonly cursor: string;
    readonly reconnectAfter: string;
  } | {
    readonly __typename: "StreamReset";
    readonly cursor: string;
    readonly reason: string;
  } | {
    // This will never be '%other', but we need some
    // value in case none of the concrete values match.
    readonly __typename: "%other";
  };
};
export type liveJobsSubscription = {
  response: liveJobsSubscription$data;
  variables: liveJobsSubscription$variables;
};

const node: ConcreteRequest = (function(){
var v0 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "after"
},
v1 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "filter"
},
v2 = [
  {
    "kind": "Variable",
    "name": "after",
    "variableName": "after"
  },
  {
    "kind": "Variable",
    "name": "filter",
    "variableName": "filter"
  }
],
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "__typename",
  "storageKey": null
},
v4 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "cursor",
  "storageKey": null
},
v5 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "leftFilter",
  "storageKey": null
},
v6 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "jobVersion",
  "storageKey": null
},
v7 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
},
v8 = {
  "kind": "InlineFragment",
  "selections": [
    (v4/*:: as any*/)
  ],
  "type": "StreamCaughtUp",
  "abstractKey": null
},
v9 = {
  "kind": "InlineFragment",
  "selections": [
    (v4/*:: as any*/),
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "reason",
      "storageKey": null
    }
  ],
  "type": "StreamReset",
  "abstractKey": null
},
v10 = {
  "kind": "InlineFragment",
  "selections": [
    (v4/*:: as any*/),
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "reconnectAfter",
      "storageKey": null
    }
  ],
  "type": "StreamClosing",
  "abstractKey": null
};
return {
  "fragment": {
    "argumentDefinitions": [
      (v0/*:: as any*/),
      (v1/*:: as any*/)
    ],
    "kind": "Fragment",
    "metadata": null,
    "name": "liveJobsSubscription",
    "selections": [
      {
        "alias": "updates",
        "args": (v2/*:: as any*/),
        "concreteType": null,
        "kind": "LinkedField",
        "name": "jobListUpdates",
        "plural": false,
        "selections": [
          (v3/*:: as any*/),
          {
            "kind": "InlineFragment",
            "selections": [
              (v4/*:: as any*/),
              (v5/*:: as any*/),
              {
                "alias": null,
                "args": null,
                "concreteType": "JobEvent",
                "kind": "LinkedField",
                "name": "event",
                "plural": false,
                "selections": [
                  (v6/*:: as any*/)
                ],
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "concreteType": "Job",
                "kind": "LinkedField",
                "name": "job",
                "plural": false,
                "selections": [
                  (v7/*:: as any*/),
                  {
                    "args": null,
                    "kind": "FragmentSpread",
                    "name": "JobRow_job"
                  }
                ],
                "storageKey": null
              }
            ],
            "type": "JobChange",
            "abstractKey": null
          },
          (v8/*:: as any*/),
          (v9/*:: as any*/),
          (v10/*:: as any*/)
        ],
        "storageKey": null
      }
    ],
    "type": "Subscription",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [
      (v1/*:: as any*/),
      (v0/*:: as any*/)
    ],
    "kind": "Operation",
    "name": "liveJobsSubscription",
    "selections": [
      {
        "alias": "updates",
        "args": (v2/*:: as any*/),
        "concreteType": null,
        "kind": "LinkedField",
        "name": "jobListUpdates",
        "plural": false,
        "selections": [
          (v3/*:: as any*/),
          {
            "kind": "InlineFragment",
            "selections": [
              (v4/*:: as any*/),
              (v5/*:: as any*/),
              {
                "alias": null,
                "args": null,
                "concreteType": "JobEvent",
                "kind": "LinkedField",
                "name": "event",
                "plural": false,
                "selections": [
                  (v6/*:: as any*/),
                  (v7/*:: as any*/)
                ],
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "concreteType": "Job",
                "kind": "LinkedField",
                "name": "job",
                "plural": false,
                "selections": [
                  (v7/*:: as any*/),
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
                    "name": "createdAt",
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
                    "name": "isCancelable",
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
                      {
                        "alias": null,
                        "args": null,
                        "kind": "ScalarField",
                        "name": "message",
                        "storageKey": null
                      }
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
                        "name": "outcome",
                        "storageKey": null
                      }
                    ],
                    "storageKey": null
                  }
                ],
                "storageKey": null
              }
            ],
            "type": "JobChange",
            "abstractKey": null
          },
          (v8/*:: as any*/),
          (v9/*:: as any*/),
          (v10/*:: as any*/)
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "8906de4866cbce6f04a557f14d8012d7",
    "id": null,
    "metadata": {},
    "name": "liveJobsSubscription",
    "operationKind": "subscription",
    "text": "subscription liveJobsSubscription(\n  $filter: JobFilter\n  $after: EventCursor\n) {\n  updates: jobListUpdates(filter: $filter, after: $after) {\n    __typename\n    ... on JobChange {\n      cursor\n      leftFilter\n      event {\n        jobVersion\n        id\n      }\n      job {\n        id\n        ...JobRow_job\n      }\n    }\n    ... on StreamCaughtUp {\n      cursor\n    }\n    ... on StreamReset {\n      cursor\n      reason\n    }\n    ... on StreamClosing {\n      cursor\n      reconnectAfter\n    }\n  }\n}\n\nfragment JobRow_job on Job {\n  id\n  version\n  tag\n  type\n  status\n  createdAt\n  isTerminal\n  isCancelable\n  progress {\n    fraction\n    message\n  }\n  cancellation {\n    outcome\n  }\n}\n"
  }
};
})();

(node as any).hash = "97341fb37c8d568392dfc9a5e53e4cba";

export default node;
