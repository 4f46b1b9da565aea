/** A job in the list. */

import { element, setText } from "./dom.js";
import { ProgressBar, StatusBadge } from "./job-status.js";
import { jobAddress } from "./route.js";
import { timeElement } from "./time.js";

/** @typedef {import("./documents.js").ListedJob} ListedJob */

export class JobRow {
  #status = new StatusBadge();
  #progress = new ProgressBar();
  #progressPlace = element("div", { className: "job-progress" });
  #canceling = element("span", { className: "muted" }, "Canceling…");
  #refusal = element("p", { className: "job-refusal error", role: "alert" });

  /**
   * @param {ListedJob} job
   * @param {import("./cancels.js").Cancels} cancels
   */
  constructor({ id, tag, type, createdAt }, cancels) {
    this.cancels = cancels;
    this.link = element("a", { href: jobAddress(id) }, tag);
    const cancel = () => cancels.cancel(id);
    this.button = element(
      "button",
      { type: "button", "aria-label": `Cancel ${tag}`, click: cancel },
      "Cancel",
    );
    const name = element("div", { className: "job-name" }, this.link);
    name.append(element("span", { className: "muted" }, type));
    this.node = element(
      "li",
      { className: "job-row", "data-job": id },
      this.#status.node,
      name,
      this.#progressPlace,
      element("span", { className: "job-created muted" }, timeElement(createdAt)),
      element("div", { className: "job-action" }, this.button, this.#canceling),
      this.#refusal,
    );
  }

  /** @param {ListedJob} job */
  update(job) {
    const isUnderWay = this.cancels.isUnderWay(job);
    const hadFocus = document.activeElement === this.button;
    const refusal = this.cancels.refusal(job.id);
    if (job.progress && !this.#progressPlace.hasChildNodes()) {
      this.#progressPlace.append(this.#progress.node);
    }
    this.#status.update(job);
    this.#progress.update(job);
    this.button.hidden = isUnderWay || !job.isCancelable;
    this.#canceling.hidden = !isUnderWay;
    this.#refusal.hidden = refusal === "";
    setText(this.#refusal, refusal);
    // A hidden button would leave the keyboard nowhere.
    if (hadFocus && this.button.hidden) this.link.focus();
  }
}
