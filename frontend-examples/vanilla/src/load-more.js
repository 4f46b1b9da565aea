/** A button that loads more of a list, and says beside it when that has failed. */

import { element, setText } from "./dom.js";

export class LoadMore {
  #button = element("button", { type: "button", click: () => this.#load() });
  #problem = element("p", { className: "error", role: "alert", hidden: true });
  node = element("div", { className: "load-more" }, this.#button, this.#problem);

  /**
   * @param {string} name
   * @param {() => Promise<void>} load What it throws is shown by its message.
   */
  constructor(name, load) {
    this.name = name;
    this.load = load;
    setText(this.#button, name);
  }

  async #load() {
    this.#button.disabled = true;
    this.#say("");
    setText(this.#button, "Loading…");
    try {
      await this.load();
    } catch (error) {
      this.#say(error instanceof Error ? error.message : String(error));
    }
    setText(this.#button, this.name);
    this.#button.disabled = false;
  }

  /** @param {string} problem */
  #say(problem) {
    setText(this.#problem, problem);
    this.#problem.hidden = problem === "";
  }
}
