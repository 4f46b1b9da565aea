/** The fields that a JSON Schema asks for, as far as simple fields can hold them. */

/**
 * @typedef {Readonly<Record<string, unknown>>} Schema
 *
 * @typedef {object} Field
 * @property {string} name The member of the data; empty: the data as a whole.
 * @property {"text" | "number" | "boolean" | "choice" | "json"} kind
 * @property {string} label
 * @property {string} description
 * @property {boolean} isRequired Whether the member must be there.
 * @property {boolean} isNullable
 * @property {readonly unknown[]} options Of a choice.
 * @property {unknown} initial Undefined: nothing.
 */

/**
 * Return a field for each member; for data of another form one field with the whole.
 *
 * @param {unknown} schema
 * @returns {Field[]}
 */
export function fieldsOf(schema) {
  const root = isSchema(schema) ? schema : {};
  const { properties } = root;
  if (root["type"] !== "object" || !isSchema(properties)) {
    return [fieldOf("", { title: "Data", ...root, default: {} }, root, true)];
  }
  const required = new Set(Array.isArray(root["required"]) ? root["required"] : []);
  return Object.entries(properties).map(([name, part]) =>
    fieldOf(name, isSchema(part) ? part : {}, root, required.has(name)),
  );
}

/**
 * @param {string} name
 * @param {Schema} part
 * @param {Schema} root
 * @param {boolean} isRequired
 * @returns {Field}
 */
function fieldOf(name, part, root, isRequired) {
  const { schema, isNullable } = withoutNull(resolved(part, root), root);
  // What stands beside a reference or an alternative is meant for this place.
  const { title, description, default: initial } = { ...schema, ...part };
  return {
    name,
    kind: kindOf(schema),
    label: typeof title === "string" ? title : name,
    description: typeof description === "string" ? description : "",
    isRequired,
    isNullable,
    options: optionsOf(schema) ?? [],
    initial,
  };
}

/**
 * @param {Schema} schema
 * @returns {Field["kind"]}
 */
function kindOf(schema) {
  if (optionsOf(schema) !== null) return "choice";
  switch (schema["type"]) {
    case "string":
      return "text";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    default:
      return "json";
  }
}

/** @param {Schema} schema @returns {readonly unknown[] | null} */
function optionsOf(schema) {
  if ("const" in schema) return [schema["const"]];
  return Array.isArray(schema["enum"]) ? schema["enum"] : null;
}

/**
 * Tell null from what else is allowed, in the ways that schemas say so.
 *
 * @param {Schema} schema
 * @param {Schema} root
 * @returns {{schema: Schema, isNullable: boolean}}
 */
function withoutNull(schema, root) {
  const { type, anyOf, enum: options } = schema;
  if (Array.isArray(type) && type.length === 2 && type.includes("null")) {
    const [other] = type.filter((one) => one !== "null");
    return { schema: { ...schema, type: other }, isNullable: true };
  }
  if (Array.isArray(anyOf) && anyOf.length === 2) {
    const others = anyOf.filter((one) => !isSchema(one) || one["type"] !== "null");
    const [other] = others;
    if (others.length === 1 && isSchema(other)) {
      return { schema: resolved(other, root), isNullable: true };
    }
  }
  return { schema, isNullable: Array.isArray(options) && options.includes(null) };
}

/**
 * Follow a reference within the schema.
 *
 * @param {Schema} schema
 * @param {Schema} root
 * @returns {Schema}
 */
function resolved(schema, root) {
  const { $ref } = schema;
  if (typeof $ref !== "string" || !$ref.startsWith("#/")) return schema;
  /** @type {unknown} */
  let target = root;
  for (const step of $ref.slice(2).split("/")) {
    target = isSchema(target) ? target[step] : undefined;
  }
  return isSchema(target) ? target : {};
}

/**
 * Take the value of a field out of what was entered.
 *
 * @param {Field} field
 * @param {string} entered Of a choice the index of the option.
 * @returns {unknown} Undefined: the member is left out.
 * @throws {SyntaxError} It does not fit; the message says what is expected.
 */
export function valueEntered(field, entered) {
  const { kind, isRequired, isNullable, options, initial } = field;
  if ((kind === "text" ? entered : entered.trim()) === "") {
    if (isNullable) return isRequired || initial != null ? null : undefined;
    return kind === "text" && isRequired ? "" : undefined;
  }
  switch (kind) {
    case "text":
      return entered;
    case "number":
      return numberOf(entered);
    case "boolean":
      return entered === "true";
    case "choice":
      return options[Number(entered)];
    case "json":
      return jsonOf(entered);
  }
}

/** @param {string} entered */
function numberOf(entered) {
  const number = Number(entered);
  if (!Number.isFinite(number)) throw new SyntaxError("A number is expected.");
  return number;
}

/** @param {string} entered @returns {unknown} */
function jsonOf(entered) {
  try {
    return JSON.parse(entered);
  } catch {
    throw new SyntaxError("This is not JSON.");
  }
}

/** @param {unknown} value @returns {value is Schema} */
function isSchema(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
