/** How one job and its history are read and followed. */

import { RefusedError } from "jobwire-live";
import { graphql, requestSubscription } from "relay-runtime";
import type { liveJobQuery } from "../__generated__/liveJobQuery.graphql.ts";
import type { liveJobSubscription } from "../__generated__/liveJobSubscription.graphql.ts";
import type { LiveQueryConfig } from "../live/useLiveQuery.ts";
import { appendEvent } from "./history-connection.ts";

export const jobQuery = graphql`
  query liveJobQuery($id: ID!) {
    job(id: $id) {
      id
      tag
      asOf
      ...JobDetails_job
      ...JobHistory_job
    }
  }
`;

const jobSubscription = graphql`
  subscription liveJobSubscription($id: ID!, $after: EventCursor) {
    updates: jobUpdates(id: $id, after: $after, snapshot: false) {
      __typename
      ... on JobChange {
        cursor
        leftFilter
        event {
          id
          kind
          jobVersion
          ...JobHistory_event
        }
        job {
          ...JobDetails_job
        }
      }
      ... on StreamCaughtUp {
        cursor
      }
      ... on StreamReset {
        cursor
        reason
      }
      ... on StreamClosing {
        cursor
        reconnectAfter
      }
    }
  }
`;

export function liveJob(id: string): LiveQueryConfig<liveJobQuery> {
  return {
    query: jobQuery,
    variables: { id },
    follow: (environment, { job }, { onState, onError, onCompleted }) => {
      if (!job) {
        onError(new RefusedError("There is no such job.", "NOT_FOUND"));
        return { dispose: () => {} };
      }
      return requestSubscription<liveJobSubscription>(environment, {
        subscription: jobSubscription,
        variables: { id, after: job.asOf },
        cacheConfig: { metadata: { onState } },
        updater: (store, data) => {
          if (data?.updates.__typename !== "JobChange") return;
          const { event } = data.updates;
          appendEvent(store, job.id, event.id);
          if (event.kind === "DELETED") store.getRoot().setValue(null, "job", { id });
        },
        onError,
        onCompleted,
      });
    },
  };
}
