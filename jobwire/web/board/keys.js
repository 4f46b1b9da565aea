/** Single keys that do something on the page, and the list of them. */

import { element, fill } from "../page/dom.js";
import { recall, remember } from "../page/storage.js";

/**
 * @typedef {object} Binding
 * @property {string[]} keys By their `KeyboardEvent.key`.
 * @property {string} label What they do.
 * @property {() => boolean | void} [run] false: it was not for us, so the browser goes
 *   on with the key; absent: the browser does it by itself.
 */

const SETTING = "jobwire.keys";
/** @type {Record<string, string>} */
const NAMES = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  Backspace: "⌫",
  Delete: "Del",
  Escape: "Esc",
};

export class Keyboard {
  /** Letters can be turned off, for those who speak to their computer. */
  #hasLetters = recall("localStorage", SETTING) !== "off";

  /** @param {Binding[]} bindings */
  constructor(bindings) {
    this.bindings = bindings;
    document.addEventListener("keydown", (event) => this.#press(event));
  }

  /**
   * List the keys, and offer to turn the letters off.
   *
   * @param {HTMLElement} node
   */
  describe(node) {
    const toggle = element("input", { type: "checkbox", checked: this.#hasLetters });
    toggle.addEventListener("change", () => {
      this.#hasLetters = toggle.checked;
      remember("localStorage", SETTING, toggle.checked ? null : "off");
    });
    const rows = this.bindings.flatMap(({ keys, label }) => [
      element("dt", {}, ...keys.map((key) => element("kbd", {}, NAMES[key] ?? key))),
      element("dd", {}, label),
    ]);
    fill(
      node,
      element("dl", { class: "keys" }, ...rows),
      element(
        "label",
        { class: "check" },
        toggle,
        "Letters and signs act as shortcuts",
      ),
    );
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey)
      return;
    if (event.key.length === 1 && !this.#hasLetters) return;
    if (event.key !== "Escape" && isTyping(event.target)) return;
    if (document.querySelector("dialog:modal:not(.panel)")) return;
    const binding = this.bindings.find(({ keys }) => keys.includes(event.key));
    if (binding?.run && binding.run() !== false) event.preventDefault();
  }
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return (
    target instanceof HTMLElement &&
    target.matches(
      "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])",
    )
  );
}
