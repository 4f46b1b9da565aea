/** The tags of jobs that are known by their ids; each is asked for once. */

import { JOB_TAGS } from "./documents.js";

/** How many ids one request may name. */
const MOST_AT_ONCE = 100;

export class JobTags {
  /** Null: there is no such job any more. @type {Map<string, string | null>} */
  #tags = new Map();

  /** @param {import("../api.js").Api} api */
  constructor(api) {
    this.api = api;
  }

  /** @param {string} id */
  get(id) {
    return this.#tags.get(id) ?? null;
  }

  /** @param {string[]} ids */
  async learn(ids) {
    const unknown = [...new Set(ids)].filter((id) => !this.#tags.has(id));
    for (let start = 0; start < unknown.length; start += MOST_AT_ONCE) {
      await this.#ask(unknown.slice(start, start + MOST_AT_ONCE));
    }
  }

  /** @param {string[]} ids */
  async #ask(ids) {
    const { jobs } = await this.api.execute(JOB_TAGS, { ids });
    for (const id of ids) this.#tags.set(id, null);
    for (const { id, tag } of jobs.nodes) this.#tags.set(id, tag);
  }
}
