/** What is wrong, and what can be done about it. */

import { element } from "./dom.js";
import { setToken } from "./session.js";
import { timeOfDay } from "./time.js";

export class Banner {
  #shown = "";
  /** Whether the last thing that was done here is a sign-in. */
  #isSigningIn = false;

  /**
   * @param {HTMLElement} place
   * @param {() => void} onRestart
   */
  constructor(place, onRestart) {
    this.place = place;
    this.onRestart = onRestart;
  }

  hide() {
    this.#shown = "";
    this.#isSigningIn = false;
    this.place.replaceChildren();
  }

  /** @param {number | null} until Until when it was right; null: nothing is shown yet. */
  offline(until) {
    this.#show(
      `You are offline.${until === null ? "" : ` ${shownOf(until)}`}`,
      () => [],
    );
  }

  /** @param {number | null} until Until when it was right; null: nothing is shown yet. */
  lost(until) {
    const what =
      until === null
        ? "The server does not answer."
        : `The connection is lost. ${shownOf(until)}`;
    this.#show(`${what} It is tried again by itself.`, () => [this.#tryNow()]);
  }

  /**
   * @param {string} reason
   * @param {string | null} code
   */
  refused(reason, code) {
    const canSignIn = code === "UNAUTHENTICATED" || code === "FORBIDDEN";
    this.#show(reason, () => [canSignIn ? this.#tokenForm() : this.#tryNow()]);
  }

  /**
   * Show it, unless it stands there already: then what is being typed stays.
   *
   * @param {string} message
   * @param {() => HTMLElement[]} controls
   */
  #show(message, controls) {
    if (this.#shown === message) return;
    this.#shown = message;
    const banner = element("div", { className: "banner", role: "alert" });
    banner.append(element("p", {}, message), ...controls());
    this.place.replaceChildren(banner);
    if (this.#isSigningIn) banner.querySelector("input")?.focus();
  }

  #tryNow() {
    return element("button", { type: "button", click: this.onRestart }, "Try now");
  }

  /** Put the button of your own sign-in here. */
  #tokenForm() {
    const token = element("input", {
      id: "token",
      type: "password",
      autocomplete: "off",
      required: true,
    });
    const signIn = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      setToken(token.value.trim());
      // Should it be refused as well, the banner comes anew.
      this.hide();
      this.#isSigningIn = true;
      this.onRestart();
    };
    return element(
      "form",
      { className: "token", submit: signIn },
      element("label", { for: "token" }, "Token"),
      token,
      element("button", { type: "submit" }, "Sign in"),
    );
  }
}

/** @param {number} until */
function shownOf(until) {
  return `What you see is of ${timeOfDay(until)}.`;
}
