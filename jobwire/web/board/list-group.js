/** A list in a form, item by item. */

import { element, icon } from "../page/dom.js";
import { Group } from "./group.js";

/** @typedef {import("./schema.js").Shape} Shape */
/** @typedef {import("./field.js").Control} Control */
/** @typedef {import("./group.js").Build} Build */

/** @implements {Control} */
export class ListGroup extends Group {
  /** @type {{control: Control, row: HTMLElement}[]} */
  #items = [];
  #rows = element("div", { class: "list-items" });

  /**
   * @param {Shape} shape
   * @param {Build} build
   */
  constructor(shape, build) {
    super(shape);
    this.shape = shape;
    this.build = build;
    this.item = /** @type {Shape} */ (shape.item);
    const add = element(
      "button",
      { type: "button", onclick: () => this.#change(() => this.#add(undefined)) },
      icon("plus"),
      "Add",
    );
    this.body.append(this.#rows, add);
  }

  read() {
    return this.#items.map(({ control }) => control.read() ?? null);
  }

  /** @param {any} value */
  write(value) {
    this.#items = [];
    this.#rows.replaceChildren();
    for (const item of value ?? this.shape.initial ?? []) this.#add(item);
  }

  check() {
    const { minItems = 0, maxItems = Infinity } = this.shape.rules;
    const problems = this.#items.flatMap(({ control }, index) =>
      control
        .check()
        .map(({ path, message }) => ({ path: [String(index), ...path], message })),
    );
    const count = this.#items.length;
    if (count < minItems) problems.push({ path: [], message: `At least ${minItems}.` });
    if (count > maxItems) problems.push({ path: [], message: `At most ${maxItems}.` });
    return problems;
  }

  /**
   * @param {string[]} path
   * @param {string} message
   * @returns {HTMLElement}
   */
  show([index, ...path], message) {
    const item = this.#items[Number(index)];
    return item ? item.control.show(path, message) : this.showOwn(message);
  }

  clear() {
    super.clear();
    for (const { control } of this.#items) control.clear();
  }

  /** @param {unknown} value */
  #add(value) {
    const title = `${this.item.title} ${this.#items.length + 1}`;
    const control = this.build({ ...this.item, title }, true);
    if (value !== undefined) control.write(value);
    const remove = element(
      "button",
      { type: "button", class: "quiet icon-only", "aria-label": `Remove ${title}` },
      icon("cross"),
    );
    const row = element("div", { class: "list-item" }, control.node, remove);
    const item = { control, row };
    remove.addEventListener("click", () => this.#change(() => this.#remove(item)));
    this.#items.push(item);
    this.#rows.append(row);
  }

  /** @param {{control: Control, row: HTMLElement}} item */
  #remove(item) {
    this.#items = this.#items.filter((other) => other !== item);
    item.row.remove();
  }

  /** @param {() => void} change */
  #change(change) {
    change();
    this.node.dispatchEvent(new Event("input", { bubbles: true }));
    const inputs = this.#rows.querySelectorAll("input, textarea, select");
    /** @type {HTMLElement | undefined} */ ([...inputs].at(-1))?.focus();
  }
}
