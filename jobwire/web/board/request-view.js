/** The request that a form would send, shown below it for those who send it elsewhere. */

import { copyButton } from "../page/copy.js";
import { find, setText } from "../page/dom.js";
import { asCurl, asGraphQL } from "./snippet.js";

/**
 * @typedef {object} RequestViewOptions
 * @property {import("./api.js").Api} api
 * @property {import("./session.js").Session} session
 * @property {HTMLFormElement} form Its field `language` says in which one it is written.
 * @property {HTMLDetailsElement} details Where it is unfolded.
 * @property {string} mutation
 * @property {() => unknown} input The input that the form stands for.
 */

export class RequestView {
  #snippet;

  /** @param {RequestViewOptions} options */
  constructor(options) {
    this.options = options;
    const { details, form } = options;
    const parts = find("request-view", HTMLTemplateElement).content.cloneNode(true);
    details.append(parts);
    this.#snippet = /** @type {HTMLElement} */ (details.querySelector("pre"));
    details.querySelector(".snippet-copy")?.append(copyButton(() => this.#write()));
    form.addEventListener("input", () => this.draw());
    form.addEventListener("change", () => this.draw());
    details.addEventListener("toggle", () => this.draw());
  }

  draw() {
    if (this.options.details.open) setText(this.#snippet, this.#write());
  }

  #write() {
    const { api, form, input, mutation, session } = this.options;
    return new FormData(form).get("language") === "graphql"
      ? asGraphQL(mutation, input())
      : asCurl(api.endpoint, mutation, input(), session.token !== null);
  }
}
