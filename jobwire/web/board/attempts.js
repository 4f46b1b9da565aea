/** Mutations that somebody asks for: none is begun twice, and a refusal is told. */

export class Attempts {
  /** What is on its way. @type {Set<string>} */
  #busy = new Set();

  /**
   * @param {import("./api.js").Api} api
   * @param {import("./notices.js").Notices} notices
   */
  constructor(api, notices) {
    this.api = api;
    this.notices = notices;
  }

  /**
   * @param {string} what What is not begun again while it is on its way.
   * @param {string} mutation
   * @param {Record<string, unknown>} [variables]
   * @param {() => void} [onRefused] The server has answered, and refused.
   * @returns {Promise<any>} Its payload; null: it was refused, or is under way.
   */
  async run(what, mutation, variables, onRefused) {
    if (this.#busy.has(what)) return null;
    this.#busy.add(what);
    try {
      const answer = await this.api.execute(mutation, variables);
      const [payload] = /** @type {any[]} */ (Object.values(answer));
      if (payload.errors.length === 0) return payload;
      const messages = payload.errors.map(
        (/** @type {Error} */ error) => error.message,
      );
      this.notices.fail(messages.join(" "));
      onRefused?.();
    } catch (error) {
      this.notices.fail(error instanceof Error ? error.message : String(error));
    } finally {
      this.#busy.delete(what);
    }
    return null;
  }
}
