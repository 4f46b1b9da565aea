/** The jobs of a list, newest first, kept right by pages, changes and own writes. */

import type { JobChange, LiveJobFields } from "./messages.ts";

/** What must be selected of a job in a list; all else is the caller's. */
export interface ListedJobFields extends LiveJobFields {
  readonly createdAt: string;
}

/** A page of `jobs`, as a read must select it. */
export interface JobPage<Job> {
  /** Where the read stands in the log. */
  readonly asOf: string;
  readonly nodes: readonly Job[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly endCursor?: string | null | undefined;
  };
}

/** What the next page begins with, as arguments of `jobs`. */
export interface PageStart {
  readonly after: string | null;
  /** To be put into the filter, as `createdAt: { until }`; null: nothing. */
  readonly createdUntil: string | null;
}

/** How many departures are remembered: for answers that are seconds late, not hours. */
const MOST_DEPARTURES = 1000;

export class JobList<Job extends ListedJobFields> {
  readonly #capacity: number;
  /** How many jobs the reader has asked for. */
  #asked = 0;
  /** The oldest job that was read, even if it has left; null: none was. */
  #oldest: string | null = null;
  readonly #jobs = new Map<string, Job>();
  /** The version with which a job left, so that nothing older brings it back. */
  readonly #departures = new Map<string, number>();
  #sorted: readonly Job[] | null = null;
  /** What is told while a page is read, which may be older; null: none is. */
  #told: JobChange<Job>[] | null = null;
  #endCursor: string | null = null;
  #hasMore = false;

  /**
   * @param capacity How many jobs are kept at most, unless more were asked for; older
   *   ones can be read again.
   */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The same array until a job changes. Ids begin with the time of their creation. */
  get jobs(): readonly Job[] {
    this.#sorted ??= [...this.#jobs.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
    return this.#sorted;
  }

  /** Whether there are older jobs than these. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  get nextPage(): PageStart {
    const last = this.jobs.at(-1);
    if (this.#endCursor !== null || last === undefined) {
      return { after: this.#endCursor, createdUntil: null };
    }
    const until = new Date(Date.parse(last.createdAt) + 1);
    return { after: null, createdUntil: until.toISOString() };
  }

  /** Begin anew with the first page. */
  reset(page: JobPage<Job>): void {
    this.#jobs.clear();
    this.#departures.clear();
    this.#sorted = null;
    this.#told = null;
    this.#oldest = null;
    this.#append(page);
  }

  /**
   * Add the next page once it is read, as its jobs are by then.
   *
   * @returns Whether it was added; it is not to a list that began anew meanwhile.
   */
  async extend(reading: Promise<JobPage<Job>>): Promise<boolean> {
    const told: JobChange<Job>[] = [];
    this.#told = told;
    try {
      const page = await reading;
      if (this.#told !== told) return false;
      this.#append(page);
    } finally {
      if (this.#told === told) this.#told = null;
    }
    for (const change of told) this.apply(change);
    return true;
  }

  /** Take in what the stream tells. */
  apply(change: JobChange<Job>): void {
    this.#told?.push(change);
    const { event, job, leftFilter } = change;
    if (leftFilter) {
      this.#remove(job.id, event.jobVersion);
    } else if (this.#jobs.has(job.id) || this.#reaches(job, event.jobVersion)) {
      this.#keep(job);
      this.#trim();
    }
  }

  /**
   * Take in the answer to an own write, which may be older than what the stream told.
   *
   * @param belongs Whether the job, as it is now, matches the filter of the list.
   */
  put(job: Job, belongs: boolean): void {
    const known = this.#jobs.get(job.id);
    if (belongs) {
      if (known !== undefined || this.#reaches(job, job.version)) this.#keep(job);
    } else if (known !== undefined && known.version < job.version) {
      this.#remove(job.id, job.version);
    }
  }

  #append(page: JobPage<Job>): void {
    for (const job of page.nodes) this.#keep(job);
    this.#hasMore = page.pageInfo.hasNextPage;
    this.#endCursor = page.pageInfo.endCursor ?? null;
    this.#asked = this.#jobs.size;
    this.#oldest = page.nodes.at(-1)?.id ?? this.#oldest;
  }

  /** Whether a job that is not in the list belongs among what is loaded. */
  #reaches(job: Job, version: number): boolean {
    if (version <= (this.#departures.get(job.id) ?? 0)) return false;
    return !this.#hasMore || this.#oldest === null || job.id >= this.#oldest;
  }

  #keep(job: Job): void {
    const known = this.#jobs.get(job.id);
    if (known !== undefined && known.version >= job.version) return;
    this.#jobs.set(job.id, job);
    this.#departures.delete(job.id);
    this.#sorted = null;
  }

  #remove(id: string, version: number): void {
    this.#jobs.delete(id);
    this.#sorted = null;
    this.#departures.delete(id);
    this.#departures.set(id, version);
    const [oldest] = this.#departures.keys();
    if (this.#departures.size > MOST_DEPARTURES) this.#departures.delete(oldest ?? id);
  }

  #trim(): void {
    const kept = Math.max(this.#capacity, this.#asked);
    if (this.#jobs.size <= kept) return;
    for (const { id } of this.jobs.slice(kept)) this.#jobs.delete(id);
    this.#sorted = null;
    this.#oldest = this.jobs.at(-1)?.id ?? null;
    this.#hasMore = true;
    this.#endCursor = null;
  }
}
