/** The forms of a dialog's data: one for each type, of which one is shown. */

import { fill } from "../page/dom.js";
import { DataForm } from "./form.js";

export class DataForms {
  #node;
  /** What was filled in for each type, kept while its schema stays the same. */
  #forms = /** @type {Map<string, {schema: string, form: DataForm}>} */ (new Map());

  /** The form that is shown; null: none is. @type {DataForm | null} */
  shown = null;

  /** @param {HTMLElement} node Where it is shown. */
  constructor(node) {
    this.#node = node;
  }

  /**
   * Show the form of a type.
   *
   * @param {string} type
   * @param {unknown} dataSchema
   */
  show(type, dataSchema) {
    const schema = JSON.stringify(dataSchema);
    if (this.#forms.get(type)?.schema !== schema) {
      this.#forms.set(type, { schema, form: new DataForm(dataSchema) });
    }
    this.shown = this.#forms.get(type)?.form ?? null;
    fill(this.#node, this.shown?.node);
  }

  /** Show none. */
  hide() {
    this.shown = null;
    fill(this.#node);
  }
}
