/** How the jobs of a filter are read and followed. */

import { graphql, requestSubscription } from "relay-runtime";
import type {
  JobFilter,
  liveJobsQuery,
} from "../__generated__/liveJobsQuery.graphql.ts";
import type { liveJobsSubscription } from "../__generated__/liveJobsSubscription.graphql.ts";
import type { LiveQueryConfig } from "../live/useLiveQuery.ts";
import { JobsConnection } from "./jobs-connection.ts";

export const PAGE_SIZE = 20;

export const jobsQuery = graphql`
  query liveJobsQuery($filter: JobFilter, $count: Int!) {
    jobs(filter: $filter, first: $count) {
      asOf
    }
    ...JobList_query @arguments(filter: $filter, count: $count)
  }
`;

const jobsSubscription = graphql`
  subscription liveJobsSubscription($filter: JobFilter, $after: EventCursor) {
    updates: jobListUpdates(filter: $filter, after: $after) {
      __typename
      ... on JobChange {
        cursor
        leftFilter
        event {
          jobVersion
        }
        job {
          id
          ...JobRow_job
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

export interface LiveJobs {
  readonly connection: JobsConnection;
  readonly config: LiveQueryConfig<liveJobsQuery>;
}

export function liveJobs(filter: JobFilter): LiveJobs {
  const connection = new JobsConnection(filter, PAGE_SIZE);
  return {
    connection,
    config: {
      query: jobsQuery,
      variables: { filter, count: PAGE_SIZE },
      variablesNow: () => ({ filter, count: connection.count }),
      follow: (
        environment,
        { jobs },
        { onState, onError, onCompleted, onOutgrown },
      ) => {
        connection.begin(environment);
        return requestSubscription<liveJobsSubscription>(environment, {
          subscription: jobsSubscription,
          variables: { filter, after: jobs.asOf },
          cacheConfig: { metadata: { onState } },
          updater: (store, data) => {
            if (data?.updates.__typename !== "JobChange") return;
            const { job, leftFilter } = data.updates;
            connection.apply(store, { jobId: job.id, leftFilter });
          },
          onNext: () => {
            if (connection.isOutgrown) onOutgrown();
          },
          onError,
          onCompleted,
        });
      },
    },
  };
}
