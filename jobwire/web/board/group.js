/** What the parts of a form that hold others share. */

import { element, newId } from "../page/dom.js";

/** @typedef {import("./schema.js").Shape} Shape */
/** @typedef {import("./field.js").Control} Control */

/**
 * Build the control of a shape; given to those that hold others.
 *
 * @typedef {(shape: Shape, isRequired: boolean) => Control} Build
 */

/** A legend, a body, and a message of its own. */
export class Group {
  #error = element("p", { class: "field-error", id: newId(), hidden: true });

  /** @param {Shape} shape */
  constructor(shape) {
    this.body = element("div", { class: "group-body" });
    this.node = element(
      "fieldset",
      { class: "group", tabIndex: -1, "aria-describedby": this.#error.id },
      element("legend", {}, shape.title),
      shape.description && element("p", { class: "help" }, shape.description),
      this.body,
      this.#error,
    );
  }

  /** @param {string} message */
  showOwn(message) {
    this.#error.textContent = [this.#error.textContent, message]
      .filter(Boolean)
      .join(" ");
    this.#error.hidden = false;
    return this.node;
  }

  clear() {
    this.#error.textContent = "";
    this.#error.hidden = true;
  }
}
