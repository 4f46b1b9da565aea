/** The documentation of the schema: its operations and types, to search and walk. */

import { element, fill, find, icon } from "../page/dom.js";
import { innerName, membersOf, wrapping } from "./introspection.js";

/** @typedef {import("./introspection.js").Schema} Schema */
/** @typedef {import("./introspection.js").Type} Type */
/** @typedef {import("./introspection.js").TypeRef} TypeRef */
/** @typedef {import("./introspection.js").InputValue} InputValue */
/** @typedef {import("./introspection.js").Member} Member */

const MOST_HITS = 60;
/** @type {Record<string, string>} */
const KINDS = {
  OBJECT: "type",
  INTERFACE: "interface",
  UNION: "union",
  ENUM: "enum",
  INPUT_OBJECT: "input",
  SCALAR: "scalar",
};

export class Docs {
  #search = find("docs-search", HTMLInputElement);
  #back = find("docs-back", HTMLButtonElement);
  #body = find("docs-body", HTMLElement);
  /** @type {Schema | null} */
  #schema = null;
  /** The types that were walked through, the one shown last. @type {string[]} */
  #path = [];

  constructor() {
    this.#search.addEventListener("input", () => this.#draw());
    this.#back.addEventListener("click", () => {
      if (this.#search.value) this.#search.value = "";
      else this.#path.pop();
      this.#draw();
    });
  }

  focus() {
    this.#search.focus();
    this.#search.select();
  }

  /** @param {Schema} schema */
  show(schema) {
    this.#schema = schema;
    this.#path = this.#path.filter((name) => schema.type(name));
    this.#draw();
  }

  /** Say why there is none. @param {string} reason */
  fail(reason) {
    if (this.#schema) return;
    fill(this.#body, element("p", { class: "callout is-error" }, reason));
  }

  /**
   * @param {string} name
   * @param {string} [member]
   */
  #open(name, member) {
    this.#search.value = "";
    if (this.#path.at(-1) !== name) this.#path.push(name);
    this.#draw();
    const shown = member && document.getElementById(`docs-${name}-${member}`);
    if (shown) {
      shown.scrollIntoView({ block: "center" });
      shown.classList.add("is-marked");
    } else this.#body.scrollTop = 0;
    this.#body.focus({ preventScroll: true });
  }

  #draw() {
    const schema = this.#schema;
    if (!schema) return;
    const wanted = this.#search.value.trim();
    const type = schema.type(this.#path.at(-1) ?? "");
    this.#back.hidden = !wanted && !type;
    if (wanted) fill(this.#body, ...this.#hits(schema, wanted));
    else if (type) fill(this.#body, ...this.#type(type));
    else fill(this.#body, ...this.#home(schema));
  }

  /** @param {Schema} schema */
  #home(schema) {
    const types = schema.types.map((type) =>
      element("li", {}, this.#link(type.name), kind(type)),
    );
    return [
      ...schema.roots.flatMap((root) => [
        element("h3", {}, this.#link(root.name)),
        this.#members(root, false),
      ]),
      element("h3", {}, "Types"),
      element("ul", { class: "docs-types" }, ...types),
    ];
  }

  /**
   * @param {Schema} schema
   * @param {string} wanted
   */
  #hits(schema, wanted) {
    const hits = schema.search(wanted);
    const shown = hits.slice(0, MOST_HITS).map(({ type, field }) => {
      const name = field ? `${type.name}.${field.name}` : type.name;
      const text = (field ?? type).description;
      return element(
        "li",
        {},
        this.#link(type.name, name, field?.name),
        field ? null : kind(type),
        text && element("p", {}, text),
      );
    });
    if (shown.length === 0) {
      return [
        element(
          "p",
          { class: "muted" },
          "Nothing has that in its name or description.",
        ),
      ];
    }
    const rest = hits.length - shown.length;
    return [
      element("ul", { class: "docs-hits" }, ...shown),
      rest > 0 && element("p", { class: "muted" }, `And ${rest} more.`),
    ];
  }

  /** @param {Type} type */
  #type(type) {
    const { interfaces, possibleTypes } = type;
    const label = type.kind === "UNION" ? "One of" : "Implemented by";
    return [
      element("h2", { class: "docs-title" }, type.name, kind(type)),
      type.description && element("p", {}, type.description),
      type.specifiedByURL &&
        element("p", { class: "muted" }, `Specified by ${type.specifiedByURL}`),
      interfaces?.length ? this.#around("Implements", interfaces) : null,
      possibleTypes?.length ? this.#around(label, possibleTypes) : null,
      this.#members(type, true),
    ];
  }

  /**
   * @param {string} label
   * @param {TypeRef[]} refs
   */
  #around(label, refs) {
    const links = refs.map((ref) => this.#link(innerName(ref)));
    return element("p", { class: "docs-around" }, label, ...links);
  }

  /**
   * @param {Type} type
   * @param {boolean} isWhole Whether arguments are explained too.
   */
  #members(type, isWhole) {
    const rows = membersOf(type).map((member) => {
      const { args, type: ref } = member;
      return element(
        "li",
        { id: `docs-${type.name}-${member.name}` },
        element(
          "div",
          { class: "docs-signature" },
          element("span", { class: "is-name" }, member.name),
          args?.length ? this.#arguments(args, isWhole) : null,
          ref && ": ",
          ref && this.#ref(ref),
          defaultOf(member),
        ),
        member.description && element("p", {}, member.description),
        deprecation(member),
      );
    });
    return element("ul", { class: "docs-members" }, ...rows);
  }

  /**
   * @param {InputValue[]} inputs
   * @param {boolean} isWhole
   */
  #arguments(inputs, isWhole) {
    const rows = inputs.map((input) =>
      element(
        "span",
        { class: "docs-argument" },
        element("span", { class: "is-key" }, input.name),
        ": ",
        this.#ref(input.type),
        defaultOf(input),
        input.isDeprecated && " (deprecated)",
        isWhole && element("small", {}, input.description),
      ),
    );
    return element("span", { class: "docs-arguments" }, "(", ...rows, ")");
  }

  /** @param {TypeRef} ref */
  #ref(ref) {
    const [before, after] = wrapping(ref);
    return element("span", {}, before, this.#link(innerName(ref)), after);
  }

  /**
   * @param {string} name Of the type.
   * @param {string} [label]
   * @param {string} [member]
   */
  #link(name, label = name, member) {
    const onclick = () => this.#open(name, member);
    return element("button", { type: "button", class: "link", onclick }, label);
  }
}

/** @param {Type} type */
function kind(type) {
  return element("span", { class: "docs-kind" }, KINDS[type.kind] ?? type.kind);
}

/** @param {Member} member */
function defaultOf({ defaultValue }) {
  if (defaultValue === null || defaultValue === undefined) return null;
  return element("span", { class: "is-constant" }, ` = ${defaultValue}`);
}

/** @param {Member} member */
function deprecation({ isDeprecated, deprecationReason }) {
  if (!isDeprecated) return null;
  return element(
    "p",
    { class: "docs-deprecated" },
    icon("warning"),
    `Deprecated. ${deprecationReason ?? ""}`,
  );
}
