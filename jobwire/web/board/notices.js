/** Short messages: seen at the edge of the page, and told to assistive technology. */

import { element, fill, find, icon } from "../page/dom.js";

/** How long a message that is no error stays, in ms. */
const SHOWN_FOR = 6000;
/** Announcements that come closer than this, in ms, are told as one. */
const GATHERED_FOR = 700;

export class Notices {
  #region = find("notices", HTMLElement);
  #announcer = find("announcer", HTMLElement);
  /** @type {string[]} */
  #waiting = [];

  /**
   * Tell what an action has come to.
   *
   * @param {string} text
   * @param {{label: string, run: () => void}} [action] What one may do about it.
   */
  tell(text, action) {
    const notice = this.#show("notice", text, action);
    setTimeout(() => notice.remove(), SHOWN_FOR);
    this.announce(text);
  }

  /**
   * Tell what went wrong; it stays until it is dismissed.
   *
   * @param {string} text
   */
  fail(text) {
    this.#show("notice is-error", text);
    this.announce(text);
  }

  /**
   * Say something to assistive technology only.
   *
   * @param {string} text
   */
  announce(text) {
    if (this.#waiting.length === 0) setTimeout(() => this.#speak(), GATHERED_FOR);
    this.#waiting.push(text);
  }

  /** Speak where it is heard: a modal dialog silences all that is outside of it. */
  #speak() {
    const heard = document.querySelector("dialog:modal") ?? document.body;
    heard.append(this.#announcer);
    fill(this.#announcer, element("p", {}, this.#waiting.join(" ")));
    this.#waiting = [];
  }

  /**
   * @param {string} kind
   * @param {string} text
   * @param {{label: string, run: () => void}} [action]
   */
  #show(kind, text, action) {
    for (const shown of [...this.#region.children]) {
      const isError = shown.classList.contains("is-error");
      const isSame = shown.querySelector(".notice-text")?.textContent === text;
      if (!isError || isSame) shown.remove();
    }
    const perform = () => {
      notice.remove();
      action?.run();
    };
    const notice = element(
      "div",
      { class: kind },
      element("span", { class: "notice-text" }, text),
      action && element("button", { type: "button", onclick: perform }, action.label),
      element(
        "button",
        {
          type: "button",
          class: "quiet icon-only",
          "aria-label": "Dismiss",
          onclick: () => notice.remove(),
        },
        icon("cross"),
      ),
    );
    this.#region.append(notice);
    this.#region.hidePopover();
    this.#region.showPopover();
    return notice;
  }
}
