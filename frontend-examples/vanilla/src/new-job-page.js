/** The page of the form, which needs to know the types first. */

import { request } from "./api.js";
import { jobTypes } from "./documents.js";
import { element, loading } from "./dom.js";
import { Reading } from "./reading.js";
import { ScheduleForm } from "./schedule-form.js";

export class NewJobPage {
  title = "New job";
  #place = element("div", {}, loading());
  node = element("div", {}, element("h1", {}, "New job"), this.#place);
  /** @type {ScheduleForm | null} */
  #form = null;

  constructor() {
    this.live = new Reading(
      (signal) => request(jobTypes, {}, signal),
      ({ jobTypes }) => this.#show(jobTypes),
    );
  }

  restart() {
    this.live.restart();
  }

  leave() {
    this.live.stop();
  }

  /** What was filled in stays. @param {readonly import("./documents.js").JobType[]} types */
  #show(types) {
    this.#form ??= new ScheduleForm(types, () => this.restart());
    this.#place.replaceChildren(this.#form.node);
  }
}
