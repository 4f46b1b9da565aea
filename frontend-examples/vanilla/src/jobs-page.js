/** The page of the list. */

import { element } from "./dom.js";
import { filterOf } from "./filter.js";
import { FilterBar } from "./filter-bar.js";
import { JobList } from "./job-list.js";

export class JobsPage {
  title = "Jobs";
  #bar = new FilterBar();
  #place = element("div");
  node = element("div", {}, element("h1", {}, "Jobs"), this.#bar.node, this.#place);
  /** @type {JobList} */
  #list;

  /** @param {string} search */
  constructor(search) {
    this.#list = this.#open(search);
  }

  get live() {
    return this.#list.live;
  }

  /** Show the jobs of another filter. @param {string} search */
  show(search) {
    this.#list.leave();
    this.#list = this.#open(search);
  }

  restart() {
    this.#list.live.restart();
  }

  leave() {
    this.#bar.leave();
    this.#list.leave();
  }

  /** @param {string} search */
  #open(search) {
    const filter = filterOf(search);
    const list = new JobList(filter);
    this.#bar.update(filter);
    this.#place.replaceChildren(list.node);
    return list;
  }
}
