/** An object in a form: a field for each of its members. */

import { Group } from "./group.js";

/** @typedef {import("./schema.js").Shape} Shape */
/** @typedef {import("./field.js").Control} Control */
/** @typedef {import("./group.js").Build} Build */

/** @implements {Control} */
export class ObjectGroup extends Group {
  /**
   * @param {Shape} shape
   * @param {Build} build
   */
  constructor(shape, build) {
    super(shape);
    this.shape = shape;
    this.members = shape.properties.map((property) => ({
      ...property,
      control: build(property.shape, property.isRequired),
    }));
    this.body.append(...this.members.map(({ control }) => control.node));
  }

  read() {
    /** @type {Record<string, unknown>} */
    const value = {};
    for (const { name, isRequired, shape, control } of this.members) {
      const member = control.read();
      const isDefault = !isRequired && member === null && shape.initial === null;
      if (member !== undefined && !isDefault) value[name] = member;
    }
    return value;
  }

  /** @param {any} value */
  write(value) {
    const given = value ?? this.shape.initial;
    for (const { name, control } of this.members) control.write(given?.[name]);
  }

  check() {
    return this.members.flatMap(({ name, control }) =>
      control.check().map(({ path, message }) => ({ path: [name, ...path], message })),
    );
  }

  /**
   * @param {string[]} path
   * @param {string} message
   * @returns {HTMLElement}
   */
  show(path, message) {
    const at = path.findIndex((part) => this.members.some(({ name }) => name === part));
    const member = this.members.find(({ name }) => name === path[at]);
    if (!member) return this.showOwn(message);
    return member.control.show(path.slice(at + 1), message);
  }

  clear() {
    super.clear();
    for (const { control } of this.members) control.clear();
  }
}
