import { describe, expect, it } from "vitest";
import { History } from "../src/jobs/history.ts";

/** A page of the events from one version to another. */
function page(from: number, to: number) {
  const nodes = Array.from({ length: to - from + 1 }, (_, at) => ({
    jobVersion: from + at,
  }));
  return { nodes, pageInfo: { hasPreviousPage: from > 1, startCursor: `${from}` } };
}

function versions(history: History<{ jobVersion: number }>): number[] {
  return history.getSnapshot().events.map(({ jobVersion }) => jobVersion);
}

describe("History", () => {
  it("goes on behind what was read, and takes no event twice", () => {
    const history = new History<{ jobVersion: number }>();
    history.begin(page(1, 2));

    history.append({ jobVersion: 2 });
    history.append({ jobVersion: 3 });

    expect(versions(history)).toEqual([1, 2, 3]);
    expect(history.getSnapshot().hasEarlier).toBe(false);
  });

  it("keeps earlier events when it is read again", () => {
    const history = new History<{ jobVersion: number }>();
    history.begin(page(4, 5));
    history.prepend(page(1, 3));

    history.begin(page(5, 6));

    expect(versions(history)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(history.getSnapshot().hasEarlier).toBe(false);
  });

  it("begins anew where events between are not known", () => {
    const history = new History<{ jobVersion: number }>();
    history.begin(page(1, 2));

    history.begin(page(5, 6));

    expect(versions(history)).toEqual([5, 6]);
    expect(history.getSnapshot()).toMatchObject({ hasEarlier: true, startCursor: "5" });
  });
});
