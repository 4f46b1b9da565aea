/** The schema as the server tells it. */

/**
 * @typedef {{kind: string, name: string | null, ofType: TypeRef | null}} TypeRef
 * @typedef {{name: string, description: string | null, isDeprecated: boolean,
 *   deprecationReason: string | null}} EnumValue
 * @typedef {EnumValue & {type: TypeRef, defaultValue: string | null}} InputValue
 * @typedef {EnumValue & {type: TypeRef, args: InputValue[]}} Field
 *
 * Any of the three; what it is tells its type's kind.
 * @typedef {EnumValue & Partial<Omit<InputValue & Field, keyof EnumValue>>} Member
 * @typedef {{kind: string, name: string, description: string | null,
 *   specifiedByURL: string | null, fields: Field[] | null,
 *   inputFields: InputValue[] | null, enumValues: EnumValue[] | null,
 *   interfaces: TypeRef[] | null, possibleTypes: TypeRef[] | null}} Type
 * @typedef {{type: Type, field: Member | null}} Hit
 */

const INPUT_VALUE = `
  name description defaultValue isDeprecated deprecationReason type { ...Ref }`;

export const INTROSPECTION = `query Introspection {
  __schema {
    queryType { name } mutationType { name } subscriptionType { name }
    types {
      kind name description specifiedByURL
      fields(includeDeprecated: true) {
        name description isDeprecated deprecationReason type { ...Ref }
        args(includeDeprecated: true) {${INPUT_VALUE} }
      }
      inputFields(includeDeprecated: true) {${INPUT_VALUE} }
      enumValues(includeDeprecated: true) {
        name description isDeprecated deprecationReason
      }
      interfaces { ...Ref }
      possibleTypes { ...Ref }
    }
  }
}
fragment Ref on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name } } }
}`;

export class Schema {
  /** @type {Map<string, Type>} */
  #types;

  /** @param {{__schema: any}} data What INTROSPECTION answered. */
  constructor({ __schema: schema }) {
    /** @type {Type[]} */
    const types = schema.types.filter((/** @type {Type} */ { name }) =>
      /^(?!__)/.test(name),
    );
    types.sort((one, other) => one.name.localeCompare(other.name));
    this.#types = new Map(types.map((type) => [type.name, type]));
    /** The types whose fields are operations. */
    this.roots = [schema.queryType, schema.mutationType, schema.subscriptionType]
      .map((root) => this.#types.get(root?.name))
      .filter((type) => type !== undefined);
  }

  /** All others, by name. */
  get types() {
    return [...this.#types.values()].filter((type) => !this.roots.includes(type));
  }

  /** @param {string} name */
  type(name) {
    return this.#types.get(name);
  }

  /**
   * Find types and their members by a part of the name, or else of the description.
   *
   * @param {string} text
   * @returns {Hit[]} Those whose names begin with the text first.
   */
  search(text) {
    const wanted = text.toLowerCase();
    /** @type {{hit: Hit, rank: number}[]} */
    const found = [];
    for (const type of this.#types.values()) {
      for (const field of [null, ...membersOf(type)]) {
        const { name, description } = field ?? type;
        const rank = rankOf(name, description, wanted);
        if (rank !== null) found.push({ hit: { type, field }, rank });
      }
    }
    return found.sort((one, other) => one.rank - other.rank).map(({ hit }) => hit);
  }
}

/**
 * What a type has, whatever its kind.
 *
 * @param {Type} type
 * @returns {Member[]}
 */
export function membersOf(type) {
  return type.fields ?? type.inputFields ?? type.enumValues ?? [];
}

/** Name what is inside of lists and non-nulls. @param {TypeRef} ref @returns {string} */
export function innerName(ref) {
  return ref.ofType ? innerName(ref.ofType) : (ref.name ?? "");
}

/**
 * Say what stands around the inner name, as it is written in a schema.
 *
 * @param {TypeRef} ref
 * @returns {[string, string]} Before and after it.
 */
export function wrapping(ref) {
  if (!ref.ofType) return ["", ""];
  const [before, after] = wrapping(ref.ofType);
  return ref.kind === "LIST" ? [`[${before}`, `${after}]`] : [before, `${after}!`];
}

/**
 * @param {string} name
 * @param {string | null} description
 * @param {string} wanted
 */
function rankOf(name, description, wanted) {
  const at = name.toLowerCase().indexOf(wanted);
  if (at >= 0) return at === 0 ? 0 : 1;
  return description?.toLowerCase().includes(wanted) ? 2 : null;
}
