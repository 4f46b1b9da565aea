/** A text area with coloured words: the colours lie under it, in step with it. */

import { fill } from "../page/dom.js";
import { colour } from "./tokens.js";

const INDENT = "  ";

export class Editor {
  #colours = document.createElement("pre");

  /**
   * @param {HTMLTextAreaElement} input Alone in its box.
   * @param {() => void} onChange
   */
  constructor(input, onChange) {
    this.input = input;
    this.#colours.ariaHidden = "true";
    input.before(this.#colours);
    input.addEventListener("input", () => {
      this.#draw();
      onChange();
    });
    input.addEventListener("keydown", (event) => this.#press(event));
    this.#draw();
  }

  get text() {
    return this.input.value;
  }

  set text(text) {
    this.input.value = text;
    this.#draw();
  }

  /** Where the caret is, in characters from the start. */
  get caret() {
    return this.input.selectionStart;
  }

  /** Say whether the text can be read. @param {boolean} isInvalid */
  set isInvalid(isInvalid) {
    this.input.ariaInvalid = String(isInvalid);
  }

  /** A new line begins where the one above it does. @param {KeyboardEvent} event */
  #press(event) {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key !== "Enter" || !isPlain || event.isComposing) return;
    event.preventDefault();
    const before = this.text.slice(0, this.caret);
    const [indent] = before.slice(before.lastIndexOf("\n") + 1).match(/^ */) ?? [""];
    const deeper = /[{([]\s*$/.test(before) ? INDENT : "";
    // The only way to write that can be undone with the keyboard.
    document.execCommand("insertText", false, `\n${indent}${deeper}`);
  }

  #draw() {
    // The last line has its height only when something is on it.
    fill(this.#colours, ...colour(this.text), "\n");
  }
}
