/** What is asked: the document, what goes with it, and what is kept of them. */

import { find, setText } from "../page/dom.js";
import { recall, remember } from "../page/storage.js";
import { authorization, recallToken, rememberToken } from "../page/token.js";
import { Editor } from "./editor.js";
import { openTab } from "./layout.js";
import { operationsOf } from "./tokens.js";

/** @typedef {import("./run.js").Request} Request */

const DOCUMENT = "jobwire.explorer.document";
const VARIABLES = "jobwire.explorer.variables";
const HEADERS = "jobwire.explorer.headers";

/** What was typed is no JSON object; the page shows it already. */
export class DraftError extends Error {}

export class Draft {
  #operation = find("operation", HTMLElement);
  #problem = find("input-problem", HTMLElement);
  #token = find("token", HTMLInputElement);

  /** @param {() => void} onToken Another token was given. */
  constructor(onToken) {
    this.document = new Editor(find("document", HTMLTextAreaElement), () => {
      remember("localStorage", DOCUMENT, this.document.text);
      this.#drawOperation();
    });
    this.variables = new Editor(find("variables", HTMLTextAreaElement), () => {
      remember("localStorage", VARIABLES, this.variables.text);
    });
    // They may hold a secret, so they go with the tab, as the token does.
    this.headers = new Editor(find("headers", HTMLTextAreaElement), () => {
      remember("sessionStorage", HEADERS, this.headers.text);
    });
    this.headers.text = recall("sessionStorage", HEADERS) ?? "";
    this.#token.value = recallToken() ?? "";
    this.#token.addEventListener("change", () => {
      this.#token.value = rememberToken(this.#token.value) ?? "";
      this.#token.ariaInvalid = "false";
      onToken();
    });
    document.addEventListener("selectionchange", () => this.#drawOperation());
  }

  /** Take up what was left another time. @returns {boolean} Whether there was any. */
  restore() {
    const text = recall("localStorage", DOCUMENT);
    if (text === null) return false;
    this.document.text = text;
    this.variables.text = recall("localStorage", VARIABLES) ?? "";
    this.#drawOperation();
    return true;
  }

  /**
   * Begin anew.
   *
   * @param {string} text
   * @param {Record<string, unknown>} variables
   * @param {string} [note] What is missing.
   */
  write(text, variables, note) {
    this.document.text = text;
    this.variables.text = JSON.stringify(variables, null, 2);
    remember("localStorage", DOCUMENT, this.document.text);
    remember("localStorage", VARIABLES, this.variables.text);
    this.#problem.hidden = note === undefined;
    setText(this.#problem, note ?? "");
    this.#drawOperation();
  }

  /** The operation at the caret, else the first one. */
  get operation() {
    const operations = operationsOf(this.document.text);
    const { caret } = this.document;
    const isHere = operations.find(({ start, end }) => start <= caret && caret <= end);
    return isHere ?? operations[0];
  }

  /**
   * @returns {Request}
   * @throws {DraftError}
   */
  read() {
    this.#problem.hidden = true;
    return {
      query: this.document.text,
      variables: this.#readObject(this.variables, "variables"),
      operationName: this.operation?.name ?? undefined,
      headers: withToken(this.#readObject(this.headers, "headers")),
    };
  }

  /**
   * Make a request for the page's own sake, with the headers as far as they are right.
   *
   * @param {string} query
   * @returns {Request}
   */
  aside(query) {
    const headers = withToken(objectIn(this.headers.text).value ?? {});
    return { query, variables: {}, operationName: undefined, headers };
  }

  askForToken() {
    openTab("headers");
    this.#token.ariaInvalid = "true";
    this.#token.focus();
  }

  /**
   * @param {Editor} editor
   * @param {"variables" | "headers"} name
   * @returns {Record<string, unknown>}
   */
  #readObject(editor, name) {
    const { value, problem } = objectIn(editor.text);
    editor.isInvalid = value === undefined;
    if (value !== undefined) return value;
    this.#problem.hidden = false;
    setText(this.#problem, `The ${name} are no JSON object: ${problem}`);
    openTab(name);
    editor.input.focus();
    throw new DraftError(problem);
  }

  #drawOperation() {
    const operation = this.operation;
    const text = operation ? `${operation.type} ${operation.name ?? ""}` : "";
    setText(this.#operation, text.trim());
  }
}

/**
 * @param {string} text Empty stands for an empty object.
 * @returns {{value?: Record<string, unknown>, problem?: string}}
 */
function objectIn(text) {
  let value;
  try {
    value = JSON.parse(text.trim() || "{}");
  } catch (error) {
    return { problem: /** @type {Error} */ (error).message };
  }
  const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
  return isObject ? { value } : { problem: "write {…}." };
}

/**
 * @param {Record<string, unknown>} headers
 * @returns {Record<string, string>}
 */
function withToken(headers) {
  const given = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  const isSaid = given.some(([name]) => name.toLowerCase() === "authorization");
  return {
    ...(isSaid ? {} : authorization(recallToken())),
    ...Object.fromEntries(given),
  };
}
