/** Which jobs the list shows; kept in the address, so that it can be shared. */

import { element, fill, find, icon } from "../page/dom.js";
import { ATTENTION_KINDS } from "./attention.js";
import { readTerms, writeTerms } from "./search-terms.js";
import { STATUSES } from "./status.js";
import { offerTypes } from "./type-options.js";

/** @typedef {import("./documents.js").JobFilter} JobFilter */

/** How long typing may pause, in ms, before the list follows. */
const TYPING_PAUSE = 300;
const HOUR = 3_600_000;
/** @type {Record<string, number>} */
const SPANS = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR };

export class FilterBar {
  #form = find("filter", HTMLFormElement);
  #search = find("filter-search", HTMLInputElement);
  #user = find("filter-user", HTMLInputElement);
  #type = find("filter-type", HTMLSelectElement);
  #executor = find("filter-executor", HTMLSelectElement);
  #since = find("filter-since", HTMLSelectElement);
  #attention = find("filter-attention", HTMLInputElement);
  #clear = find("filter-clear", HTMLButtonElement);
  /** @type {HTMLInputElement[]} */
  #statuses;
  /** When the span that was chosen begins; null: none was. @type {string | null} */
  #from = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #applied = "";

  /** Where the count of each status is shown. @type {Map<string, HTMLElement>} */
  counts = new Map();

  /**
   * @param {() => void} onChange
   * @param {() => void} onEnter The reader has ended a search.
   */
  constructor(onChange, onEnter) {
    this.onChange = onChange;
    this.onEnter = onEnter;
    this.#statuses = STATUSES.map(({ name }) =>
      element("input", { type: "checkbox", name: "status", value: name }),
    );
    fill(
      find("filter-statuses", HTMLElement),
      ...STATUSES.map(({ label, name, icon: sign }, index) => {
        const count = element("span", { class: "count" });
        this.counts.set(name, count);
        return element(
          "label",
          { class: "chip", "data-status": name },
          this.#statuses[index],
          icon(sign),
          label,
          count,
        );
      }),
    );
    this.#read(new URLSearchParams(location.search));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#apply();
      this.onEnter();
    });
    const typed = [this.#search, this.#user];
    this.#form.addEventListener("change", ({ target }) => {
      // Leaving a field by a click must not move what is clicked at: it is read later.
      if (typed.some((input) => input === target)) return;
      if (target === this.#since) this.#begin();
      this.#apply();
    });
    for (const input of typed) {
      input.addEventListener("input", () => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#apply(), TYPING_PAUSE);
      });
    }
    this.#clear.addEventListener("click", () => this.clear());
    this.#applied = this.#query();
    this.#clear.hidden = this.isEmpty;
  }

  /** @returns {JobFilter} What is not filtered by is absent. */
  get filter() {
    const statuses = this.#statuses
      .filter((input) => input.checked)
      .map((input) => input.value);
    const user = this.#user.value.trim();
    return {
      ...readTerms(this.#search.value),
      ...(statuses.length ? { statuses } : {}),
      ...(this.#type.value ? { types: [this.#type.value] } : {}),
      ...(this.#executor.value ? { executors: [this.#executor.value] } : {}),
      ...(user ? { userIds: [user] } : {}),
      ...(this.#attention.checked ? { attention: ATTENTION_KINDS } : {}),
      ...(this.#from ? { createdAt: { from: this.#from } } : {}),
    };
  }

  get isEmpty() {
    return Object.keys(this.filter).length === 0;
  }

  /** Whether the search names jobs or runs by their ids. */
  get namesJobs() {
    const { ids, triggerRunIds } = readTerms(this.#search.value);
    return ids !== undefined || triggerRunIds !== undefined;
  }

  focus() {
    this.#search.focus();
    this.#search.select();
  }

  /** @returns {boolean} Whether users can be named. */
  focusUser() {
    this.#user.focus();
    this.#user.select();
    return !this.#user.hidden;
  }

  /** Let users be named, for those who see the jobs of others too. */
  offerUsers(isOffered = true) {
    this.#user.hidden = !isOffered && this.#user.value === "";
  }

  /** Show the jobs of one user only. @param {string} user */
  chooseUser(user) {
    this.#user.value = user;
    this.#user.hidden = false;
    this.#apply();
  }

  clear() {
    this.#form.reset();
    this.#read(new URLSearchParams());
    this.#apply();
  }

  /**
   * Offer the registered types.
   *
   * @param {string[]} names
   */
  offerTypes(names) {
    const chosen = this.#type.value;
    const isMissing = chosen !== "" && !names.includes(chosen);
    offerTypes(this.#type, isMissing ? [chosen, ...names] : names);
  }

  #apply() {
    clearTimeout(this.#timer);
    this.#clear.hidden = this.isEmpty;
    const query = this.#query();
    if (query === this.#applied) return;
    this.#applied = query;
    const search = query ? `?${query}` : location.pathname;
    history.replaceState(null, "", search + location.hash);
    this.onChange();
  }

  /** The span that was chosen begins now; it does not move while the list is open. */
  #begin() {
    const span = SPANS[this.#since.value];
    this.#from = span ? new Date(Date.now() - span).toISOString() : null;
  }

  #query() {
    const { statuses, types, tags, ids, triggerRunIds, userIds, executors, attention } =
      this.filter;
    const query = new URLSearchParams();
    if (statuses) query.set("status", statuses.join(","));
    if (types) query.set("type", types[0]);
    if (tags) query.set("tag", tags.join(","));
    if (ids) query.set("id", ids.join(","));
    if (triggerRunIds) query.set("run", triggerRunIds.join(","));
    if (userIds) query.set("user", userIds[0]);
    if (executors) query.set("on", executors[0]);
    if (this.#since.value) query.set("since", this.#since.value);
    if (attention) query.set("attention", "any");
    return query.toString();
  }

  /** @param {URLSearchParams} query */
  #read(query) {
    const listed = (/** @type {string} */ name) => query.get(name)?.split(",") ?? [];
    const statuses = listed("status");
    for (const input of this.#statuses) input.checked = statuses.includes(input.value);
    this.#search.value = writeTerms({
      tags: listed("tag"),
      ids: listed("id"),
      triggerRunIds: listed("run"),
    });
    const type = query.get("type") ?? "";
    if (type) this.offerTypes([type]);
    this.#type.value = type;
    this.#executor.value = query.get("on") ?? "";
    this.#user.value = query.get("user") ?? "";
    this.#since.value = query.get("since") ?? "";
    this.#attention.checked = query.has("attention");
    this.#begin();
  }
}
