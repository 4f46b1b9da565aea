/** A dialog's form of a mutation's input: sent once at a time, refusals at their fields. */

/** @typedef {import("./documents.js").UserError} UserError */

/** The members of the input that the choice of the type stands for. */
const OF_TYPE = new Set(["type", "executor", "triggerTaskId"]);

/**
 * @typedef {object} InputFormOptions
 * @property {HTMLDialogElement} dialog
 * @property {HTMLFormElement} form
 * @property {HTMLButtonElement} submit
 * @property {HTMLButtonElement} cancel
 * @property {import("./type-choice.js").TypeChoice} choice
 * @property {import("./data-forms.js").DataForms} data
 * @property {import("./form-messages.js").FormMessages} messages
 * @property {() => HTMLElement | null} check Show what cannot be right, and return the
 *   first of it.
 * @property {() => Promise<void>} send Send the input, and show the answer.
 * @property {(name: string) => void} [onShow] A message is about to be shown at a member.
 */

export class InputForm {
  /** @param {InputFormOptions} options */
  constructor(options) {
    this.options = options;
    const { cancel, dialog, form } = options;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#send();
    });
    cancel.addEventListener("click", () => dialog.close());
  }

  /** Take all messages away. */
  clear() {
    const { choice, data, messages } = this.options;
    choice.clear();
    data.shown?.clear();
    messages.clear();
  }

  /**
   * Show a message where the path within the input leads to.
   *
   * @param {string[]} path
   * @param {string} message
   * @returns {HTMLElement} What to focus.
   */
  show(path, message) {
    const { choice, data, messages, onShow, submit } = this.options;
    const [name, ...inside] = path;
    if (OF_TYPE.has(name)) return choice.show(path, message);
    if (name === "data" && data.shown) return data.shown.show(inside, message);
    onShow?.(name ?? "");
    return messages.show(name ?? "", message) ?? submit;
  }

  /**
   * Show why the mutation was refused.
   *
   * @param {UserError[]} errors
   */
  refuse(errors) {
    const [first] = errors.map(({ path, message }) => {
      const inside = path?.[0] === "input" ? path.slice(1) : (path ?? []);
      return this.show(inside, message);
    });
    first?.focus();
  }

  /**
   * Show what went wrong with the form as a whole.
   *
   * @param {unknown} error
   */
  fail(error) {
    this.show([], error instanceof Error ? error.message : String(error));
  }

  async #send() {
    const { check, send, submit } = this.options;
    if (submit.disabled) return;
    this.clear();
    const wrong = check();
    if (wrong) {
      wrong.focus();
      return;
    }
    submit.disabled = true;
    try {
      await send();
    } catch (error) {
      this.fail(error);
    } finally {
      submit.disabled = false;
    }
  }
}
