/** The list of jobs: read a page, follow its changes from there on. */

import { UnauthenticatedError } from "./api.js";
import { JOB_LIST_UPDATES, JOBS } from "./documents.js";
import { find, setText } from "../page/dom.js";
import { JobList } from "../page/jobwire-live.js";
import { matches } from "./job-filter.js";
import { JobRow } from "./row.js";
import { Rows } from "./rows.js";
import { followJobs } from "./stream.js";

/** @typedef {import("./documents.js").Job} Job */
/** @typedef {import("./documents.js").JobFilter} JobFilter */
/** @typedef {import("./documents.js").JobPage} JobPage */

const PAGE = 25;
const LARGEST_PAGE = 100;
/** How many jobs are kept unless more were loaded; "Load more" reads older ones again. */
const CAPACITY = 500;
/** How long to wait before reading again what could not be read, in ms. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;
/** @type {JobPage} */
const NOTHING = {
  nodes: [],
  pageInfo: { hasNextPage: false, endCursor: null },
  asOf: "",
};

/**
 * @typedef {object} JobsOptions
 * @property {import("./api.js").Api} api
 * @property {import("../page/live.js").LiveSocket} socket
 * @property {import("./clock.js").Clock} clock
 * @property {import("./row.js").JobActions} actions
 * @property {() => JobFilter} filter
 * @property {() => string | null} userId Who is looking; null: it is not known yet.
 * @property {(user: string) => void} onUser The jobs of a user are asked for.
 * @property {(job: Job) => void} onChange A job has changed.
 * @property {() => void} onState The list has become another one, fresher or staler.
 */

export class Jobs {
  #list = new JobList(CAPACITY);
  #rows;
  #node = find("jobs", HTMLElement);
  #more = find("more", HTMLButtonElement);
  #problem = find("list-error", HTMLElement);
  /** @type {JobFilter} */
  #filter = {};
  #stop = () => {};
  #reading = 0;
  #isDrawing = false;
  #failures = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** Whether a page has been read since the filter changed. */
  isLoaded = false;
  /** Whether every change up to now has been shown. */
  isCaughtUp = false;

  /** @param {JobsOptions} options */
  constructor(options) {
    this.options = options;
    this.#rows = new Rows(
      this.#node,
      (/** @type {Job} */ job) => new JobRow(job, options.actions, options.onUser),
    );
    this.#more.addEventListener("click", () => this.#loadMore());
  }

  /** The job that the list consists of; undefined: there are more, or none. */
  get only() {
    const [first, ...others] = this.#list.jobs;
    return others.length === 0 ? first : undefined;
  }

  get isEmpty() {
    return this.#list.jobs.length === 0;
  }

  /** Read the list anew, and follow it. */
  async load() {
    this.#stop();
    clearTimeout(this.#timer);
    const reading = (this.#reading += 1);
    const filter = this.options.filter();
    if (JSON.stringify(filter) !== JSON.stringify(this.#filter)) this.isLoaded = false;
    this.#filter = filter;
    this.isCaughtUp = false;
    this.#rows.isBusy = !this.isLoaded;
    this.options.onState();
    const first = Math.min(Math.max(this.#rows.size, PAGE), LARGEST_PAGE);
    try {
      const { jobs } = await this.options.api.execute(JOBS, { filter, first });
      if (reading !== this.#reading) return;
      this.#list.reset(jobs);
      this.isLoaded = true;
      this.#show(null);
      this.#follow(jobs.asOf);
      this.#draw();
    } catch (error) {
      if (reading === this.#reading) this.#fail(error);
    }
  }

  /**
   * Show the answer to an own write.
   *
   * @param {Job} job
   * @returns {boolean} Whether the job is in the list.
   */
  put(job) {
    this.#list.put(job, matches(this.#filter, job));
    this.#draw();
    return this.#find(job.id) !== undefined;
  }

  /** @param {string} id */
  focus(id) {
    this.#rows.focus(id);
  }

  /**
   * Mark the job that is open, and no other.
   *
   * @param {string | null} id
   */
  mark(id) {
    this.#rows.mark(id);
  }

  /** The job whose row has the focus. */
  get focused() {
    const id = this.#rows.focusedId;
    return id === null ? undefined : this.#find(id);
  }

  /**
   * Move the focus up or down.
   *
   * @param {number} step
   * @param {string | null} from Where to begin when no row has the focus.
   * @returns {Job | undefined} The job that has the focus now.
   */
  move(step, from) {
    const jobs = this.#list.jobs;
    const start = this.#rows.focusedId ?? from;
    const index = jobs.findIndex(({ id }) => id === start);
    const next = index < 0 ? 0 : Math.min(Math.max(index + step, 0), jobs.length - 1);
    const job = jobs[next];
    if (job) this.focus(job.id);
    return job;
  }

  /** Show whose jobs these are, where some are not the viewer's own. */
  drawUsers() {
    const own = this.options.userId();
    const isMixed = this.#list.jobs.some(({ userId }) => userId !== own);
    this.#node.classList.toggle("shows-users", own !== null && isMixed);
  }

  /** Let time pass. */
  tick() {
    this.#rows.tick(this.options.clock.now());
  }

  /** @param {string} id */
  #find(id) {
    return this.#list.jobs.find((job) => job.id === id);
  }

  /** The filter and the cursor that the next page is read with. */
  get #nextPage() {
    const { after, createdUntil } = this.#list.nextPage;
    if (createdUntil === null) return { filter: this.#filter, after };
    const createdAt = { ...this.#filter.createdAt, until: createdUntil };
    return { filter: { ...this.#filter, createdAt }, after };
  }

  /** @param {string} cursor */
  #follow(cursor) {
    this.#stop = followJobs(this.options.socket, {
      document: JOB_LIST_UPDATES,
      variables: { filter: this.#filter },
      cursor,
      onChange: (change) => {
        this.#list.apply(change);
        this.options.onChange(change.job);
        this.#drawSoon();
      },
      onCaughtUp: () => {
        this.#failures = 0;
        this.isCaughtUp = true;
        this.options.onState();
      },
      onReset: () => this.load(),
      onFailed: (error) => this.#fail(error),
      onEnded: () => this.#fail(new Error("The live updates have ended.")),
    });
  }

  async #loadMore() {
    const reading = this.#reading;
    const oldest = this.#list.jobs.at(-1)?.id ?? "";
    this.#more.disabled = true;
    try {
      const answer = this.options.api.execute(JOBS, {
        ...this.#nextPage,
        first: PAGE,
      });
      if (!(await this.#list.extend(answer.then(({ jobs }) => jobs)))) return;
      this.#draw();
      const added = this.#list.jobs.find(({ id }) => id < oldest);
      if (added) this.focus(added.id);
    } catch (error) {
      if (reading === this.#reading) this.#show(error);
    } finally {
      this.#more.disabled = false;
    }
  }

  /**
   * Say what went wrong, and try again later; what another filter showed is no answer.
   *
   * @param {unknown} error
   */
  #fail(error) {
    this.#show(error);
    this.isCaughtUp = false;
    if (!this.isLoaded) this.#list.reset(NOTHING);
    this.#draw();
    if (error instanceof UnauthenticatedError) return;
    const wait = Math.min(FIRST_WAIT * 2 ** this.#failures, LONGEST_WAIT);
    this.#failures += 1;
    this.#timer = setTimeout(() => this.load(), wait);
  }

  /** @param {unknown} error null: all is well. */
  #show(error) {
    this.#problem.hidden = error === null;
    setText(this.#problem, error instanceof Error ? error.message : "");
  }

  /** Draw with the next frame; many changes make one drawing. */
  #drawSoon() {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      this.#draw();
    });
  }

  #draw() {
    this.#rows.draw(this.#list.jobs, this.options.clock.now());
    this.#rows.isBusy = false;
    this.drawUsers();
    this.#more.hidden = !this.#list.hasMore;
    this.options.onState();
  }
}
