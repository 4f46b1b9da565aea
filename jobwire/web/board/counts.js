/** How many jobs stand where, kept up to date beside the statuses of the filter. */

import { JOB_COUNTS } from "./documents.js";
import { formatCount } from "./format.js";
import { countable } from "./job-filter.js";

/** @typedef {import("./documents.js").JobFilter} JobFilter */

const compactFormat = new Intl.NumberFormat("en", {
  notation: "compact",
  maximumFractionDigits: 1,
});

export class Counts {
  #stop = () => {};
  #shown = "";
  /** @type {Map<string, HTMLElement>} */
  #nodes;
  #socket;

  /**
   * @param {import("../page/live.js").LiveSocket} socket
   * @param {Map<string, HTMLElement>} nodes Where the count of each status is shown.
   */
  constructor(socket, nodes) {
    this.#socket = socket;
    this.#nodes = nodes;
  }

  /**
   * Count the jobs of a filter by their status, whichever statuses it names.
   *
   * Jobs are counted by type, user and executor; beside anything else no count is shown.
   *
   * @param {JobFilter} filter
   */
  follow(filter) {
    const counted = countable(filter);
    const key = JSON.stringify(counted);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#stop();
    this.#stop = () => {};
    if (counted === null) {
      this.#show(null);
      return;
    }
    this.#stop = this.#socket.follow({
      request: () => ({ query: JOB_COUNTS, variables: { filter: counted } }),
      next: ({ data }) => this.#show(data?.jobCounts.byStatus ?? null),
      failed: () => this.#show(null),
      ended: () => {},
    });
  }

  /** @param {{status: string, count: number}[] | null} counts null: they are not known. */
  #show(counts) {
    for (const [status, node] of this.#nodes) {
      const count = counts?.find((one) => one.status === status)?.count ?? 0;
      node.textContent = count === 0 ? "" : compactFormat.format(count);
      node.title = count === 0 ? "" : formatCount(count, "job");
    }
  }
}
