/** A field of a form: its label, its control, and what is wrong with it. */

import { element, fill } from "./dom.js";

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

/** @template {Control} [Of=Control] */
export class Field {
  #messages;
  #description;

  /**
   * @param {object} options
   * @param {string} options.id
   * @param {string} options.label
   * @param {Of} options.control
   * @param {string} [options.description]
   * @param {boolean} [options.isOptional]
   */
  constructor({ id, label, control, description = "", isOptional = false }) {
    this.control = control;
    control.id = id;
    control.setAttribute("aria-describedby", `${id}-description ${id}-messages`);
    this.#messages = element("div", { className: "messages", id: `${id}-messages` });
    this.#description = element("p", { className: "muted", id: `${id}-description` });
    this.describe(description);
    const optional =
      isOptional && element("span", { className: "muted" }, " (optional)");
    const parts =
      control.type === "checkbox"
        ? [checkbox(control, label)]
        : [element("label", { for: id }, label, optional), control];
    this.node = element(
      "div",
      { className: "field" },
      ...parts,
      this.#description,
      this.#messages,
    );
  }

  /** @param {string} description */
  describe(description) {
    this.#description.textContent = description;
    this.#description.hidden = description === "";
  }

  /** Say what is wrong with it; nothing: all is well. @param {readonly string[]} messages */
  say(messages) {
    this.control.setAttribute("aria-invalid", String(messages.length > 0));
    fill(
      this.#messages,
      ...messages.map((message) => element("p", { className: "error" }, message)),
    );
  }
}

/**
 * @param {Control} control
 * @param {string} label
 */
function checkbox(control, label) {
  return element(
    "div",
    { className: "checkbox" },
    element("label", {}, control, element("span", {}, label)),
  );
}
