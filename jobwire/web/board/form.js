/** The form of a job's data, made from its type's JSON Schema, or edited as JSON. */

import { buildControl } from "./control.js";
import { element, fill } from "../page/dom.js";
import { JsonField } from "./fields.js";
import { accepts, isBlank, readSchema } from "./schema.js";

/** @typedef {import("./field.js").Control} Control */
/** @typedef {import("./schema.js").Shape} Shape */

export class DataForm {
  #toggle = element("input", { type: "checkbox", onchange: () => this.#switch() });
  #body = element("div");
  /** @type {Shape} */
  #shape;
  /** @type {Control} */
  #fields;
  #json;

  /** @param {unknown} schema The JSON Schema of the data. */
  constructor(schema) {
    this.#shape = { ...readSchema(schema), title: "Data" };
    this.#fields = buildControl(this.#shape, true);
    this.#json = new JsonField({ ...this.#shape, kind: "json", rules: {} }, true);
    this.#fields.node.classList.add("is-root");
    this.#json.node.classList.add("is-root");
    const hasToggle = this.#shape.kind !== "json";
    this.node = element(
      "section",
      { class: "data-form" },
      element(
        "div",
        { class: "section-head" },
        element("h3", {}, "Data"),
        hasToggle && element("label", { class: "check" }, this.#toggle, "Edit as JSON"),
      ),
      this.#body,
    );
    this.#draw();
  }

  /** The data as they stand. */
  read() {
    return this.#control.read();
  }

  /**
   * Fill the form.
   *
   * @param {unknown} data
   */
  write(data) {
    this.#json.write(data);
    this.#toggle.checked ||= !accepts(this.#shape, data);
    if (!this.#toggle.checked) this.#fields.write(data);
    this.#draw();
  }

  /**
   * Show what cannot be right.
   *
   * @returns {HTMLElement | null} Where the first of it is; null: all may be right.
   */
  check() {
    const [first] = this.#control
      .check()
      .map(({ path, message }) => this.show(path, message));
    return first ?? null;
  }

  /**
   * Show a message at the field that a path within the data leads to.
   *
   * @param {string[]} path
   * @param {string} message
   * @returns {HTMLElement} What to focus.
   */
  show(path, message) {
    const isJson = this.#control === this.#json;
    const where = isJson && path.length > 0 ? `${path.join(".")}: ` : "";
    return this.#control.show(path, where + message);
  }

  /** Take all messages away. */
  clear() {
    this.#fields.clear();
    this.#json.clear();
  }

  get #control() {
    return this.#toggle.checked ? this.#json : this.#fields;
  }

  #switch() {
    this.clear();
    if (this.#toggle.checked) {
      this.#json.write(this.#fields.read());
    } else {
      const data = this.#json.read();
      const [problem] = this.#json.check();
      if (problem || !accepts(this.#shape, data)) {
        this.#toggle.checked = true;
        const message = problem?.message ?? "The form cannot hold this; it stays JSON.";
        this.#json.show([], message).focus();
        return;
      }
      this.#fields.write(data);
    }
    this.#draw();
    this.node.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #draw() {
    const isNothing = isBlank(this.#shape) && !this.#toggle.checked;
    fill(
      this.#body,
      isNothing
        ? element("p", { class: "help" }, "This type takes no data.")
        : this.#control.node,
    );
    if (isNothing) this.#body.append(this.#fields.node);
  }
}
