/** One job with its history, which stays right until it has ended. */

import type { ApolloClient } from "@apollo/client";
import { print } from "graphql";
import { type JobChange, LiveJob, type LiveJobView, type Store } from "jobwire-live";
import { anew } from "../api/client.ts";
import { reasonOf } from "../api/refusals.ts";
import type { HistoryEventFragment, JobDetailsFragment } from "../gql/graphql.ts";
import { graphql } from "../gql/index.ts";
import { socket } from "../socket.ts";

export const JOB = graphql(`
  query Job($id: ID!) {
    job(id: $id) {
      ...JobDetails
      asOf
      events(last: 50) {
        ...HistoryPage
      }
    }
  }
`);

const EARLIER_EVENTS = graphql(`
  query EarlierEvents($id: ID!, $before: String) {
    job(id: $id) {
      id
      events(last: 50, before: $before) {
        ...HistoryPage
      }
    }
  }
`);

const JOB_UPDATES = graphql(`
  subscription JobUpdates($id: ID!, $after: EventCursor) {
    jobUpdates(id: $id, after: $after, snapshot: false) {
      __typename
      ... on JobChange {
        cursor
        leftFilter
        event {
          ...HistoryEvent
        }
        job {
          ...JobDetails
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

type View = LiveJobView<JobDetailsFragment>;

/** `LiveJob` reads and follows it; what it is told goes to the cache. */
export class WatchedJob implements Store<View> {
  readonly id: string;
  readonly #client: ApolloClient;
  readonly #job: LiveJob<JobDetailsFragment, HistoryEventFragment>;

  constructor(client: ApolloClient, id: string) {
    this.#client = client;
    this.id = id;
    this.#job = new LiveJob({
      client: socket,
      query: print(client.cache.transformDocument(JOB_UPDATES)),
      variables: { id },
      read: (signal) => this.#read(signal),
      onChange: (change) => this.#write(change),
    });
  }

  get subscribe(): Store<View>["subscribe"] {
    return this.#job.subscribe;
  }

  get getSnapshot(): Store<View>["getSnapshot"] {
    return this.#job.getSnapshot;
  }

  readonly restart = (): void => this.#job.restart();

  /** @throws {Error} Why there are none, in words. */
  readonly loadEarlier = async (): Promise<void> => {
    const { cache } = this.#client;
    const shown = cache.readQuery({ query: JOB, variables: { id: this.id } });
    const before = shown?.job?.events.pageInfo.startCursor ?? null;
    try {
      await this.#client.query({
        query: EARLIER_EVENTS,
        variables: { id: this.id, before },
        fetchPolicy: "network-only",
      });
    } catch (error) {
      throw new Error(reasonOf(error));
    }
  };

  async #read(signal: AbortSignal) {
    const { data } = await this.#client.query({
      query: JOB,
      variables: { id: this.id },
      fetchPolicy: "network-only",
      context: anew(signal),
    });
    const job = data?.job;
    return job ? { job, asOf: job.asOf } : null;
  }

  #write({ event, job }: JobChange<JobDetailsFragment, HistoryEventFragment>): void {
    this.#client.cache.updateQuery(
      { query: JOB, variables: { id: this.id } },
      (data) => {
        if (!data?.job) return data;
        const { events } = data.job;
        const nodes = [...events.nodes, event];
        return { ...data, job: { ...data.job, ...job, events: { ...events, nodes } } };
      },
    );
  }
}
