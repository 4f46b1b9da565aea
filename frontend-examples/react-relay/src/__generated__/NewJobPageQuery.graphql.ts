/**
 * @generated SignedSource<<e4d133da594aa24be93e20210915f118>>
 * @lightSyntaxTransform
 * @codegen-command: npm run codegen
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ConcreteRequest } from 'relay-runtime';
export type NewJobPageQuery$variables = Record<PropertyKey, never>;
export type NewJobPageQuery$data = {
  readonly jobTypes: ReadonlyArray<{
    readonly dataSchema: unknown;
    readonly description: string | null | undefined;
    readonly name: string;
  }>;
};
export type NewJobPageQuery = {
  response: NewJobPageQuery$data;
  variables: NewJobPageQuery$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "alias": null,
    "args": null,
    "concreteType": "JobType",
    "kind": "LinkedField",
    "name": "jobTypes",
    "plural": true,
    "selections": [
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "name",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "description",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "dataSchema",
        "storageKey": null
      }
    ],
    "storageKey": null
  }
];
return {
  "fragment": {
    "argumentDefinitions": [],
    "kind": "Fragment",
    "metadata": null,
    "name": "NewJobPageQuery",
    "selections": (v0/*:: as any*/),
    "type": "Query",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [],
    "kind": "Operation",
    "name": "NewJobPageQuery",
    "selections": (v0/*:: as any*/)
  },
  "params": {
    "cacheID": "efcdba3c0612c3afe1b98e176a91d4c8",
    "id": null,
    "metadata": {},
    "name": "NewJobPageQuery",
    "operationKind": "query",
    "text": "query NewJobPageQuery {\n  jobTypes {\n    name\n    description\n    dataSchema\n  }\n}\n"
  }
};
})();

(node as any).hash = "f8026d2a8b1953082191542a5a73d54f";

export default node;
