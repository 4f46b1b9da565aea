/** How fresh the page is, said honestly: live, catching up, or as of a moment ago. */

import { find, setText } from "../page/dom.js";
import { formatAge, formatTime } from "./format.js";

/** A connection that is back within this time, in ms, was not worth a banner. */
const PATIENCE = 1500;

/**
 * @typedef {object} ConnectionOptions
 * @property {import("../page/live.js").LiveSocket} socket
 * @property {import("./clock.js").Clock} clock
 * @property {import("./notices.js").Notices} notices
 */

export class Connection {
  #sign = find("connection", HTMLElement);
  #label = find("connection-label", HTMLElement);
  #banner = find("stale", HTMLElement);
  #text = find("stale-text", HTMLElement);
  #isLive = false;
  #wasLive = false;
  #isTold = false;
  /** When the page was last known to be right, in ms since 1970 by this computer. */
  #liveUntil = Date.now();

  /** @param {ConnectionOptions} options */
  constructor(options) {
    this.options = options;
    find("reconnect", HTMLButtonElement).addEventListener("click", () =>
      options.socket.probe(),
    );
  }

  /**
   * Show how things stand.
   *
   * @param {boolean} isCaughtUp Whether every change up to now is on the page.
   */
  draw(isCaughtUp) {
    const { clock, notices, socket } = this.options;
    const isLive = socket.state === "open" && isCaughtUp;
    if (isLive) {
      clock.resume();
      if (this.#isTold) notices.announce("Live again.");
      this.#isTold = false;
      this.#wasLive = true;
    } else if (this.#isLive) {
      this.#liveUntil = socket.heardAt;
      clock.stop();
    }
    this.#isLive = isLive;
    this.tick();
  }

  /** Let time pass. */
  tick() {
    const { socket, notices } = this.options;
    const age = Date.now() - (this.#isLive ? socket.heardAt : this.#liveUntil);
    const isStale = !this.#isLive && age > PATIENCE;
    this.#sign.dataset.state = this.#isLive ? "live" : isStale ? "stale" : "connecting";
    setText(this.#label, this.#describe(isStale));
    this.#sign.title = this.#isLive ? `Last heard ${formatAge(age)} ago` : "";
    document.body.classList.toggle("is-stale", isStale && this.#wasLive);
    this.#banner.hidden = !isStale || socket.state === "refused";
    if (!this.#banner.hidden) setText(this.#text, this.#explain(age));
    if (!this.#banner.hidden && !this.#isTold) {
      this.#isTold = true;
      notices.announce(`${this.#cause} What is shown may be out of date.`);
    }
  }

  /** @param {boolean} isStale */
  #describe(isStale) {
    if (this.#isLive) return "Live";
    if (this.options.socket.state === "refused") return "Not signed in";
    if (this.options.socket.state === "open") return "Catching up";
    return isStale ? "Offline" : "Connecting";
  }

  /** @param {number} age */
  #explain(age) {
    const { socket } = this.options;
    const shown = this.#wasLive
      ? `Shown as of ${formatTime(this.#liveUntil)}, ${formatAge(age)} ago.`
      : "Nothing live has come yet.";
    return `${this.#cause} ${shown} ${socket.state === "waiting" ? this.#retry : ""}`;
  }

  get #cause() {
    return this.options.socket.state === "open"
      ? "Changes are missing."
      : "The live connection is lost.";
  }

  get #retry() {
    const wait = this.options.socket.retryAt - Date.now();
    return wait > 1000 ? `Trying again in ${formatAge(wait)}.` : "Trying again.";
  }
}
