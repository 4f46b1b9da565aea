/** What reconciliation had to put right, the newest first. */

import { element, find } from "../../page/dom.js";
import { agoMark } from "./ago.js";
import { describeCorrection, describeMissed } from "./drift-words.js";
import { Part } from "../part.js";
import { systemJobLink } from "./job-link.js";

/** @typedef {import("./state.js").Reconciliation} Reconciliation */
/** @typedef {Reconciliation["drifts"][number]} Drift */

export class Drifts {
  #node = find("drifts", HTMLElement);
  #list = find("drift-list", HTMLElement);
  #empty = find("no-drifts", HTMLElement);
  #more = find("more-drifts", HTMLButtonElement);
  #items = new Part(this.#list);
  /** How many there were when more were asked for; null: none were. @type {number | null} */
  #asked = null;

  /** @param {() => void} onMore */
  constructor(onMore) {
    this.#more.addEventListener("click", () => {
      if (this.#asked !== null) return;
      this.#asked = this.#list.children.length;
      this.#more.ariaDisabled = "true";
      onMore();
    });
  }

  /**
   * @param {Reconciliation} reconciliation
   * @param {boolean} isThere Whether jobs can run on Trigger.dev.
   */
  show({ drifts, hasMoreDrifts }, isThere) {
    this.#node.hidden = drifts.length === 0 && !isThere;
    this.#empty.hidden = drifts.length > 0;
    this.#items.show(drifts, (all) => all.map(buildDrift));
    if (this.#asked !== null && document.activeElement === this.#more) {
      this.#list.children[this.#asked]?.querySelector("a")?.focus();
    }
    this.allowMore();
    this.#more.hidden = !hasMoreDrifts;
  }

  /** Let more be asked for: an answer has come, or none will. */
  allowMore() {
    this.#asked = null;
    this.#more.ariaDisabled = null;
  }
}

/** @param {Drift} drift */
function buildDrift(drift) {
  return element(
    "li",
    {},
    agoMark(drift.recordedAt),
    systemJobLink(drift.jobId, drift.tag),
    element("span", { class: "drift-words" }, describeCorrection(drift)),
    element("span", { class: "muted" }, describeMissed(drift)),
  );
}
