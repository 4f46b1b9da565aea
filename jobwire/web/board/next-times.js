/** The next times of a schedule: by the reader's clock, and how long it is until then. */

import { element, fill, setText } from "../page/dom.js";
import { formatAppointment, formatUtc, formatWait } from "./format.js";

export class NextTimes {
  #shown = "";
  /** @type {{at: string, time: HTMLElement, wait: HTMLElement}[]} */
  #entries = [];

  node = element("ol", {
    class: "next-times",
    role: "list",
    "aria-label": "Next times",
  });

  /**
   * Show these times.
   *
   * @param {string[]} instants In their order.
   * @param {number} now In ms since 1970.
   */
  show(instants, now) {
    const key = instants.join();
    if (key !== this.#shown) {
      this.#shown = key;
      this.#entries = instants.map(buildEntry);
      const items = this.#entries.map(({ time, wait }) =>
        element("li", {}, time, " ", wait),
      );
      fill(this.node, ...items);
    }
    this.tick(now);
  }

  /**
   * Let time pass.
   *
   * @param {number} now In ms since 1970.
   */
  tick(now) {
    for (const { at, time, wait } of this.#entries) {
      setText(time, formatAppointment(at, now));
      setText(wait, formatWait(Date.parse(at) - now));
    }
  }
}

/** @param {string} at */
function buildEntry(at) {
  return {
    at,
    time: element("time", { dateTime: at, title: formatUtc(at) }),
    wait: element("span", { class: "wait" }),
  };
}
