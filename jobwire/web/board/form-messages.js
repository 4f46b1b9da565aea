/** What is wrong with a form, said where it belongs: at a field, or above all of them. */

import { setText } from "../page/dom.js";

export class FormMessages {
  /**
   * @param {HTMLFormElement} form Holds a node with `data-error` for each field, and one
   *   without a name for all else.
   * @param {() => Record<string, HTMLElement>} inputs What to focus, by the field's name.
   */
  constructor(form, inputs) {
    this.form = form;
    this.inputs = inputs;
  }

  /**
   * Show a message.
   *
   * @param {string} name Of the field; of another one it stands above all of them.
   * @param {string} message
   * @returns {HTMLElement | null} What to focus; null: no field in particular.
   */
  show(name, message) {
    const node =
      this.form.querySelector(`[data-error="${CSS.escape(name)}"]`) ??
      this.form.querySelector('[data-error=""]');
    if (node instanceof HTMLElement) {
      node.hidden = false;
      setText(node, [node.textContent, message].filter(Boolean).join(" "));
      node.closest("details")?.setAttribute("open", "");
    }
    const input = this.inputs()[name] ?? null;
    input?.setAttribute("aria-invalid", "true");
    return input;
  }

  /** Take all messages away. */
  clear() {
    this.#empty("[data-error]");
    for (const node of this.form.querySelectorAll("[aria-invalid]")) {
      node.removeAttribute("aria-invalid");
    }
  }

  /**
   * Take those of one field away.
   *
   * @param {string} name
   */
  clearOne(name) {
    this.#empty(`[data-error="${CSS.escape(name)}"]`);
    this.inputs()[name]?.removeAttribute("aria-invalid");
  }

  /** @param {string} selector */
  #empty(selector) {
    for (const node of this.form.querySelectorAll(selector)) {
      node.textContent = "";
      /** @type {HTMLElement} */ (node).hidden = true;
    }
  }
}
