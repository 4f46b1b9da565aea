/** What a JSON Schema asks for, as the kinds of field that a form can offer. */

/** @typedef {Record<string, any>} Schema */

/**
 * A field, told apart by its kind; "json" is whatever no other kind can hold.
 *
 * @typedef {object} Shape
 * @property {"text" | "number" | "boolean" | "choice" | "constant" | "list" | "object"
 *   | "union" | "json"} kind
 * @property {string} title
 * @property {string} description
 * @property {unknown} initial What it holds at first; undefined: nothing.
 * @property {boolean} isNullable Whether null is allowed, and said by leaving it empty.
 * @property {Schema} rules The constraints, under the names that JSON Schema gives them.
 * @property {unknown[]} options Of a choice; the one value of a constant.
 * @property {Property[]} properties Of an object.
 * @property {Shape | null} item Of a list.
 * @property {Shape[]} variants Of a union.
 *
 * @typedef {{name: string, isRequired: boolean, shape: Shape}} Property
 */

/** Deeper nesting, as of schemas that hold themselves, is left to the JSON editor. */
const DEEPEST = 6;

/**
 * Read a schema.
 *
 * @param {any} schema
 * @param {unknown} [root] Where `$ref` points into.
 * @param {string} [name] What it is called unless it has a title of its own; empty: by
 *   the title of what it refers to.
 * @param {number} [depth]
 * @returns {Shape}
 */
export function readSchema(schema, root = schema, name = "", depth = 0) {
  const { nullable, ...rules } = withoutNull(resolve(schema, root), root);
  const title = schema?.title ?? (name ? titleOf(name) : rules.title);
  /** @type {Shape} */
  const shape = {
    kind: "json",
    title: title ?? titleOf(rules.type ?? "Variant"),
    description: rules.description ?? "",
    initial: rules.default,
    isNullable: nullable,
    rules,
    options: [],
    properties: [],
    item: null,
    variants: [],
  };
  const inner = (/** @type {unknown} */ part, /** @type {string} */ called) =>
    readSchema(part, root, called, depth + 1);
  const alternatives = rules.anyOf ?? rules.oneOf;
  if (depth > DEEPEST) return shape;
  if ("const" in rules) {
    return { ...shape, kind: "constant", options: [rules.const], initial: rules.const };
  }
  if (rules.enum) return { ...shape, kind: "choice", options: rules.enum };
  if (alternatives) {
    const variants = alternatives.map((/** @type {Schema} */ part) => inner(part, ""));
    return { ...shape, kind: "union", variants };
  }
  switch (rules.type) {
    case "string":
      return { ...shape, kind: "text" };
    case "integer":
    case "number":
      return { ...shape, kind: "number" };
    case "boolean":
      return nullable
        ? { ...shape, kind: "choice", options: [true, false] }
        : { ...shape, kind: "boolean" };
    case "array":
      if (!rules.items || rules.prefixItems) return shape;
      return { ...shape, kind: "list", item: inner(rules.items, "Item") };
    case "object": {
      if (!rules.properties || isOpen(rules)) return shape;
      const required = new Set(rules.required ?? []);
      const properties = Object.entries(rules.properties).map(([key, part]) => ({
        name: key,
        isRequired: required.has(key),
        shape: inner(part, key),
      }));
      return { ...shape, kind: "object", properties };
    }
    default:
      return shape;
  }
}

/**
 * Whether a value has the outer form of a shape: which variant of a union it belongs to.
 *
 * @param {Shape} shape
 * @param {any} value
 * @returns {boolean}
 */
export function accepts(shape, value) {
  if (value === null) return shape.isNullable || shape.kind === "json";
  switch (shape.kind) {
    case "text":
      return typeof value === "string";
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "constant":
    case "choice":
      return shape.options.includes(value);
    case "list":
      return Array.isArray(value);
    case "union":
      return shape.variants.some((variant) => accepts(variant, value));
    case "object":
      return (
        typeof value === "object" &&
        !Array.isArray(value) &&
        Object.keys(value).every((key) =>
          shape.properties.some((p) => p.name === key),
        ) &&
        shape.properties.every((property) =>
          property.name in value
            ? accepts(property.shape, value[property.name])
            : !property.isRequired,
        )
      );
    default:
      return true;
  }
}

/**
 * Whether there is nothing to fill in: an object that may hold nothing.
 *
 * @param {Shape} shape
 */
export function isBlank({ kind, properties }) {
  return kind === "object" && properties.length === 0;
}

/** @param {Schema} rules */
function isOpen({ properties, additionalProperties }) {
  const isEmpty = Object.keys(properties).length === 0;
  return isEmpty && Boolean(additionalProperties);
}

/**
 * Follow references; what stands beside one wins over what it points to.
 *
 * @param {unknown} schema
 * @param {unknown} root
 * @returns {Schema}
 */
function resolve(schema, root) {
  /** @type {Schema} */
  let rules = isSchema(schema) ? schema : {};
  for (let step = 0; step <= DEEPEST; step += 1) {
    const { $ref, allOf, ...beside } = rules;
    if (typeof $ref === "string") rules = { ...pointedTo($ref, root), ...beside };
    else if (allOf?.length === 1) rules = { ...allOf[0], ...beside };
    else break;
  }
  return rules;
}

/**
 * @param {string} reference
 * @param {unknown} root
 * @returns {Schema}
 */
function pointedTo(reference, root) {
  if (!reference.startsWith("#")) return {};
  /** @type {any} */
  let target = root;
  for (const part of reference.split("/").slice(1)) {
    target =
      target?.[decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return isSchema(target) ? target : {};
}

/**
 * Take null out of the alternatives, and the only one that is left for the whole.
 *
 * @param {Schema} rules
 * @param {unknown} root
 * @returns {Schema & {nullable: boolean}}
 */
function withoutNull(rules, root) {
  const { anyOf, oneOf, type, ...rest } = rules;
  const types = Array.isArray(type) ? type.map((one) => ({ type: one })) : undefined;
  const alternatives = anyOf ?? oneOf ?? types;
  if (!Array.isArray(alternatives)) return { ...rules, nullable: false };
  const others = alternatives.filter((part) => part?.type !== "null");
  const nullable = others.length < alternatives.length;
  if (others.length === 1) return { ...resolve(others[0], root), ...rest, nullable };
  return { ...rest, ...(types ? {} : { type }), anyOf: others, nullable };
}

/** @param {unknown} value @returns {value is Schema} */
function isSchema(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {string} name */
function titleOf(name) {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
