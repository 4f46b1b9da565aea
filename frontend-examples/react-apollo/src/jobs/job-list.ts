/** A list of jobs that stays right while it is shown. */

import type { ApolloClient } from "@apollo/client";
import { print } from "graphql";
import {
  type JobPage,
  LiveJobs,
  type LiveJobsView,
  type PageStart,
  type Store,
} from "jobwire-live";
import { anew } from "../api/client.ts";
import { reasonOf } from "../api/refusals.ts";
import type { JobFilter, JobRowFragment } from "../gql/graphql.ts";
import { graphql } from "../gql/index.ts";
import { socket } from "../socket.ts";

export const JOBS = graphql(`
  query Jobs($filter: JobFilter, $first: Int, $after: String) {
    jobs(filter: $filter, first: $first, after: $after) {
      asOf
      nodes {
        ...JobRow
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const JOB_LIST_UPDATES = graphql(`
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
          ...JobRow
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

type View = LiveJobsView<JobRowFragment>;

/** `LiveJobs` says which jobs the list has; what it knows of them goes to the cache. */
export class JobList implements Store<View> {
  readonly filter: JobFilter;
  readonly #client: ApolloClient;
  readonly #jobs: LiveJobs<JobRowFragment>;
  #written: readonly JobRowFragment[] = [];

  constructor(client: ApolloClient, filter: JobFilter) {
    this.#client = client;
    this.filter = filter;
    this.#jobs = new LiveJobs({
      client: socket,
      query: print(client.cache.transformDocument(JOB_LIST_UPDATES)),
      variables: { filter },
      pageSize: 20,
      read: (page, signal) => this.#read(page, signal),
    });
  }

  readonly subscribe = (listener: () => void): (() => void) =>
    this.#jobs.subscribe(() => {
      this.#write();
      listener();
    });

  get getSnapshot(): () => View {
    return this.#jobs.getSnapshot;
  }

  readonly restart = (): void => this.#jobs.restart();

  /** @throws {Error} Why there are none, in words. */
  readonly loadMore = async (): Promise<void> => {
    try {
      await this.#jobs.loadMore();
    } catch (error) {
      throw new Error(reasonOf(error));
    }
  };

  async #read(
    { first, after, createdUntil }: PageStart & { first: number },
    signal: AbortSignal,
  ): Promise<JobPage<JobRowFragment>> {
    const filter = createdUntil
      ? { ...this.filter, createdAt: { until: createdUntil } }
      : this.filter;
    const { data } = await this.#client.query({
      query: JOBS,
      variables: { filter, first, after },
      // Further pages go to the cache as a part of the list.
      fetchPolicy: after || createdUntil ? "no-cache" : "network-only",
      context: anew(signal),
    });
    if (!data) throw new Error("The server gave no jobs.");
    return data.jobs;
  }

  #write(): void {
    const { jobs } = this.#jobs.getSnapshot();
    if (jobs === this.#written) return;
    this.#written = jobs;
    this.#client.cache.updateQuery(
      { query: JOBS, variables: { filter: this.filter } },
      (data) => data && { jobs: { ...data.jobs, nodes: [...jobs] } },
    );
  }
}
