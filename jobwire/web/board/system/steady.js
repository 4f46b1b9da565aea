/** A part that is built again only when it says something else; a link keeps the focus. */

import { fill } from "../../page/dom.js";

/** @typedef {import("../../page/dom.js").Child} Child */

/** @template T */
export class Steady {
  #shown = "";
  #node;
  #build;

  /**
   * @param {HTMLElement} node
   * @param {(value: T) => Child[]} build What it holds; nothing: it is hidden.
   */
  constructor(node, build) {
    this.#node = node;
    this.#build = build;
  }

  /** @param {T} value */
  show(value) {
    const key = JSON.stringify(value);
    if (key === this.#shown) return;
    this.#shown = key;
    const focused = document.activeElement;
    const held = this.#node.contains(focused) ? focused?.getAttribute("href") : null;
    fill(this.#node, ...this.#build(value));
    this.#node.hidden = this.#node.childNodes.length === 0;
    if (held) this.#find(held)?.focus();
  }

  /** @param {string} address */
  #find(address) {
    return [...this.#node.querySelectorAll("a")].find(
      (link) => link.getAttribute("href") === address,
    );
  }
}
