/** The live list of the jobs of one filter. */

import { LiveJobs } from "../jobwire-live.js";
import { client, request } from "./api.js";
import { Cancels } from "./cancels.js";
import { jobListUpdates, jobsDocument } from "./documents.js";
import { element, loading, refill } from "./dom.js";
import { addressOf, holds, jobFilterOf } from "./filter.js";
import { JobRows } from "./job-rows.js";
import { LoadMore } from "./load-more.js";

/** @typedef {import("./documents.js").ListedJob} ListedJob */
/** @typedef {import("./filter.js").Filter} Filter */

const PAGE_SIZE = 20;
const EVERYTHING = addressOf({ status: "all", tags: [] });

export class JobList {
  /** @param {Filter} filter */
  constructor(filter) {
    this.filter = filter;
    this.live = liveJobsOf(jobFilterOf(filter));
    this.rows = new JobRows(
      new Cancels({
        change: () => this.#update(),
        answer: (job) => this.live.put(job, holds(filter, job)),
        signedOut: () => this.live.restart(),
      }),
    );
    this.nothing = element("div");
    this.more = new LoadMore("Load more", () => this.live.loadMore());
    this.node = element("div", {}, this.rows.node, this.nothing, this.more.node);
    this.leave = this.live.subscribe(() => this.#update());
    this.#update();
  }

  #update() {
    const { jobs, hasMore, state, liveUntil } = this.live.getSnapshot();
    const isKnown = state === "live" || liveUntil !== null;
    const isEmpty = jobs.length === 0 && (isKnown || state === "loading");
    this.rows.update(jobs);
    this.more.node.hidden = !hasMore;
    this.nothing.hidden = !isEmpty;
    refill(this.nothing, isKnown, () => [
      isKnown ? nothingFound(this.filter) : loading(),
    ]);
  }
}

/** @param {ReturnType<typeof jobFilterOf>} filter */
function liveJobsOf(filter) {
  /** @type {LiveJobs<ListedJob>} */
  const live = new LiveJobs({
    client,
    query: jobListUpdates,
    variables: { filter },
    pageSize: PAGE_SIZE,
    async read({ first, after, createdUntil }, signal) {
      const asked = createdUntil
        ? { ...filter, createdAt: { until: createdUntil } }
        : filter;
      const { jobs } = await request(
        jobsDocument,
        { filter: asked, first, after },
        signal,
      );
      return jobs;
    },
  });
  return live;
}

/** @param {Filter} filter */
function nothingFound(filter) {
  if (addressOf(filter) === EVERYTHING) {
    return element(
      "div",
      { className: "empty" },
      element("p", {}, "No jobs yet."),
      element("a", { href: "#/new" }, "Schedule the first one"),
    );
  }
  const clear = () => {
    location.hash = EVERYTHING;
  };
  return element(
    "div",
    { className: "empty" },
    element("p", {}, "No job matches."),
    element("button", { type: "button", click: clear }, "Clear the filter"),
  );
}
