import { describe, expect, it } from "vitest";
import { place } from "../src/ui/refusals.ts";

describe("place", () => {
  it("puts each refusal where its path points", () => {
    const placed = place([
      { message: "No such type.", path: ["input", "type"] },
      { message: "Too long.", path: ["input", "tag"] },
      { message: "Too small.", path: ["input", "data", "window", "seconds"] },
      { message: "Too many.", path: null },
    ]);

    expect(placed.type).toEqual(["No such type."]);
    expect(placed.tag).toEqual(["Too long."]);
    expect(placed.data).toEqual({ window: { seconds: { __errors: ["Too small."] } } });
    expect(placed.other).toEqual(["Too many."]);
  });

  it("leaves what it has no place for above the button", () => {
    const placed = place([{ message: "Not now.", path: ["input", "executor"] }]);

    expect(placed.other).toEqual(["Not now."]);
  });
});
