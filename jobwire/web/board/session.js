/** Who is looking: the token of this browser tab, and what the server makes of it. */

import { VIEWER } from "./documents.js";
import { element, fill, find } from "../page/dom.js";
import { formatMoment } from "./format.js";
import { recallToken, rememberToken } from "../page/token.js";

/** @typedef {import("./documents.js").Viewer} Viewer */

export class Session {
  #dialog = find("sign-in", HTMLDialogElement);
  #form = find("sign-in-form", HTMLFormElement);
  #input = find("token", HTMLInputElement);
  #problem = find("token-error", HTMLElement);
  #node = find("viewer", HTMLElement);
  /** @type {string | null} */
  #token = recallToken();
  /** @type {Viewer | null} */
  viewer = null;

  /** @param {() => void} onChange The token has changed: begin anew. */
  constructor(onChange) {
    this.onChange = onChange;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#dialog.close();
      this.#use(this.#input.value);
    });
  }

  get token() {
    return this.#token;
  }

  /** @param {string} scope */
  may(scope) {
    const scopes = this.viewer?.scopes ?? [];
    return scopes.includes(scope) || scopes.includes("ADMIN");
  }

  /**
   * Ask for a token; asking while asking changes nothing.
   *
   * @param {string} reason
   */
  ask(reason) {
    this.viewer = null;
    this.#show();
    if (this.#dialog.open) return;
    this.#problem.textContent = this.#token === null ? "" : reason;
    this.#problem.hidden = this.#token === null;
    this.#input.value = "";
    this.#dialog.showModal();
  }

  /**
   * Ask the server who we are.
   *
   * @param {import("./api.js").Api} api
   */
  async load(api) {
    const { viewer } = await api.execute(VIEWER);
    this.viewer = viewer;
    this.#show();
  }

  /** @param {string | null} token */
  #use(token) {
    this.#token = rememberToken(token);
    this.onChange();
  }

  #show() {
    const viewer = this.viewer;
    if (!viewer) {
      fill(
        this.#node,
        button("Sign in", () => this.ask("")),
      );
      return;
    }
    const scopes = viewer.scopes.map((scope) => scope.toLowerCase().replace("_", ":"));
    const until = viewer.expiresAt ? `, until ${formatMoment(viewer.expiresAt)}` : "";
    const name = element(
      "span",
      { class: "viewer-name", title: `May ${scopes.join(", ") || "nothing"}${until}` },
      viewer.userId,
    );
    fill(
      this.#node,
      element("span", { class: "visually-hidden" }, "Signed in as "),
      name,
      this.#token !== null && button("Sign out", () => this.#use(null)),
    );
  }
}

/**
 * @param {string} label
 * @param {() => void} onClick
 */
function button(label, onClick) {
  return element("button", { type: "button", class: "quiet", onclick: onClick }, label);
}
