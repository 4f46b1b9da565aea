/** One executor in the system view: how it fares, since when, and what it can do. */

import { element, fill, icon, setText } from "../../page/dom.js";
import { agoMark } from "./ago.js";
import { describeCapabilities } from "./capabilities.js";
import { describeHealth, executorLabel } from "../executor.js";

/** @typedef {import("./documents.js").ExecutorState} ExecutorState */

export class ExecutorCard {
  #shown = "";
  #name = element("h3", { class: "executor-title" });
  #health = element("p", { class: "health" });
  #reason = element("p", { class: "reason-text" });
  #checked = element("p", { class: "muted" });
  #abilities = element("ul", { class: "capabilities", role: "list" });

  constructor() {
    this.link = element("summary", {}, "What it can do");
    this.node = element(
      "li",
      { class: "executor-card" },
      this.#name,
      this.#health,
      this.#reason,
      this.#checked,
      element("details", {}, this.link, this.#abilities),
    );
  }

  /** @param {ExecutorState} state */
  update(state) {
    const key = JSON.stringify(state);
    if (key === this.#shown) return;
    this.#shown = key;
    const { label, icon: sign } = describeHealth(state);
    this.node.dataset.health = state.health;
    setText(this.#name, executorLabel(state.executor));
    fill(this.#health, icon(sign), label[0].toUpperCase() + label.slice(1));
    setText(this.#reason, state.reason ?? "");
    this.#reason.hidden = state.reason === null;
    const at = state.checkedAt;
    fill(this.#checked, ...(at ? ["Checked ", agoMark(at)] : ["Not checked."]));
    fill(this.#abilities, ...describeCapabilities(state).map(buildCapability));
  }

  tick() {}
}

/** @param {import("./capabilities.js").Capability} capability */
function buildCapability({ isThere, text }) {
  return element(
    "li",
    { class: isThere ? undefined : "muted" },
    icon(isThere ? "check" : "minus"),
    element("span", {}, text),
  );
}
