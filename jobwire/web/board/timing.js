/** When a job is to run, and spans of time: inputs that speak ISO 8601. */

import { element, fill, find } from "../page/dom.js";

/** Units by their length in seconds, with their place in an ISO 8601 duration. */
const UNITS = [
  { label: "seconds", seconds: 1, write: (/** @type {number} */ n) => `PT${n}S` },
  { label: "minutes", seconds: 60, write: (/** @type {number} */ n) => `PT${n}M` },
  { label: "hours", seconds: 3600, write: (/** @type {number} */ n) => `PT${n}H` },
  { label: "days", seconds: 86_400, write: (/** @type {number} */ n) => `P${n}D` },
];

/** A number and its unit. */
export class SpanInput {
  /**
   * @param {string} label
   * @param {string} value
   */
  constructor(label, value = "") {
    this.amount = element("input", {
      type: "number",
      min: "0",
      step: "any",
      class: "number",
      "aria-label": label,
      value,
    });
    this.unit = element(
      "select",
      { "aria-label": `Unit of ${label.toLowerCase()}` },
      ...UNITS.map(({ label: name }) => element("option", {}, name)),
    );
    this.node = element("span", { class: "span-input" }, this.amount, this.unit);
  }

  /** @returns {string | null} An ISO 8601 duration; null: nothing was entered. */
  read() {
    if (this.amount.value === "") return null;
    const amount = this.amount.valueAsNumber;
    const { seconds, write } = UNITS[this.unit.selectedIndex];
    if (Number.isInteger(amount)) return write(amount);
    return `PT${Number((amount * seconds).toFixed(3))}S`;
  }
}

/** Now, after a delay, or at a time. */
export class RunTimeInput {
  #form = find("schedule-form", HTMLFormElement);
  #delay = new SpanInput("Delay", "30");
  #at = find("run-at", HTMLInputElement);
  #delayNode = find("run-delay", HTMLElement);
  #hint = find("run-zone", HTMLElement);

  constructor() {
    fill(this.#delayNode, this.#delay.node);
    this.#hint.textContent = `In your time zone, ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`;
    this.#form.addEventListener("change", () => this.#draw());
    this.#draw();
  }

  /** @returns {{delay: string} | {at: string} | null} null: at once. */
  read() {
    if (this.#chosen === "delay") {
      const delay = this.#delay.read();
      return delay === null ? null : { delay };
    }
    if (this.#chosen === "at" && this.#at.value) {
      return { at: new Date(this.#at.value).toISOString() };
    }
    return null;
  }

  /** What has to be filled in; null: nothing. */
  check() {
    if (this.#chosen === "delay" && !this.#delay.read()) return this.#delay.amount;
    if (this.#chosen === "at" && !this.#at.value) return this.#at;
    return null;
  }

  /** What to focus when something is wrong with it. */
  get input() {
    return this.#chosen === "at" ? this.#at : this.#delay.amount;
  }

  get #chosen() {
    return new FormData(this.#form).get("when");
  }

  #draw() {
    this.#delayNode.hidden = this.#chosen !== "delay";
    this.#at.hidden = this.#chosen !== "at";
    this.#hint.hidden = this.#chosen !== "at";
  }
}
