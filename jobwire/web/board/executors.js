/** The line that tells how the executors fare, read again while somebody may see it. */

import { UnauthenticatedError } from "./api.js";
import { EXECUTORS } from "./documents.js";
import { element, fill, find, icon, newId } from "../page/dom.js";
import { describeHealth, executorLabel, isTroubled } from "./executor.js";

/** @typedef {import("./documents.js").ExecutorInfo} ExecutorInfo */

/** How often they are asked after, in ms. */
const READ_EVERY = 15_000;

/**
 * @typedef {object} ExecutorsOptions
 * @property {import("./api.js").Api} api
 * @property {(text: string) => void} announce
 * @property {(executors: ExecutorInfo[]) => void} onRead Whenever they have been read.
 */

export class Executors {
  #node = find("executors", HTMLElement);
  #shown = "";
  /** Those in trouble that it was told of. @type {Set<string>} */
  #told = new Set();
  #reading = 0;
  #isFollowing = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {ExecutorsOptions} options */
  constructor(options) {
    this.options = options;
    document.addEventListener("visibilitychange", () => {
      if (this.#isFollowing) this.load();
    });
  }

  /** Read how they fare, now and then again and again until a token is wanted. */
  async load() {
    clearTimeout(this.#timer);
    this.#isFollowing = true;
    if (document.hidden) return;
    const reading = (this.#reading += 1);
    try {
      const { executors } = await this.options.api.execute(EXECUTORS);
      if (reading !== this.#reading) return;
      this.#show(executors);
      this.options.onRead(executors);
    } catch (error) {
      if (reading !== this.#reading) return;
      // Why nothing can be read is told where the jobs are listed.
      this.#show([]);
      this.#isFollowing = !(error instanceof UnauthenticatedError);
    }
    if (this.#isFollowing) this.#timer = setTimeout(() => this.load(), READ_EVERY);
  }

  /** @param {ExecutorInfo[]} executors */
  #show(executors) {
    const key = JSON.stringify(executors);
    if (key === this.#shown) return;
    this.#shown = key;
    const focused = document.activeElement?.closest("[data-executor]");
    fill(this.#node, ...executors.map(buildExecutor));
    this.#node.hidden = executors.length === 0;
    if (focused instanceof HTMLElement) this.#focus(focused.dataset.executor);
    for (const info of executors) this.#announce(info);
  }

  /** @param {string | undefined} executor */
  #focus(executor) {
    const same = `[data-executor="${executor}"] button`;
    /** @type {HTMLElement | null} */ (this.#node.querySelector(same))?.focus();
  }

  /** @param {ExecutorInfo} info */
  #announce(info) {
    const { executor, reason } = info;
    const wasTold = this.#told.has(executor);
    if (isTroubled(info) === wasTold) return;
    if (wasTold) this.#told.delete(executor);
    else this.#told.add(executor);
    const words = `${executorLabel(executor)}: ${describeHealth(info).label}.`;
    this.options.announce([words, reason].filter(Boolean).join(" "));
  }
}

/** @param {ExecutorInfo} info */
function buildExecutor(info) {
  const { executor, health, reason } = info;
  const { label, icon: sign } = describeHealth(info);
  const words = [icon(sign), `${executorLabel(executor)} ${label}`];
  const names = { "data-executor": executor, "data-health": health };
  if (!reason) return element("li", names, ...words);
  const id = newId();
  const node = element(
    "li",
    names,
    element(
      "button",
      { type: "button", class: "quiet", "aria-describedby": id },
      ...words,
    ),
    element("span", { class: "reason", role: "tooltip", id }, reason),
  );
  makeDismissible(node);
  return node;
}

/**
 * Let Escape hide the reason until it is asked for again.
 *
 * @param {HTMLElement} node
 */
function makeDismissible(node) {
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || node.classList.contains("is-dismissed")) return;
    node.classList.add("is-dismissed");
    event.preventDefault();
  });
  for (const type of ["focusin", "mouseenter", "click"]) {
    node.addEventListener(type, () => node.classList.remove("is-dismissed"));
  }
}
