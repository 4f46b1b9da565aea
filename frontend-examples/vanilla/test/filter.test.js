import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, filterOf, holds, jobFilterOf } from "../src/filter.js";

const job = { status: "RUNNING", isTerminal: false, tag: "sales" };

test("a filter is its address and back", () => {
  const filter = { status: "failed", tags: ["a b", "c"] };
  const [, search = ""] = addressOf(filter).split("?");

  assert.deepEqual(filterOf(search), filter);
  assert.equal(addressOf(filterOf("")), "#/");
});

test("what an address says wrong is not asked for", () => {
  assert.deepEqual(filterOf("status=toString&tag=,a,,a"), {
    status: "all",
    tags: ["a"],
  });
});

test("the API is asked for no more than was chosen", () => {
  assert.deepEqual(jobFilterOf(filterOf("")), {});
  assert.deepEqual(jobFilterOf(filterOf("status=open")), { isTerminal: false });
  assert.deepEqual(jobFilterOf(filterOf("tag=a")), { tags: ["a"] });
});

test("a job is held by the list that the API would show it in", () => {
  assert.equal(holds(filterOf(""), job), true);
  assert.equal(holds(filterOf("status=open"), job), true);
  assert.equal(holds(filterOf("status=running&tag=x,sales"), job), true);
  assert.equal(holds(filterOf("status=failed"), job), false);
  assert.equal(holds(filterOf("tag=x"), job), false);
  assert.equal(holds(filterOf("status=open"), { ...job, isTerminal: true }), false);
});
