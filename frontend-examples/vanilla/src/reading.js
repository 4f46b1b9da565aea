/** What is read once, tried again until that works; told as the stores of jobwire-live do. */

import { RefusedError } from "../jobwire-live.js";
import { ApiError } from "./api.js";

/** @typedef {import("../jobwire-live.js").LiveStatus} LiveStatus */

/** How long to wait before trying again, in ms. */
const PAUSE = 3_000;

/** @template Value */
export class Reading {
  /** @type {LiveStatus} */
  #status = { state: "loading", error: null, liveUntil: null };
  /** @type {Set<() => void>} */
  #listeners = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #reading = new AbortController();

  /**
   * @param {(signal: AbortSignal) => Promise<Value>} read
   * @param {(value: Value) => void} onRead
   */
  constructor(read, onRead) {
    this.read = read;
    this.onRead = onRead;
    this.restart();
  }

  /** @param {() => void} listener */
  subscribe = (listener) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  getSnapshot = () => this.#status;

  stop() {
    clearTimeout(this.#timer);
    this.#reading.abort();
  }

  async restart() {
    this.stop();
    const reading = new AbortController();
    this.#reading = reading;
    try {
      const value = await this.read(reading.signal);
      if (reading.signal.aborted) return;
      this.onRead(value);
      this.#enter("live", null);
    } catch (error) {
      if (!reading.signal.aborted) this.#fail(error);
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    if (error instanceof ApiError && error.code !== "UNAVAILABLE") {
      this.#enter("refused", new RefusedError(error.message, String(error.code)));
      return;
    }
    this.#enter("loading", error instanceof Error ? error : new Error(String(error)));
    this.#timer = setTimeout(() => this.restart(), PAUSE);
  }

  /**
   * @param {LiveStatus["state"]} state
   * @param {Error | null} error
   */
  #enter(state, error) {
    this.#status = { state, error, liveUntil: null };
    for (const listener of this.#listeners) listener();
  }
}
