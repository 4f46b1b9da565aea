/** What came of a run: one answer, or the messages of a subscription as they come. */

import { copyButton } from "../page/copy.js";
import { element, fill, find, setText } from "../page/dom.js";
import { colour } from "./tokens.js";

/** How many messages are kept; older ones go. */
const KEPT = 200;
/** Nearer to its end than this, in px, a list follows what comes. */
const NEAR = 48;

export class ResultView {
  #node = find("result", HTMLElement);
  #status = find("result-status", HTMLElement);
  #empty = find("result-empty", HTMLElement);
  #tools = find("result-tools", HTMLElement);
  #count = 0;
  /** @type {unknown[]} */
  #messages = [];

  constructor() {
    fill(
      this.#tools,
      copyButton(() => this.#messages.map(written).join("\n\n")),
    );
  }

  /** Begin anew. @param {string} status */
  begin(status) {
    this.#messages = [];
    this.#count = 0;
    fill(this.#node);
    this.#empty.hidden = true;
    this.#tools.hidden = true;
    this.say(status, "busy");
  }

  /**
   * Say how the run stands.
   *
   * @param {string} text
   * @param {"busy" | "live" | "good" | "bad" | "idle"} tone
   */
  say(text, tone) {
    setText(this.#status, text);
    this.#status.dataset.tone = tone;
  }

  /** Show the answer to a request. @param {unknown} body */
  answer(body) {
    this.#keep(body);
    fill(this.#node, code(body));
    this.#node.scrollTop = 0;
  }

  /** Show the next message of a subscription. @param {unknown} message */
  add(message) {
    this.#keep(message);
    this.#count += 1;
    const { scrollHeight, scrollTop, clientHeight } = this.#node;
    const follows = scrollHeight - scrollTop - clientHeight < NEAR;
    const head = element(
      "header",
      {},
      element("strong", {}, kindOf(message)),
      element("span", {}, `#${this.#count}`),
      element("time", {}, new Date().toLocaleTimeString([], { hour12: false })),
    );
    this.#node.append(element("article", { class: "message" }, head, code(message)));
    if (this.#messages.length > KEPT) {
      this.#messages.shift();
      this.#node.firstElementChild?.remove();
    }
    if (follows) this.#node.scrollTop = this.#node.scrollHeight;
  }

  get count() {
    return this.#count;
  }

  /** @param {unknown} message */
  #keep(message) {
    this.#messages.push(message);
    this.#tools.hidden = false;
  }
}

/** @param {unknown} body */
function code(body) {
  return element("pre", { class: "json" }, ...colour(written(body)));
}

/** @param {unknown} body */
function written(body) {
  return typeof body === "string" ? body : JSON.stringify(body, null, 2);
}

/** Name a message by what its only field holds. @param {any} message */
function kindOf(message) {
  if (message?.errors) return "Error";
  const fields = Object.entries(message?.data ?? {});
  if (fields.length !== 1) return "Data";
  const [[name, value]] = fields;
  return value?.__typename ?? name;
}
