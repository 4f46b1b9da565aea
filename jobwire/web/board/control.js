/** Which control a form offers for which shape. */

import { element } from "../page/dom.js";
import {
  BooleanField,
  ChoiceField,
  JsonField,
  NumberField,
  TextField,
} from "./fields.js";
import { ObjectGroup } from "./object-group.js";
import { ListGroup } from "./list-group.js";
import { UnionGroup } from "./union-group.js";

/** @typedef {import("./schema.js").Shape} Shape */
/** @typedef {import("./field.js").Control} Control */
/** @typedef {import("./field.js").Problem} Problem */

/**
 * Build what can be filled in for a shape, filled with what it holds at first.
 *
 * @param {Shape} shape
 * @param {boolean} isRequired
 * @returns {Control}
 */
export function buildControl(shape, isRequired) {
  const control = choose(shape, isRequired);
  control.write(undefined);
  return control;
}

/**
 * @param {Shape} shape
 * @param {boolean} isRequired
 * @returns {Control}
 */
function choose(shape, isRequired) {
  switch (shape.kind) {
    case "text":
      return new TextField(shape, isRequired);
    case "number":
      return new NumberField(shape, isRequired);
    case "boolean":
      return new BooleanField(shape);
    case "choice":
      return new ChoiceField(shape, isRequired);
    case "constant":
      return new Constant(shape);
    case "union":
      return new UnionGroup(shape, shape.variants, buildControl);
    case "list":
      return shape.isNullable ? optional(shape) : new ListGroup(shape, buildControl);
    case "object":
      return shape.isNullable ? optional(shape) : new ObjectGroup(shape, buildControl);
    default:
      return new JsonField(shape, isRequired);
  }
}

/** @param {Shape} shape */
function optional(shape) {
  const given = {
    ...shape,
    title: "Given",
    description: "",
    isNullable: false,
    initial: undefined,
  };
  return new UnionGroup(shape, [given], buildControl);
}

/** A value that cannot be chosen. @implements {Control} */
class Constant {
  node = element("div", { hidden: true });

  /** @param {Shape} shape */
  constructor(shape) {
    this.value = shape.options[0];
  }

  read() {
    return this.value;
  }

  write() {}

  /** @returns {Problem[]} */
  check() {
    return [];
  }

  show() {
    return this.node;
  }

  clear() {}
}
