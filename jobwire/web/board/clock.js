/** The time that ages are counted to: the server's, and still while the page is stale. */

/** A browser and a server that differ by less than this, in ms, are taken as equal. */
const TOLERANCE = 2000;

export class Clock {
  #ahead = 0;
  /** @type {number | null} */
  #stoppedAt = null;

  /** The time in ms since 1970. */
  now() {
    return this.#stoppedAt ?? this.present();
  }

  /** The same while the page is stale as well: what is to come draws near regardless. */
  present() {
    return Date.now() + this.#ahead;
  }

  /**
   * Take over the time that the server told.
   *
   * @param {number} serverTime In ms since 1970, to the second.
   */
  synchronize(serverTime) {
    const ahead = serverTime - Date.now();
    this.#ahead = Math.abs(ahead) > TOLERANCE ? ahead : 0;
  }

  /** Stand still: what is on the page is known only up to this moment. */
  stop() {
    this.#stoppedAt ??= this.now();
  }

  /** Go on from the present. */
  resume() {
    this.#stoppedAt = null;
  }
}
