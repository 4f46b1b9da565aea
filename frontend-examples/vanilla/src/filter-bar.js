/** What the list is filtered by; a change of it is a change of the address. */

import { element } from "./dom.js";
import { addressOf, STATUS_CHOICES, tagsOf } from "./filter.js";

/** How long to wait for the next key, in ms. */
const PAUSE = 600;

export class FilterBar {
  #status = element(
    "select",
    { change: () => this.#apply() },
    ...Object.entries(STATUS_CHOICES).map(([value, { label }]) =>
      element("option", { value }, label),
    ),
  );
  #tag = element("input", {
    type: "search",
    autocomplete: "off",
    spellcheck: false,
    placeholder: "sales, reports",
    input: () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#apply(), PAUSE);
    },
  });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  node = element(
    "form",
    {
      className: "filter",
      role: "search",
      submit: (/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        this.#apply();
      },
    },
    element("label", {}, "Status", this.#status),
    element("label", {}, "Tag", this.#tag),
  );

  /** @param {import("./filter.js").Filter} filter */
  update({ status, tags }) {
    this.#status.value = status;
    // What is being typed is not replaced by its own tidier form.
    if (tagsOf(this.#tag.value).join() !== tags.join())
      this.#tag.value = tags.join(", ");
  }

  leave() {
    clearTimeout(this.#timer);
  }

  #apply() {
    clearTimeout(this.#timer);
    const filter = { status: this.#status.value, tags: tagsOf(this.#tag.value) };
    location.hash = addressOf(filter);
  }
}
