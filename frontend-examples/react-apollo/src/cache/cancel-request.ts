/** A cancel that was asked for and is not answered yet: what will probably come of it. */

import type { ApolloCache } from "@apollo/client";
import type { FieldFunctionOptions, StoreObject } from "@apollo/client/cache";
import type { CancelMode } from "../gql/graphql.ts";
import { graphql } from "../gql/index.ts";

// It stands beside the job: Apollo's optimistic layers copy whole objects, and the copy of
// a job would hide what the stream tells of it until the cancel is answered.
const CANCEL_REQUEST = graphql(`
  fragment CancelRequest on CancelRequest {
    id
    cancellation {
      requestedAt
      requestedBy
      reason
      mode
      graceUntil
      outcome
    }
  }
`);

/** Write it; only for the layer of an `optimisticResponse`, which is taken back. */
export function writeCancelRequest(
  cache: ApolloCache,
  id: string,
  mode: CancelMode,
): void {
  cache.writeFragment({
    fragment: CANCEL_REQUEST,
    data: {
      __typename: "CancelRequest",
      id,
      cancellation: {
        __typename: "JobCancellation",
        requestedAt: new Date().toISOString(),
        requestedBy: null,
        reason: null,
        mode,
        graceUntil: null,
        outcome: "PENDING",
      },
    },
  });
}

/** The cancellation that is expected of the job whose field is read. */
export function expectedCancellation({
  readField,
  toReference,
}: FieldFunctionOptions): StoreObject | undefined {
  const id = readField<string>("id");
  const request = id && toReference({ __typename: "CancelRequest", id });
  return request ? readField<StoreObject>("cancellation", request) : undefined;
}
