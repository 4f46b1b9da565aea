/** A part that is built again only when it says something else; a link keeps the focus. */

import { fill } from "../page/dom.js";

export class Part {
  #shown = "";

  /** @param {HTMLElement} node */
  constructor(node) {
    this.node = node;
  }

  /**
   * Show a value; where there is none, or nothing is built of it, the part is hidden.
   *
   * @template T
   * @param {T | null | undefined} value
   * @param {(value: T) => import("../page/dom.js").Child[]} build
   */
  show(value, build) {
    const key = JSON.stringify(value ?? null);
    if (key === this.#shown) return;
    this.#shown = key;
    const focused = document.activeElement;
    const held = this.node.contains(focused) ? focused?.getAttribute("href") : null;
    fill(this.node, ...(value === null || value === undefined ? [] : build(value)));
    this.node.hidden = this.node.childNodes.length === 0;
    if (held) this.#find(held)?.focus();
  }

  /** @param {string} address */
  #find(address) {
    return [...this.node.querySelectorAll("a")].find(
      (link) => link.getAttribute("href") === address,
    );
  }
}
