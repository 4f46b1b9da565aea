/** The rows of the list: each job keeps its own, wherever it moves. */

import { element } from "./dom.js";
import { JobRow } from "./job-row.js";

export class JobRows {
  node = element("ul", { className: "jobs", "aria-label": "Jobs" });
  /** @type {Map<string, JobRow>} */
  #rows = new Map();

  /** @param {import("./cancels.js").Cancels} cancels */
  constructor(cancels) {
    this.cancels = cancels;
  }

  /** @param {readonly import("./documents.js").ListedJob[]} jobs */
  update(jobs) {
    const shown = new Set(jobs.map(({ id }) => id));
    for (const [id, row] of this.#rows) {
      if (shown.has(id)) continue;
      row.node.remove();
      this.#rows.delete(id);
    }
    let next = this.node.firstElementChild;
    for (const job of jobs) {
      const row = this.#rows.get(job.id) ?? new JobRow(job, this.cancels);
      this.#rows.set(job.id, row);
      row.update(job);
      if (row.node === next) next = next.nextElementSibling;
      else this.node.insertBefore(row.node, next);
    }
    this.node.hidden = jobs.length === 0;
  }
}
