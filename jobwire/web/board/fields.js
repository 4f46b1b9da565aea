/** The fields of a form that hold one value: text, numbers, choices, JSON. */

import { element } from "../page/dom.js";
import { Field } from "./field.js";
import { formatNumber } from "./format.js";

/** @typedef {import("./schema.js").Shape} Shape */

/** Text that may be longer than this gets several lines. */
const ONE_LINE = 255;
/** @type {Record<string, string>} */
const INPUT_TYPES = {
  date: "date",
  "date-time": "datetime-local",
  email: "email",
  uri: "url",
  password: "password",
};

export class TextField extends Field {
  /**
   * @param {Shape} shape
   * @param {boolean} isRequired
   */
  constructor(shape, isRequired) {
    const { format, maxLength = Infinity, pattern } = shape.rules;
    const type = INPUT_TYPES[format];
    const isLine = type || format || pattern || maxLength <= ONE_LINE;
    const input = isLine
      ? element("input", { type: type ?? "text", autocomplete: "off" })
      : element("textarea", { rows: 2 });
    if (type === "datetime-local") input.setAttribute("step", "1");
    if (Number.isFinite(maxLength)) input.maxLength = maxLength;
    input.spellcheck = false;
    super(shape, isRequired, input);
  }

  read() {
    const text = this.input.value;
    const isOptional = !this.isRequired && this.shape.initial === undefined;
    if (text === "" && (this.shape.isNullable || isOptional)) return this.empty;
    return this.input.type === "datetime-local" && text
      ? new Date(text).toISOString()
      : text;
  }

  /** @param {any} value */
  write(value) {
    super.write(value);
    const moment = Date.parse(value ?? this.shape.initial ?? "");
    if (this.input.type !== "datetime-local" || Number.isNaN(moment)) return;
    const offset = new Date(moment).getTimezoneOffset() * 60_000;
    this.input.value = new Date(moment - offset).toISOString().slice(0, 19);
  }

  problem() {
    const { minLength = 0, pattern } = this.shape.rules;
    const value = this.read();
    if (typeof value !== "string") return "";
    const length = [...value].length;
    if (length < minLength) {
      return minLength === 1 ? "Fill this in." : `At least ${minLength} characters.`;
    }
    return matches(pattern, value) ? "" : `It must match ${pattern}`;
  }
}

export class NumberField extends Field {
  /**
   * @param {Shape} shape
   * @param {boolean} isRequired
   */
  constructor(shape, isRequired) {
    const isInteger = shape.rules.type === "integer";
    super(
      shape,
      isRequired,
      element("input", {
        type: "text",
        inputMode: isInteger ? "numeric" : "decimal",
        autocomplete: "off",
        class: "number",
      }),
    );
  }

  read() {
    const text = this.input.value.trim();
    return text === "" ? this.empty : Number(text.replace(/[_\s]/g, ""));
  }

  problem() {
    const value = this.read();
    const { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum } =
      this.shape.rules;
    if (value === undefined) return this.isRequired ? "Enter a number." : "";
    if (typeof value !== "number") return "";
    if (!Number.isFinite(value)) return "This is no number.";
    if (type === "integer" && !Number.isInteger(value)) return "Enter a whole number.";
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      return "Too large for a browser to send unchanged.";
    }
    if (value < minimum) return `At least ${formatNumber(minimum)}.`;
    if (value > maximum) return `At most ${formatNumber(maximum)}.`;
    if (value <= exclusiveMinimum)
      return `More than ${formatNumber(exclusiveMinimum)}.`;
    if (value >= exclusiveMaximum)
      return `Less than ${formatNumber(exclusiveMaximum)}.`;
    return "";
  }
}

export class BooleanField extends Field {
  /** @param {Shape} shape */
  constructor(shape) {
    super(shape, true, element("input", { type: "checkbox" }));
  }

  get box() {
    return /** @type {HTMLInputElement} */ (this.input);
  }

  read() {
    return this.box.checked;
  }

  /** @param {any} value */
  write(value) {
    this.box.checked = Boolean(value ?? this.shape.initial);
  }
}

export class ChoiceField extends Field {
  /**
   * @param {Shape} shape
   * @param {boolean} isRequired
   */
  constructor(shape, isRequired) {
    const needsBlank = shape.isNullable || shape.initial === undefined;
    const select = element(
      "select",
      {},
      needsBlank && element("option", { value: "" }, isRequired ? "Choose…" : "—"),
      ...shape.options.map((option, index) =>
        element("option", { value: index }, optionLabel(option)),
      ),
    );
    super(shape, isRequired, select);
  }

  read() {
    const chosen = this.input.value;
    return chosen === "" ? this.empty : this.shape.options[Number(chosen)];
  }

  /** @param {any} value */
  write(value) {
    const index = this.shape.options.indexOf(value ?? this.shape.initial);
    this.input.value = index < 0 ? "" : String(index);
  }

  problem() {
    return this.isRequired && this.read() === undefined ? "Choose one." : "";
  }
}

export class JsonField extends Field {
  /**
   * @param {Shape} shape
   * @param {boolean} isRequired
   */
  constructor(shape, isRequired) {
    const properties = { class: "code", rows: 6, spellcheck: false };
    super(shape, isRequired, element("textarea", properties));
  }

  read() {
    const text = this.input.value.trim();
    if (text === "") return this.empty;
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }

  /** @param {any} value */
  write(value) {
    const shown = value ?? this.shape.initial ?? this.#blank;
    this.input.value = shown === undefined ? "" : JSON.stringify(shown, null, 2);
  }

  problem() {
    const text = this.input.value.trim();
    if (text === "")
      return this.isRequired && !this.shape.isNullable ? "Enter JSON." : "";
    try {
      JSON.parse(text);
      return "";
    } catch (error) {
      return `This is no JSON: ${error instanceof Error ? error.message : error}`;
    }
  }

  get #blank() {
    if (!this.isRequired) return undefined;
    return this.shape.rules.type === "array" ? [] : {};
  }
}

/** @param {unknown} option */
function optionLabel(option) {
  if (option === true) return "Yes";
  if (option === false) return "No";
  return typeof option === "string" ? option : JSON.stringify(option);
}

/**
 * Whether a text matches; a pattern that this browser cannot read is left to the server.
 *
 * @param {string | undefined} pattern
 * @param {string} text
 */
function matches(pattern, text) {
  try {
    return pattern === undefined || new RegExp(pattern, "u").test(text);
  } catch {
    return true;
  }
}
