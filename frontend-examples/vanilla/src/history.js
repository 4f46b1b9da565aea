/** The events of a job, in order: each once, whether it was read or told. */

import { request } from "./api.js";
import { earlierEvents } from "./documents.js";
import { element } from "./dom.js";
import { eventWords, originWords } from "./event-words.js";
import { LoadMore } from "./load-more.js";
import { timeElement } from "./time.js";

/** @typedef {import("./documents.js").JobEvent} JobEvent */
/** @typedef {import("./documents.js").EventPage} EventPage */

export class History {
  #list = element("ol");
  #more = new LoadMore("Show earlier events", () => this.#loadEarlier());
  node = element(
    "section",
    { "aria-label": "History" },
    element("h2", {}, "History"),
    this.#more.node,
    this.#list,
  );
  /** The cursor of the first event that is shown. @type {string | null} */
  #start = null;
  #lastVersion = 0;

  /** @param {string} id */
  constructor(id) {
    this.id = id;
  }

  /** Begin anew with the newest events. @param {EventPage} page */
  reset(page) {
    this.#list.replaceChildren();
    this.#prepend(page);
    this.#lastVersion = page.nodes.at(-1)?.jobVersion ?? 0;
  }

  /** Take in what the stream tells. @param {JobEvent} event */
  append(event) {
    if (event.jobVersion <= this.#lastVersion) return;
    this.#lastVersion = event.jobVersion;
    this.#list.append(itemOf(event));
  }

  async #loadEarlier() {
    const before = this.#start;
    const { job } = await request(earlierEvents, { id: this.id, before });
    // It may have begun anew meanwhile.
    if (job !== null && before === this.#start) this.#prepend(job.events);
  }

  /** @param {EventPage} page */
  #prepend({ nodes, pageInfo }) {
    this.#list.prepend(...nodes.map(itemOf));
    this.#start = pageInfo.startCursor;
    this.#more.node.hidden = !pageInfo.hasPreviousPage;
  }
}

/** @param {JobEvent} event */
function itemOf(event) {
  return element(
    "li",
    { "data-version": event.jobVersion },
    element("span", { className: "muted" }, timeElement(event.occurredAt)),
    element("span", {}, eventWords(event)),
    element("span", { className: "muted" }, originWords(event)),
  );
}
