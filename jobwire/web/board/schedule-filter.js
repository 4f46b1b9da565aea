/** Which job schedules the list shows: those of one type, or those that are paused. */

import { find } from "../page/dom.js";
import { offerTypes } from "./type-options.js";

export class ScheduleFilter {
  #type = find("schedules-type", HTMLSelectElement);
  #paused = find("schedules-paused", HTMLInputElement);

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    const form = find("schedules-filter", HTMLFormElement);
    form.addEventListener("change", () => onChange());
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  /** The arguments of `jobSchedules`; what is not filtered by is absent. */
  get variables() {
    return {
      ...(this.#type.value ? { type: this.#type.value } : {}),
      ...(this.#paused.checked ? { isPaused: true } : {}),
    };
  }

  get isEmpty() {
    return Object.keys(this.variables).length === 0;
  }

  clear() {
    this.#type.value = "";
    this.#paused.checked = false;
    this.onChange();
  }

  /**
   * Offer the registered types.
   *
   * @param {string[]} names
   */
  offerTypes(names) {
    offerTypes(this.#type, names);
  }
}
