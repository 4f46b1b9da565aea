/** A job and its history, read with urql and followed over the websocket. */

import { LiveJob } from "jobwire-live";
import { type Client, stringifyDocument } from "urql";
import { read } from "../api/read.ts";
import { graphql } from "../gql";
import type { ShownEventFragment, ShownJobFragment } from "../gql/graphql.ts";
import { socket } from "../socket.ts";
import { History } from "./history.ts";

const Job = graphql(`
  query Job($id: ID!) {
    job(id: $id) {
      ...ShownJob
      asOf
      events(last: 100) {
        ...EventPage
      }
    }
  }
`);

const EarlierEvents = graphql(`
  query EarlierEvents($id: ID!, $before: String) {
    job(id: $id) {
      events(last: 100, before: $before) {
        ...EventPage
      }
    }
  }
`);

graphql(`
  fragment EventPage on JobEventConnection {
    nodes {
      ...ShownEvent
    }
    pageInfo {
      hasPreviousPage
      startCursor
    }
  }
`);

const JobUpdates = graphql(`
  subscription JobUpdates($id: ID!, $after: EventCursor) {
    jobUpdates(id: $id, after: $after, snapshot: false) {
      __typename
      ... on JobChange {
        cursor
        leftFilter
        event {
          ...ShownEvent
        }
        job {
          ...ShownJob
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

export interface WatchedJob {
  readonly live: LiveJob<ShownJobFragment, ShownEventFragment>;
  readonly history: History<ShownEventFragment>;
  /** Read the events before those of the history. */
  readonly loadEarlier: () => Promise<void>;
}

export function watchJob(client: Client, id: string): WatchedJob {
  const history = new History<ShownEventFragment>();
  const live = new LiveJob<ShownJobFragment, ShownEventFragment>({
    client: socket,
    query: stringifyDocument(JobUpdates),
    variables: { id },
    read: async (signal) => {
      const { job } = await read(client, Job, { id }, signal);
      if (job == null) return null;
      history.begin(job.events);
      return { job, asOf: job.asOf };
    },
    onChange: ({ event }) => history.append(event),
  });
  return {
    live,
    history,
    loadEarlier: async () => {
      const before = history.getSnapshot().startCursor;
      const { job } = await read(client, EarlierEvents, { id, before });
      if (job) history.prepend(job.events);
    },
  };
}
