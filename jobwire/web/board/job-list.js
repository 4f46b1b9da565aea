/** The jobs of a list, newest first, kept right by pages, live changes and own writes. */

/** @typedef {import("./documents.js").Job} Job */
/** @typedef {import("./documents.js").JobChange} JobChange */
/** @typedef {import("./documents.js").JobPage} JobPage */
/** @typedef {import("./documents.js").JobFilter} JobFilter */

/** How many jobs are kept unless more were loaded; "Load more" reads older ones again. */
const CAPACITY = 500;
/** How many departures are remembered: for answers that are seconds late, not hours. */
const MOST_DEPARTURES = 1000;

export class JobList {
  /** @type {Map<string, Job>} */
  #jobs = new Map();
  /**
   * The event with which a job left the list, so that nothing older brings it back.
   *
   * @type {Map<string, number>}
   */
  #departures = new Map();
  /** @type {Job[] | null} */
  #sorted = null;
  /**
   * What is told while a page is read, which may be older; null: none is.
   *
   * @type {JobChange[] | null}
   */
  #told = null;
  /** @type {string | null} */
  #endCursor = null;
  /** How many jobs the reader has loaded. */
  #loaded = 0;
  hasMore = false;

  get size() {
    return this.#jobs.size;
  }

  /** The jobs, newest first: their ids begin with the time at which they were made. */
  get jobs() {
    this.#sorted ??= [...this.#jobs.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
    return this.#sorted;
  }

  /** @param {string} id */
  get(id) {
    return this.#jobs.get(id);
  }

  /**
   * Begin anew with the first page.
   *
   * @param {JobPage} page
   */
  reset(page) {
    this.#jobs.clear();
    this.#departures.clear();
    this.#sorted = null;
    this.#told = null;
    this.#append(page);
  }

  /**
   * Add the next page once it is read, as its jobs are by then.
   *
   * @param {Promise<JobPage>} reading
   * @returns {Promise<boolean>} Whether it was added; not to a list that began anew.
   */
  async extend(reading) {
    /** @type {JobChange[]} */
    const told = [];
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

  /** @param {JobPage} page */
  #append(page) {
    for (const job of page.nodes) this.#keep(job);
    this.hasMore = page.pageInfo.hasNextPage;
    this.#endCursor = page.pageInfo.endCursor;
    this.#loaded = this.#jobs.size;
  }

  /**
   * What to ask for to get the next page.
   *
   * @param {JobFilter} filter The filter of the list.
   * @returns {{filter: JobFilter, after: string | null}}
   */
  nextPage(filter) {
    const last = this.jobs.at(-1);
    if (this.#endCursor !== null || !last) return { filter, after: this.#endCursor };
    const until = new Date(Date.parse(last.createdAt) + 1).toISOString();
    return { filter: { ...filter, createdAt: { until } }, after: null };
  }

  /**
   * Take in a message of the live stream.
   *
   * @param {JobChange} change
   */
  apply(change) {
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
   * @param {Job} job
   * @param {JobFilter} filter The filter of the list.
   * @returns {boolean} Whether the job is in the list now.
   */
  put(job, filter) {
    if (matches(filter, job)) {
      if (this.#jobs.has(job.id) || this.#reaches(job, job.version)) this.#keep(job);
    } else if ((this.#jobs.get(job.id)?.version ?? job.version) < job.version) {
      this.#remove(job.id, job.version);
    }
    return this.#jobs.has(job.id);
  }

  /**
   * Whether a job that is not in the list belongs among what is loaded.
   *
   * @param {Job} job
   * @param {number} version Of the fact that brings it.
   */
  #reaches(job, version) {
    if (version <= (this.#departures.get(job.id) ?? 0)) return false;
    const last = this.jobs.at(-1);
    return !this.hasMore || last === undefined || job.id > last.id;
  }

  /** @param {Job} job */
  #keep(job) {
    const known = this.#jobs.get(job.id);
    if (known && known.version >= job.version) return;
    this.#jobs.set(job.id, job);
    this.#departures.delete(job.id);
    this.#sorted = null;
  }

  /**
   * @param {string} id
   * @param {number} version With which it left.
   */
  #remove(id, version) {
    this.#jobs.delete(id);
    this.#sorted = null;
    this.#departures.delete(id);
    this.#departures.set(id, version);
    if (this.#departures.size <= MOST_DEPARTURES) return;
    const [oldest] = this.#departures.keys();
    this.#departures.delete(oldest);
  }

  #trim() {
    const kept = Math.max(CAPACITY, this.#loaded);
    if (this.#jobs.size <= kept) return;
    for (const { id } of this.jobs.slice(kept)) this.#jobs.delete(id);
    this.#sorted = null;
    this.hasMore = true;
    this.#endCursor = null;
  }
}

/**
 * @param {JobFilter} filter
 * @param {Job} job
 */
function matches({ statuses, types, tags }, job) {
  return (
    (statuses?.includes(job.status) ?? true) &&
    (types?.includes(job.type) ?? true) &&
    (tags?.includes(job.tag) ?? true)
  );
}
