import { expect, test, vi } from "vitest";
import { JobCache } from "../src/cache/job-cache.ts";
import { JOB } from "../src/jobs/watched-job.ts";
import { detailsOf, historyOf } from "./jobs.ts";

vi.mock("../src/socket.ts", () => import("./server.ts"));

function historyAfter(...pages: readonly (readonly number[])[]) {
  const cache = new JobCache();
  const variables = { id: "job_1" };
  for (const versions of pages) {
    const job = historyOf(detailsOf("job_1", 9), versions);
    cache.writeQuery({ query: JOB, variables, data: { job } });
  }
  const events = cache.readQuery({ query: JOB, variables })?.job?.events;
  return {
    versions: events?.nodes.map(({ jobVersion }) => jobVersion),
    startCursor: events?.pageInfo.startCursor,
    hasPreviousPage: events?.pageInfo.hasPreviousPage,
  };
}

test("an event that comes again stands there once", () => {
  expect(historyAfter([1, 2], [2], [3], [2])).toEqual({
    versions: [1, 2, 3],
    startCursor: "1",
    hasPreviousPage: false,
  });
});

test("an earlier page goes before what is there", () => {
  expect(historyAfter([5, 6], [7], [3, 4])).toEqual({
    versions: [3, 4, 5, 6, 7],
    startCursor: "3",
    hasPreviousPage: true,
  });
});

test("what lies behind a gap is read again", () => {
  expect(historyAfter([1, 2, 3], [7, 8])).toEqual({
    versions: [7, 8],
    startCursor: "7",
    hasPreviousPage: true,
  });
});
