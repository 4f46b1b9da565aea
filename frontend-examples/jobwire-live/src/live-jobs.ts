/** A list of jobs that stays right while it is watched. */

import type { SubscriptionClient } from "./client.ts";
import {
  JobList,
  type JobPage,
  type ListedJobFields,
  type PageStart,
} from "./job-list.ts";
import { Live, type LiveStatus, NOT_YET } from "./live.ts";
import { Cell, type Store } from "./store.ts";

/** How often changes are shown at most, in ms: a burst of them is drawn once. */
const FRAME = 16;
/** The largest page that Jobwire gives. */
const LARGEST_PAGE = 100;

export interface LiveJobsView<Job> extends LiveStatus {
  /** Newest first. */
  readonly jobs: readonly Job[];
  /** Whether `loadMore` finds older ones. */
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
}

export interface LiveJobsOptions<Job extends ListedJobFields> {
  readonly client: SubscriptionClient;
  /**
   * Read a page of `jobs`, past every cache.
   *
   * What it throws is tried again, unless it tells a refusal: `RefusedError`, an error
   * with `graphQLErrors` or `errors`, or a `response` with a status.
   */
  readonly read: (
    page: PageStart & { readonly first: number },
    signal: AbortSignal,
  ) => Promise<JobPage<Job>>;
  /** A subscription to jobListUpdates of the same filter, with a variable `$after`. */
  readonly query: string;
  /** All of its variables but `after`. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** How many jobs a page has, at most 100; 25 unless told. */
  readonly pageSize?: number;
  /** How many jobs are kept, unless more were asked for; 500 unless told. */
  readonly capacity?: number;
}

/** It reads and follows from its first subscriber to its last. */
export class LiveJobs<Job extends ListedJobFields> implements Store<LiveJobsView<Job>> {
  readonly #options: LiveJobsOptions<Job>;
  readonly #list: JobList<Job>;
  readonly #live: Live<JobPage<Job>, Job>;
  readonly #view: Cell<LiveJobsView<Job>>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The page that is read; one of before a new beginning is waited for no more. */
  #paging = new AbortController();

  constructor(options: LiveJobsOptions<Job>) {
    this.#options = options;
    this.#list = new JobList(options.capacity ?? 500);
    const { client, query, variables } = options;
    this.#live = new Live({
      client,
      query,
      variables,
      read: (signal) => options.read({ first: this.#first, ...START }, signal),
      onRead: (page) => {
        this.#paging.abort();
        this.#list.reset(page);
        this.#draw({ isLoadingMore: false });
      },
      onChange: (change) => {
        this.#list.apply(change);
        this.#timer ??= setTimeout(() => this.#draw({}), FRAME);
      },
      onStatus: (status) => this.#draw(status),
    });
    this.#view = new Cell<LiveJobsView<Job>>(
      { ...NOT_YET, jobs: [], hasMore: false, isLoadingMore: false },
      { onFirst: () => this.#live.start(), onLast: () => this.#live.stop() },
    );
  }

  get subscribe(): Store<LiveJobsView<Job>>["subscribe"] {
    return this.#view.subscribe;
  }

  get getSnapshot(): Store<LiveJobsView<Job>>["getSnapshot"] {
    return this.#view.getSnapshot;
  }

  /** Read the list anew, for example with another token. */
  restart(): void {
    this.#live.restart();
  }

  /**
   * Read older jobs.
   *
   * @throws What `read` throws; the list stands as it stood.
   */
  async loadMore(): Promise<void> {
    const { hasMore, isLoadingMore } = this.getSnapshot();
    if (!hasMore || isLoadingMore) return;
    const paging = new AbortController();
    this.#paging = paging;
    this.#draw({ isLoadingMore: true });
    try {
      const page = { first: this.#pageSize, ...this.#list.nextPage };
      await this.#list.extend(this.#options.read(page, paging.signal));
    } catch (error) {
      if (!paging.signal.aborted) throw error;
    } finally {
      if (!paging.signal.aborted) this.#draw({ isLoadingMore: false });
    }
  }

  /**
   * Show the answer to an own write at once.
   *
   * @param belongs Whether the job, as it is now, matches the filter of the list.
   */
  put(job: Job, belongs = true): void {
    this.#list.put(job, belongs);
    this.#draw({});
  }

  get #pageSize(): number {
    return this.#options.pageSize ?? 25;
  }

  /** As many as are shown, so that a new beginning does not shorten the list. */
  get #first(): number {
    return Math.min(Math.max(this.#list.jobs.length, this.#pageSize), LARGEST_PAGE);
  }

  #draw(changes: Partial<LiveJobsView<Job>>): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#view.set({ ...changes, jobs: this.#list.jobs, hasMore: this.#list.hasMore });
  }
}

const START: PageStart = { after: null, createdUntil: null };
