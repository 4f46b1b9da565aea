import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldsOf, valueEntered } from "../src/data-schema.js";

/** @param {Record<string, unknown>} part @param {object} [more] */
function only(part, more = {}) {
  const schema = { type: "object", properties: { it: part }, ...more };
  const [field] = fieldsOf(schema);
  assert.ok(field);
  return field;
}

const required = { required: ["it"] };
const nullable = (/** @type {object} */ part) => ({ anyOf: [part, { type: "null" }] });

test("each member has a field of its kind", () => {
  assert.equal(only({ type: "string" }).kind, "text");
  assert.equal(only({ type: "integer" }).kind, "number");
  assert.equal(only({ type: "number" }).kind, "number");
  assert.equal(only({ type: "boolean" }).kind, "boolean");
  assert.equal(only({ enum: ["a", "b"] }).kind, "choice");
  assert.equal(only({ const: "a" }).kind, "choice");
  assert.equal(only({ type: "array", items: { type: "string" } }).kind, "json");
  assert.equal(only({ anyOf: [{ type: "string" }, { type: "integer" }] }).kind, "json");
});

test("it is named by its title, else by the member", () => {
  assert.equal(only({ type: "string", title: "Its title" }).label, "Its title");
  assert.equal(only({ type: "string" }).label, "it");
});

test("what may be null is the same field, in each way to say so", () => {
  for (const part of [
    { type: ["string", "null"] },
    nullable({ type: "string" }),
    { anyOf: [{ type: "null" }, { $ref: "#/$defs/Name" }] },
  ]) {
    const field = only(part, { $defs: { Name: { type: "string" } } });
    assert.equal(field.kind, "text");
    assert.equal(field.isNullable, true);
  }
});

test("a reference is followed, and what stands beside it wins", () => {
  const $defs = { Color: { enum: ["red", "green"], title: "Color", default: "red" } };
  const field = only({ $ref: "#/$defs/Color", default: "green" }, { $defs });

  assert.deepEqual(field.options, ["red", "green"]);
  assert.equal(field.label, "Color");
  assert.equal(field.initial, "green");
});

test("a reference to itself ends as JSON", () => {
  const $defs = {
    Tree: { type: "object", properties: { child: { $ref: "#/$defs/Tree" } } },
  };

  assert.equal(only({ $ref: "#/$defs/Tree" }, { $defs }).kind, "json");
});

test("data of any form are one field", () => {
  for (const schema of [{}, true, null, { type: "array" }, { type: "object" }]) {
    const [field, ...others] = fieldsOf(schema);

    assert.equal(field?.name, "");
    assert.equal(field.kind, "json");
    assert.deepEqual(field.initial, {});
    assert.deepEqual(others, []);
  }
});

test("a type without data has no field", () => {
  assert.deepEqual(fieldsOf({ type: "object", properties: {} }), []);
});

test("what is left empty is left out, null or empty, as the schema allows", () => {
  const text = { type: "string" };

  assert.equal(valueEntered(only(text), ""), undefined);
  assert.equal(valueEntered(only(text, required), ""), "");
  assert.equal(valueEntered(only(nullable(text)), ""), undefined);
  assert.equal(valueEntered(only(nullable(text), required), ""), null);
  assert.equal(valueEntered(only({ ...nullable(text), default: "a" }), ""), null);
  assert.equal(valueEntered(only({ type: "integer" }, required), ""), undefined);
});

test("what was entered becomes a value of its type", () => {
  assert.equal(valueEntered(only({ type: "string" }), " a "), " a ");
  assert.equal(valueEntered(only({ type: "number" }), "1.5"), 1.5);
  assert.equal(valueEntered(only({ type: "boolean" }), "false"), false);
  assert.equal(valueEntered(only({ enum: [1, "1"] }), "0"), 1);
  assert.deepEqual(valueEntered(only({ type: "array" }), "[1]"), [1]);
});

test("what does not fit says what is expected", () => {
  const number = () => valueEntered(only({ type: "number" }), "many");
  const json = () => valueEntered(only({ type: "array" }), "[");

  assert.throws(number, { message: "A number is expected." });
  assert.throws(json, { message: "This is not JSON." });
});
