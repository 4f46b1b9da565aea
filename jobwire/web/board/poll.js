/** Reading again and again: only while somebody may see it, and never twice at once. */

/** The longest time, in ms, between two tries when nothing can be read. */
const LONGEST_WAIT = 30_000;

/**
 * @template T
 * @typedef {object} PollOptions
 * @property {number} every How long to wait after an answer, in ms.
 * @property {() => Promise<T>} read
 * @property {(answer: T) => void} onRead
 * @property {(error: unknown) => void} onFailed It is tried again, less and less often.
 */

/** @template T */
export class Poll {
  #isWanted = false;
  #isReading = false;
  #isOutdated = false;
  #failures = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {PollOptions<T>} options */
  constructor(options) {
    this.options = options;
    document.addEventListener("visibilitychange", () => this.now());
  }

  start() {
    this.#isWanted = true;
    this.#failures = 0;
    this.now();
  }

  stop() {
    this.#isWanted = false;
    this.#isOutdated = true;
    clearTimeout(this.#timer);
  }

  /** Read now; an answer that is on its way is out of date, and no answer. */
  now() {
    this.#isOutdated = true;
    if (!this.#isReading) this.#go();
  }

  async #go() {
    clearTimeout(this.#timer);
    this.#isReading = true;
    while (this.#isWanted && this.#isOutdated && !document.hidden) {
      this.#isOutdated = false;
      await this.#readOnce();
    }
    this.#isReading = false;
    if (!this.#isWanted || document.hidden) return;
    const wait = Math.min(this.options.every * 2 ** this.#failures, LONGEST_WAIT);
    this.#timer = setTimeout(() => this.now(), wait);
  }

  async #readOnce() {
    const { read, onRead, onFailed } = this.options;
    try {
      const answer = await read();
      if (this.#isOutdated) return;
      this.#failures = 0;
      onRead(answer);
    } catch (error) {
      if (this.#isOutdated) return;
      this.#failures += 1;
      onFailed(error);
    }
  }
}
