/** How long to wait before trying again: longer with each loss, and never in step. */

const SHORTEST = 500;
const LONGEST = 30_000;
/** What held for this long makes the next loss a first one. */
const STABLE_AFTER = 10_000;

export class Backoff {
  #losses = 0;
  #liveSince: number | null = null;

  /** Everything works from now on, as far as is known. */
  succeeded(): void {
    this.#liveSince ??= Date.now();
  }

  /** Return how long to wait after a loss, in ms. */
  failed(): number {
    const since = this.#liveSince;
    if (since !== null && Date.now() - since >= STABLE_AFTER) this.#losses = 0;
    this.#liveSince = null;
    const longest = Math.min(LONGEST, SHORTEST * 2 ** this.#losses);
    this.#losses += 1;
    return longest * (0.5 + Math.random() / 2);
  }
}
