/** The jobs of a list, newest first, kept right by pages, live changes and own writes. */

/** @typedef {import("./documents.js").Job} Job */
/** @typedef {import("./documents.js").JobChange} JobChange */
/** @typedef {import("./documents.js").JobPage} JobPage */
/** @typedef {import("./documents.js").JobFilter} JobFilter */

/** How many jobs are kept; older ones are read again by "Load more". */
const CAPACITY = 500;

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
  /** @type {string | null} */
  #endCursor = null;
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
    this.append(page);
  }

  /**
   * Add the next page.
   *
   * @param {JobPage} page
   */
  append(page) {
    for (const job of page.nodes) this.#keep(job);
    this.hasMore = page.pageInfo.hasNextPage;
    this.#endCursor = page.pageInfo.endCursor;
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
  apply({ event, job, leftFilter }) {
    if (leftFilter) {
      this.#jobs.delete(job.id);
      this.#departures.set(job.id, event.jobVersion);
      this.#sorted = null;
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
      this.#jobs.delete(job.id);
      this.#departures.set(job.id, job.version);
      this.#sorted = null;
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

  #trim() {
    if (this.#jobs.size <= CAPACITY) return;
    for (const { id } of this.jobs.slice(CAPACITY)) this.#jobs.delete(id);
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
