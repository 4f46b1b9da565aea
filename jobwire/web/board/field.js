/** What every part of a form can do, and what the fields of one value share. */

import { element, newId } from "../page/dom.js";
import { formatNumber } from "./format.js";

/** @typedef {import("./schema.js").Shape} Shape */
/** @typedef {{path: string[], message: string}} Problem */

/**
 * A part of a form: a field, or a group of them.
 *
 * @typedef {object} Control
 * @property {HTMLElement} node
 * @property {() => unknown} read What it holds; undefined: nothing, so leave it out.
 * @property {(value: any) => void} write undefined: as at first.
 * @property {() => Problem[]} check What cannot be right, with paths from here.
 * @property {(path: string[], message: string) => HTMLElement} show Show a message where
 *   the path leads to, and return what to focus.
 * @property {() => void} clear Take messages away.
 */

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Input */

/**
 * What all fields of one value share: label, help, and the message of what is wrong.
 *
 * @implements {Control}
 */
export class Field {
  #error = element("p", { class: "field-error", id: newId(), hidden: true });

  /**
   * @param {Shape} shape
   * @param {boolean} isRequired
   * @param {Input} input
   */
  constructor(shape, isRequired, input) {
    this.shape = shape;
    this.isRequired = isRequired;
    this.input = input;
    this.input.id = newId();
    const help = [shape.description, limits(shape.rules)].filter(Boolean).join(" ");
    const helpId = newId();
    this.input.setAttribute("aria-describedby", `${helpId} ${this.#error.id}`);
    const isCheck = input instanceof HTMLInputElement && input.type === "checkbox";
    const label = element(
      "label",
      { for: input.id },
      shape.title,
      !isRequired && !isCheck && element("span", { class: "optional" }, "optional"),
    );
    this.node = element(
      "div",
      { class: isCheck ? "field check-field" : "field" },
      ...(isCheck ? [input, label] : [label, input]),
      help && element("p", { class: "help", id: helpId }, help),
      this.#error,
    );
  }

  /** @returns {unknown} */
  read() {
    return this.input.value;
  }

  /** @param {any} value */
  write(value) {
    this.input.value = String(value ?? this.shape.initial ?? "");
  }

  /** What cannot be right; empty: nothing. */
  problem() {
    return "";
  }

  check() {
    const message = this.problem();
    return message ? [{ path: /** @type {string[]} */ ([]), message }] : [];
  }

  /**
   * @param {string[]} _path
   * @param {string} message
   * @returns {HTMLElement}
   */
  show(_path, message) {
    this.#error.textContent = [this.#error.textContent, message]
      .filter(Boolean)
      .join(" ");
    this.#error.hidden = false;
    this.input.setAttribute("aria-invalid", "true");
    return this.input;
  }

  clear() {
    this.#error.textContent = "";
    this.#error.hidden = true;
    this.input.removeAttribute("aria-invalid");
  }

  /** What an empty field says. */
  get empty() {
    return this.shape.isNullable ? null : undefined;
  }
}

/**
 * Say the bounds of a number.
 *
 * @param {import("./schema.js").Schema} rules
 */
function limits({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }) {
  if (minimum !== undefined && maximum !== undefined) {
    return `From ${formatNumber(minimum)} to ${formatNumber(maximum)}.`;
  }
  if (minimum !== undefined) return `At least ${formatNumber(minimum)}.`;
  if (maximum !== undefined) return `At most ${formatNumber(maximum)}.`;
  if (exclusiveMinimum !== undefined && exclusiveMaximum !== undefined) {
    return `Between ${formatNumber(exclusiveMinimum)} and ${formatNumber(exclusiveMaximum)}.`;
  }
  return "";
}
