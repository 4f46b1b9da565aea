/** One of several alternatives in a form, or none of them. */

import { element, newId } from "../page/dom.js";
import { Group } from "./group.js";
import { accepts } from "./schema.js";

/** @typedef {import("./schema.js").Shape} Shape */
/** @typedef {import("./field.js").Control} Control */
/** @typedef {import("./group.js").Build} Build */

/**
 * @typedef {object} Alternative
 * @property {string} title
 * @property {Shape | null} shape null: none of them.
 * @property {Control | null} control
 * @property {HTMLInputElement} radio
 */

/** @implements {Control} */
export class UnionGroup extends Group {
  /** @type {Alternative[]} */
  #alternatives;

  /**
   * @param {Shape} shape
   * @param {Shape[]} variants
   * @param {Build} build
   */
  constructor(shape, variants, build) {
    super(shape);
    this.shape = shape;
    const name = newId();
    const choice = (
      /** @type {string} */ title,
      /** @type {Shape | null} */ variant,
    ) => ({
      title,
      shape: variant,
      control: variant && build(variant, true),
      radio: element("input", { type: "radio", name, onchange: () => this.#draw() }),
    });
    this.#alternatives = variants.map((variant) => choice(variant.title, variant));
    if (shape.isNullable) this.#alternatives.unshift(choice("None", null));
    this.body.append(
      element(
        "div",
        { class: "segments" },
        ...this.#alternatives.map(({ title, radio }) =>
          element("label", {}, radio, element("span", {}, title)),
        ),
      ),
    );
    for (const { control } of this.#alternatives) {
      if (!control) continue;
      control.node.classList.add("is-variant");
      this.body.append(control.node);
    }
  }

  read() {
    const { control } = this.#chosen;
    return control ? control.read() : null;
  }

  /** @param {any} given */
  write(given) {
    const value = given ?? this.shape.initial ?? null;
    const fitting = this.#alternatives.find(({ shape }) =>
      shape === null ? value === null : value !== null && accepts(shape, value),
    );
    const chosen = fitting ?? this.#alternatives[0];
    chosen.radio.checked = true;
    chosen.control?.write(value ?? undefined);
    this.#draw();
  }

  check() {
    return this.#chosen.control?.check() ?? [];
  }

  /**
   * A path may name the alternative that it means; what is said of one that is not
   * chosen is said beside the choice.
   *
   * @param {string[]} path
   * @param {string} message
   * @returns {HTMLElement}
   */
  show(path, message) {
    const named = this.#alternatives.find(({ title }) => title === path[0]);
    if (named && named !== this.#chosen) {
      return this.showOwn(`${named.title}: ${message}`);
    }
    const { control } = this.#chosen;
    return control ? control.show(path, message) : this.showOwn(message);
  }

  clear() {
    super.clear();
    for (const { control } of this.#alternatives) control?.clear();
  }

  get #chosen() {
    return (
      this.#alternatives.find(({ radio }) => radio.checked) ?? this.#alternatives[0]
    );
  }

  #draw() {
    for (const alternative of this.#alternatives) {
      if (alternative.control) {
        alternative.control.node.hidden = alternative !== this.#chosen;
      }
    }
  }
}
