/** Which jobs the list shows; kept in the address, so that it can be shared. */

import { element, fill, find, icon } from "../page/dom.js";
import { STATUSES } from "./status.js";

/** @typedef {import("./documents.js").JobFilter} JobFilter */

/** How long typing may pause, in ms, before the list follows. */
const TYPING_PAUSE = 300;

export class FilterBar {
  #form = find("filter", HTMLFormElement);
  #tags = find("filter-tags", HTMLInputElement);
  #type = find("filter-type", HTMLSelectElement);
  #clear = find("filter-clear", HTMLButtonElement);
  /** @type {HTMLInputElement[]} */
  #statuses;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #applied = "";

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    this.#statuses = STATUSES.map(({ name }) =>
      element("input", { type: "checkbox", name: "status", value: name }),
    );
    fill(
      find("filter-statuses", HTMLElement),
      ...STATUSES.map(({ label, name, icon: sign }, index) =>
        element(
          "label",
          { class: "chip", "data-status": name },
          this.#statuses[index],
          icon(sign),
          label,
        ),
      ),
    );
    this.#read(new URLSearchParams(location.search));
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#form.addEventListener("change", () => this.#apply());
    this.#tags.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#apply(), TYPING_PAUSE);
    });
    this.#clear.addEventListener("click", () => this.clear());
    this.#applied = this.#query();
    this.#clear.hidden = this.isEmpty;
  }

  /** @returns {JobFilter} What is not filtered by is absent. */
  get filter() {
    const statuses = this.#statuses
      .filter((input) => input.checked)
      .map((input) => input.value);
    const tags = this.#tags.value
      .split(",")
      .map((tag) => tag.trim())
      .filter(Boolean);
    return {
      ...(statuses.length ? { statuses } : {}),
      ...(this.#type.value ? { types: [this.#type.value] } : {}),
      ...(tags.length ? { tags } : {}),
    };
  }

  get isEmpty() {
    return Object.keys(this.filter).length === 0;
  }

  focus() {
    this.#tags.focus();
    this.#tags.select();
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
    const all = chosen && !names.includes(chosen) ? [chosen, ...names] : names;
    fill(
      this.#type,
      element("option", { value: "" }, "All types"),
      ...all.map((name) => element("option", { value: name }, name)),
    );
    this.#type.value = chosen;
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

  #query() {
    const { statuses, types, tags } = this.filter;
    const query = new URLSearchParams();
    if (statuses) query.set("status", statuses.join(","));
    if (types) query.set("type", types[0]);
    if (tags) query.set("tag", tags.join(","));
    return query.toString();
  }

  /** @param {URLSearchParams} query */
  #read(query) {
    const statuses = query.get("status")?.split(",") ?? [];
    for (const input of this.#statuses) input.checked = statuses.includes(input.value);
    this.#tags.value = query.get("tag") ?? "";
    const type = query.get("type") ?? "";
    if (type) this.offerTypes([type]);
    this.#type.value = type;
  }
}
