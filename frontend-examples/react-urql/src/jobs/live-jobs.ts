/** The list of a filter, read with urql and followed over the websocket. */

import { LiveJobs } from "jobwire-live";
import { type Client, stringifyDocument } from "urql";
import { read } from "../api/read.ts";
import { type Filter, jobFilterOf } from "../filter.ts";
import { graphql } from "../gql";
import type { ListedJobFragment } from "../gql/graphql.ts";
import { socket } from "../socket.ts";

const PAGE_SIZE = 20;

const Jobs = graphql(`
  query Jobs($filter: JobFilter, $first: Int, $after: String) {
    jobs(filter: $filter, first: $first, after: $after) {
      asOf
      nodes {
        ...ListedJob
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const JobListUpdates = graphql(`
  subscription JobListUpdates($filter: JobFilter, $after: EventCursor) {
    jobListUpdates(filter: $filter, after: $after) {
      __typename
      ... on JobChange {
        cursor
        leftFilter
        event {
          jobVersion
        }
        job {
          ...ListedJob
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
`);

export function createLiveJobs(client: Client, filter: Filter) {
  const jobFilter = jobFilterOf(filter);
  return new LiveJobs<ListedJobFragment>({
    client: socket,
    query: stringifyDocument(JobListUpdates),
    variables: { filter: jobFilter },
    pageSize: PAGE_SIZE,
    read: async ({ first, after, createdUntil }, signal) => {
      const createdAt = createdUntil === null ? null : { until: createdUntil };
      const variables = { filter: { ...jobFilter, createdAt }, first, after };
      const { jobs } = await read(client, Jobs, variables, signal);
      return jobs;
    },
  });
}
