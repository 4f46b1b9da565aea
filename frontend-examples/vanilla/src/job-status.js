/** The status and the progress of a job, as the list and the job's page show them. */

import { element, setText } from "./dom.js";
import { progressWords, spelledOut } from "./words.js";

export class StatusBadge {
  node = element("span", { className: "status" });

  /** @param {import("./documents.js").ListedJob} job */
  update({ status }) {
    this.node.dataset.status = status;
    setText(this.node, spelledOut(status));
  }
}

export class ProgressBar {
  #bar = element("progress", { max: 1, "aria-label": "Progress" });
  #words = element("span");
  node = element(
    "div",
    { className: "progress", hidden: true },
    this.#bar,
    this.#words,
  );

  /** @param {import("./documents.js").ListedJob} job */
  update({ progress, status }) {
    // What has succeeded need not say that its code reported 88 % last.
    this.node.hidden = progress === null || status === "SUCCEEDED";
    if (progress === null) return;
    if (progress.fraction === null) this.#bar.removeAttribute("value");
    else this.#bar.value = progress.fraction;
    setText(this.#words, progressWords(progress));
  }
}
