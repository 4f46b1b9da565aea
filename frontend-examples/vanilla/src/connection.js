/** How the connection stands: a word in the header, a banner when something is wrong. */

import { RefusedError } from "../jobwire-live.js";
import { Banner } from "./banner.js";
import { setText } from "./dom.js";

/**
 * @typedef {import("../jobwire-live.js").LiveStatus} LiveStatus
 *
 * @typedef {object} Page
 * @property {string} title
 * @property {HTMLElement} node
 * @property {import("../jobwire-live.js").Store<LiveStatus>} live How right it is.
 * @property {() => void} restart Read it anew, as with another token.
 * @property {() => void} leave
 */

const WORDS = {
  loading: "Connecting",
  live: "Live",
  stale: "Reconnecting",
  refused: "Not signed in",
  offline: "Offline",
};

/** Most losses are mended before anybody needs to know, in ms. */
const SAID_AFTER = 1_000;

export class Connection {
  /** @type {Page | null} */
  #page = null;
  #banner;
  #unsubscribe = () => {};
  /** @type {number | null} */
  #lostSince = null;
  /** @type {number | null} */
  #offlineSince = navigator.onLine ? null : Date.now();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} word
   * @param {HTMLElement} place Where the banner goes.
   */
  constructor(word, place) {
    this.word = word;
    this.#banner = new Banner(place, () => this.#page?.restart());
    addEventListener("offline", () => {
      this.#offlineSince ??= Date.now();
      // A connection that is dead would look alive for a while.
      this.#page?.restart();
      this.#update();
    });
    addEventListener("online", () => {
      this.#offlineSince = null;
      this.#update();
    });
  }

  /** Tell from now on how a page stands. @param {Page} page */
  watch(page) {
    this.#unsubscribe();
    this.#page = page;
    this.#lostSince = null;
    this.#unsubscribe = page.live.subscribe(() => this.#update());
    this.#update();
  }

  #update() {
    if (this.#page === null) return;
    const status = this.#page.live.getSnapshot();
    const { state, error, liveUntil } = status;
    const code = refusalCode(status);
    const isLost = state === "stale" || (state === "loading" && error !== null);
    this.#lostSince = isLost ? (this.#lostSince ?? Date.now()) : null;
    this.#say(this.#offlineSince !== null ? "offline" : shownState(status), code);

    clearTimeout(this.#timer);
    if (this.#offlineSince !== null) {
      const isShown = state !== "loading" || liveUntil !== null;
      this.#banner.offline(isShown ? (liveUntil ?? this.#offlineSince) : null);
    } else if (state === "refused" && code !== "NOT_FOUND") {
      this.#banner.refused(error?.message ?? "", code);
    } else if (this.#lostSince !== null) {
      const wait = this.#lostSince + SAID_AFTER - Date.now();
      if (wait <= 0) this.#banner.lost(liveUntil);
      else this.#timer = setTimeout(() => this.#update(), wait);
    } else if (state !== "loading") {
      this.#banner.hide();
    }
  }

  /**
   * @param {keyof typeof WORDS} state
   * @param {string | null} code
   */
  #say(state, code) {
    const isForbidden = state === "refused" && code !== "UNAUTHENTICATED";
    this.word.dataset.state = state;
    setText(this.word, isForbidden ? "Refused" : WORDS[state]);
  }
}

/** @param {LiveStatus} status */
function shownState(status) {
  // Nothing is wrong with the connection when a job has ended, or does not exist.
  if (status.state === "ended" || refusalCode(status) === "NOT_FOUND") return "live";
  return status.state;
}

/** @param {LiveStatus} status */
function refusalCode({ state, error }) {
  return state === "refused" && error instanceof RefusedError ? error.code : null;
}
