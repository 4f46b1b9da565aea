/** Where the data of a job are entered, by the schema of its type. */

import { fieldsOf, valueEntered } from "./data-schema.js";
import { element } from "./dom.js";
import { Field } from "./field.js";

/** @typedef {import("./data-schema.js").Field} DataField */

export class DataFields {
  node = element("div", { className: "fields" });
  /** @type {{data: DataField, field: Field}[]} */
  #fields;

  /** @param {unknown} schema */
  constructor(schema) {
    this.#fields = fieldsOf(schema).map((data) => ({
      data,
      field: new Field({
        id: data.name === "" ? "data" : `data-${data.name}`,
        label: data.label,
        control: controlOf(data),
        description:
          data.kind === "json" ? `${data.description} JSON.`.trim() : data.description,
        isOptional: !data.isRequired,
      }),
    }));
    this.node.append(...this.#fields.map(({ field }) => field.node));
  }

  /** What was entered; null: it does not fit, as is said where that is so. */
  read() {
    /** @type {Record<string, unknown>} */
    const members = {};
    /** @type {unknown} */
    let whole;
    let isRight = true;
    for (const { data, field } of this.#fields) {
      try {
        const value = valueEntered(data, enteredIn(field.control));
        field.say([]);
        if (data.name === "") whole = value;
        else if (value !== undefined) members[data.name] = value;
      } catch (error) {
        field.say([/** @type {SyntaxError} */ (error).message]);
        isRight = false;
      }
    }
    return isRight ? { data: whole ?? members } : null;
  }

  /**
   * Show what is wrong with the data where it is.
   *
   * @param {readonly import("./mutation.js").Problem[]} problems
   * @returns {import("./mutation.js").Problem[]} Those of other places.
   */
  say(problems) {
    const rest = new Set(problems);
    for (const { data, field } of this.#fields) {
      const own = problems.filter(
        ({ path: [, argument, member] }) =>
          argument === "data" && (data.name === "" || member === data.name),
      );
      field.say(own.map(({ message }) => message));
      for (const problem of own) rest.delete(problem);
    }
    return [...rest];
  }
}

/** @param {DataField} field @returns {import("./field.js").Control} */
function controlOf({ kind, options, initial, isRequired, isNullable }) {
  switch (kind) {
    case "text":
      return element("input", { autocomplete: "off", value: initial ?? "" });
    case "number":
      return element("input", {
        autocomplete: "off",
        inputMode: "decimal",
        value: initial ?? "",
      });
    case "boolean":
      if (!isNullable && (isRequired || typeof initial === "boolean")) {
        return element("input", { type: "checkbox", checked: initial === true });
      }
      return choice(["true", "false"], ["Yes", "No"], true, String(initial ?? ""));
    case "choice":
      return choice(
        options.map((_, index) => String(index)),
        options.map((option) =>
          typeof option === "string" ? option : JSON.stringify(option),
        ),
        !isRequired || isNullable,
        String(options.indexOf(initial)),
      );
    case "json":
      return element("textarea", {
        className: "code",
        rows: 5,
        spellcheck: false,
        value: initial === undefined ? "" : JSON.stringify(initial, null, 2),
      });
  }
}

/**
 * @param {string[]} values
 * @param {string[]} labels
 * @param {boolean} isOptional
 * @param {string} initial
 */
function choice(values, labels, isOptional, initial) {
  const options = values.map((value, index) =>
    element("option", { value, selected: value === initial }, labels[index]),
  );
  const nothing = element("option", { value: "" }, "—");
  return element("select", {}, ...(isOptional ? [nothing, ...options] : options));
}

/** @param {import("./field.js").Control} control */
function enteredIn(control) {
  return control.type === "checkbox" && control instanceof HTMLInputElement
    ? String(control.checked)
    : control.value;
}
