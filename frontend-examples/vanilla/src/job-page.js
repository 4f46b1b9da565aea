/** The page of one job, live until it has ended. */

import { LiveJob, RefusedError } from "../jobwire-live.js";
import { client, request } from "./api.js";
import { Cancels } from "./cancels.js";
import { jobDocument, jobUpdates, retryJob } from "./documents.js";
import { element, loading } from "./dom.js";
import { History } from "./history.js";
import { JobActions } from "./job-actions.js";
import { JobEnd } from "./job-end.js";
import { JobFacts } from "./job-facts.js";
import { ProgressBar, StatusBadge } from "./job-status.js";
import { send } from "./mutation.js";
import { jobAddress } from "./route.js";

/** @typedef {import("./documents.js").Job} Job */

export class JobPage {
  title = "Job";
  node = element("article", { className: "job" }, loading());
  #status = new StatusBadge();
  #progress = new ProgressBar();
  #facts = new JobFacts();
  #end = new JobEnd();
  #isRetrying = false;
  #refusal = "";

  /** @param {string} id */
  constructor(id) {
    this.id = id;
    this.history = new History(id);
    this.live = liveJobOf(id, this.history);
    this.cancels = new Cancels({
      change: () => this.#update(),
      answer: (job) => this.live.put(job),
      signedOut: () => this.restart(),
    });
    this.actions = new JobActions({
      cancel: () => this.cancels.cancel(id),
      force: () => this.cancels.cancel(id, "FORCE"),
      retry: () => this.#retry(),
    });
    this.unsubscribe = this.live.subscribe(() => this.#update());
  }

  restart() {
    this.live.restart();
  }

  leave() {
    this.unsubscribe();
    this.actions.leave();
  }

  #update() {
    const { job, state, error } = this.live.getSnapshot();
    if (error instanceof RefusedError && error.code === "NOT_FOUND") {
      this.#showNothing();
    } else if (job !== null) {
      this.#show(job);
    } else if (state === "refused") {
      this.node.replaceChildren();
    }
  }

  /** @param {Job} job */
  #show(job) {
    if (!this.actions.node.isConnected) {
      document.title = `${job.tag} · Jobwire`;
      this.node.replaceChildren(
        element(
          "div",
          { className: "job-head" },
          element("h1", {}, job.tag),
          this.#status.node,
        ),
        this.#progress.node,
        this.actions.node,
        this.#facts.node,
        ...this.#end.nodes,
        this.history.node,
      );
    }
    this.#status.update(job);
    this.#progress.update(job);
    this.#facts.update(job);
    this.#end.update(job);
    this.actions.update(job, {
      isCanceling: this.cancels.isUnderWay(job),
      isRetrying: this.#isRetrying,
      refusal: this.#refusal || this.cancels.refusal(job.id),
    });
  }

  #showNothing() {
    this.node.replaceChildren(
      element(
        "div",
        { className: "empty" },
        element("h1", {}, "There is no such job."),
        element("a", { href: "#/" }, "All jobs"),
      ),
    );
  }

  async #retry() {
    this.#isRetrying = true;
    this.#refusal = "";
    this.#update();
    const { payload, problems } = await send(retryJob, { id: this.id });
    this.#isRetrying = false;
    this.#refusal = problems.map(({ message }) => message).join(" ");
    if (problems.some(({ code }) => code === "UNAUTHENTICATED")) this.restart();
    if (payload?.job) location.hash = jobAddress(payload.job.id);
    else this.#update();
  }
}

/**
 * @param {string} id
 * @param {History} history
 */
function liveJobOf(id, history) {
  /** @type {LiveJob<Job>} */
  const live = new LiveJob({
    client,
    query: jobUpdates,
    variables: { id },
    async read(signal) {
      const { job } = await request(jobDocument, { id }, signal);
      if (job === null) return null;
      history.reset(job.events);
      return { job, asOf: job.asOf };
    },
    onChange({ event }) {
      const told = /** @type {import("./documents.js").JobEvent} */ (event);
      history.append(told);
      // Reading it anew finds that it is gone.
      if (told.kind === "DELETED") live.restart();
    },
  });
  return live;
}
