/**
 * @generated SignedSource<<8d0379a995c9fff3a2c7e046dc7a1b45>>
 * @lightSyntaxTransform
 * @codegen-command: npm run codegen
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ConcreteRequest } from 'relay-runtime';
import type { FragmentRefs } from "relay-runtime";
export type Executor = "INTERNAL" | "TRIGGER" | "%future added value";
export type ScheduleJobInput = {
  concurrencyKey?: string | null | undefined;
  data?: unknown | null | undefined;
  executor?: Executor | null | undefined;
  idempotencyKey?: string | null | undefined;
  maxDuration?: string | null | undefined;
  metadata?: unknown | null | undefined;
  priority?: number | null | undefined;
  queue?: string | null | undefined;
  retryConfig?: RetryConfigInput | null | undefined;
  tag: string;
  triggerTaskId?: string | null | undefined;
  ttl?: string | null | undefined;
  type: string;
  userId?: string | null | undefined;
  waitForRun?: string | null | undefined;
  when?: RunTimeInput | null | undefined;
};
export type RunTimeInput = {
  at?: never;
  delay: string;
} | {
  at: string;
  delay?: never;
};
export type RetryConfigInput = {
  factor?: number | null | undefined;
  maxAttempts?: number | null | undefined;
  maxTimeoutInMs?: number | null | undefined;
  minTimeoutInMs?: number | null | undefined;
};
export type useScheduleJobMutation$variables = {
  input: ScheduleJobInput;
};
export type useScheduleJobMutation$data = {
  readonly scheduleJob: {
    readonly errors: ReadonlyArray<{
      readonly " $fragmentSpreads": FragmentRefs<"refusal_error">;
    }>;
    readonly job: {
      readonly id: string;
    } | null | undefined;
  };
};
export type useScheduleJobMutation = {
  response: useScheduleJobMutation$data;
  variables: useScheduleJobMutation$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "input"
  }
],
v1 = [
  {
    "kind": "Variable",
    "name": "input",
    "variableName": "input"
  }
],
v2 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
},
v3 = [
  (v2/*:: as any*/)
],
v4 = {
  "alias": null,
  "args": null,
  "concreteType": "Job",
  "kind": "LinkedField",
  "name": "job",
  "plural": false,
  "selections": (v3/*:: as any*/),
  "storageKey": null
},
v5 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "__typename",
  "storageKey": null
},
v6 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "message",
  "storageKey": null
},
v7 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "path",
  "storageKey": null
},
v8 = {
  "kind": "InlineFragment",
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "isRetryable",
      "storageKey": null
    }
  ],
  "type": "ExecutorError",
  "abstractKey": null
},
v9 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "tag",
  "storageKey": null
};
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "useScheduleJobMutation",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "ScheduleJobPayload",
        "kind": "LinkedField",
        "name": "scheduleJob",
        "plural": false,
        "selections": [
          (v4/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "concreteType": null,
            "kind": "LinkedField",
            "name": "errors",
            "plural": true,
            "selections": [
              {
                "kind": "InlineDataFragmentSpread",
                "name": "refusal_error",
                "selections": [
                  (v5/*:: as any*/),
                  (v6/*:: as any*/),
                  (v7/*:: as any*/),
                  (v8/*:: as any*/),
                  {
                    "kind": "InlineFragment",
                    "selections": [
                      {
                        "alias": null,
                        "args": null,
                        "concreteType": "Job",
                        "kind": "LinkedField",
                        "name": "existingJob",
                        "plural": false,
                        "selections": [
                          (v9/*:: as any*/)
                        ],
                        "storageKey": null
                      }
                    ],
                    "type": "IdempotencyConflictError",
                    "abstractKey": null
                  }
                ],
                "args": null,
                "argumentDefinitions": []
              }
            ],
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ],
    "type": "Mutation",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "useScheduleJobMutation",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "ScheduleJobPayload",
        "kind": "LinkedField",
        "name": "scheduleJob",
        "plural": false,
        "selections": [
          (v4/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "concreteType": null,
            "kind": "LinkedField",
            "name": "errors",
            "plural": true,
            "selections": [
              (v5/*:: as any*/),
              {
                "kind": "TypeDiscriminator",
                "abstractKey": "__isUserError"
              },
              (v6/*:: as any*/),
              (v7/*:: as any*/),
              (v8/*:: as any*/),
              {
                "kind": "InlineFragment",
                "selections": [
                  {
                    "alias": null,
                    "args": null,
                    "concreteType": "Job",
                    "kind": "LinkedField",
                    "name": "existingJob",
                    "plural": false,
                    "selections": [
                      (v9/*:: as any*/),
                      (v2/*:: as any*/)
                    ],
                    "storageKey": null
                  }
                ],
                "type": "IdempotencyConflictError",
                "abstractKey": null
              },
              {
                "kind": "InlineFragment",
                "selections": (v3/*:: as any*/),
                "type": "NotFoundError",
                "abstractKey": null
              }
            ],
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "9fcf0abf3631bf114aab75c0469ea8bf",
    "id": null,
    "metadata": {},
    "name": "useScheduleJobMutation",
    "operationKind": "mutation",
    "text": "mutation useScheduleJobMutation(\n  $input: ScheduleJobInput!\n) {\n  scheduleJob(input: $input) {\n    job {\n      id\n    }\n    errors {\n      __typename\n      ...refusal_error\n      ... on NotFoundError {\n        id\n      }\n    }\n  }\n}\n\nfragment refusal_error on UserError {\n  __isUserError: __typename\n  __typename\n  message\n  path\n  ... on ExecutorError {\n    isRetryable\n  }\n  ... on IdempotencyConflictError {\n    existingJob {\n      tag\n      id\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "90d564dd8df0edb0c908951d170f2b24";

export default node;
