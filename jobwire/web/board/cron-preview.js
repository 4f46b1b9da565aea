/** What a cron expression says and when it would fire, told while it is typed. */

import { PREVIEW_CRON } from "./documents.js";
import { element, fill, find, setText } from "../page/dom.js";
import { NextTimes } from "./next-times.js";

/** How long typing may pause, in ms, before the server is asked. */
const TYPING_PAUSE = 300;

/**
 * @typedef {object} CronPreviewOptions
 * @property {import("./api.js").Api} api
 * @property {import("./clock.js").Clock} clock
 * @property {(text: string) => void} announce
 * @property {HTMLInputElement} cron
 * @property {HTMLInputElement} timezone
 */

export class CronPreview {
  #node = find("cron-preview", HTMLElement);
  #description = element("p", { class: "cron-says" });
  #refusal = element("p", { class: "field-error" });
  #next = new NextTimes();
  #asking = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {CronPreviewOptions} options */
  constructor(options) {
    this.options = options;
    fill(this.#node, this.#description, this.#next.node, this.#refusal);
    options.cron.addEventListener("input", () => this.#askSoon());
    options.timezone.addEventListener("input", () => this.#askSoon());
    this.clear();
  }

  /** Ask what the fields mean as they are now; only the last answer is shown. */
  async ask() {
    clearTimeout(this.#timer);
    const asking = (this.#asking += 1);
    const cron = this.options.cron.value;
    const timezone = this.options.timezone.value;
    if (cron === "") {
      this.clear();
      return;
    }
    try {
      const variables = { cron, timezone };
      const { previewCron } = await this.options.api.execute(PREVIEW_CRON, variables);
      if (asking === this.#asking) this.#show(previewCron);
    } catch (error) {
      if (asking === this.#asking) {
        this.#refuse(error instanceof Error ? error.message : String(error), []);
      }
    }
  }

  /** Show nothing, and not what is still being asked either. */
  clear() {
    clearTimeout(this.#timer);
    this.#asking += 1;
    this.#node.hidden = true;
  }

  /** Let time pass. */
  tick() {
    if (!this.#node.hidden) this.#next.tick(this.options.clock.present());
  }

  #askSoon() {
    clearTimeout(this.#timer);
    this.#asking += 1;
    this.#timer = setTimeout(() => this.ask(), TYPING_PAUSE);
  }

  /** @param {import("./documents.js").CronPreview} preview */
  #show({ description, nextRunTimes, errors }) {
    if (errors.length > 0) {
      const message = errors.map((error) => error.message).join(" ");
      this.#refuse(
        message,
        errors.flatMap(({ path }) => path ?? []),
      );
      return;
    }
    const isNever = nextRunTimes.length === 0;
    this.#tell(this.#description, `${description}${isNever ? ", but never" : ""}.`);
    this.#next.node.hidden = isNever;
    this.#next.show(nextRunTimes, this.options.clock.present());
    this.#mark([]);
  }

  /**
   * @param {string} message
   * @param {string[]} names Of the fields that are refused.
   */
  #refuse(message, names) {
    this.#tell(this.#refusal, message);
    this.#next.node.hidden = true;
    this.#mark(names);
  }

  /**
   * @param {HTMLElement} shown The one part that is for such a text.
   * @param {string} text
   */
  #tell(shown, text) {
    if (this.#node.hidden || shown.textContent !== text) this.options.announce(text);
    this.#node.hidden = false;
    for (const part of [this.#description, this.#refusal]) part.hidden = part !== shown;
    setText(shown, text);
  }

  /** @param {string[]} names Of the fields that are wrong. */
  #mark(names) {
    const { cron, timezone } = this.options;
    for (const [name, input] of Object.entries({ cron, timezone })) {
      if (names.includes(name)) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  }
}
