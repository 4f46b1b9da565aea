import { beforeEach, expect, test, vi } from "vitest";
import { JobCache } from "../src/cache/job-cache.ts";
import type { JobRowFragment } from "../src/gql/graphql.ts";
import { JOBS } from "../src/jobs/job-list.ts";
import { JOB } from "../src/jobs/watched-job.ts";
import { detailsOf, historyOf, pageOf, rowOf } from "./jobs.ts";

vi.mock("../src/socket.ts", () => import("./server.ts"));

let cache: JobCache;

beforeEach(() => {
  cache = new JobCache();
});

function writeList(...rows: JobRowFragment[]): void {
  const variables = { filter: {} };
  cache.writeQuery({ query: JOBS, variables, data: { jobs: pageOf(rows) } });
}

function shown() {
  const list = cache.readQuery({ query: JOBS, variables: { filter: {} } });
  return list?.jobs.nodes.map(({ id, version, progress }) => [
    id,
    version,
    progress?.message,
  ]);
}

test("what is older does not take the place of what is known, wherever it stands", () => {
  writeList(rowOf("job_2", 7), rowOf("job_1", 3));
  writeList(rowOf("job_2", 6), rowOf("job_1", 4));

  expect(shown()).toEqual([
    ["job_2", 7, "at 7"],
    ["job_1", 4, "at 4"],
  ]);
});

test("a null that is known is known, too", () => {
  writeList(rowOf("job_1", 7, { progress: null }));
  writeList(rowOf("job_1", 6));

  expect(shown()).toEqual([["job_1", 7, undefined]]);
});

test("nobody is shown what is older, not even for a moment", () => {
  writeList(rowOf("job_1", 7));
  const callback = vi.fn();
  const variables = { filter: {} };
  cache.watch({ query: JOBS, variables, optimistic: true, immediate: true, callback });
  callback.mockClear();
  writeList(rowOf("job_1", 6));

  expect(callback).not.toHaveBeenCalled();
});

test("what an older read alone knows is taken from it", () => {
  writeList(rowOf("job_1", 7));
  const job = historyOf(detailsOf("job_1", 6, { attemptCount: 2 }), [5, 6]);
  cache.writeQuery({ query: JOB, variables: { id: "job_1" }, data: { job } });

  const read = cache.readQuery({ query: JOB, variables: { id: "job_1" } })?.job;
  expect(read).toMatchObject({ version: 7, attemptCount: 2, asOf: "read at 6" });
});

test("where a read stands is its own, whatever is known of the job", () => {
  const variables = { id: "job_1" };
  const write = (version: number) => {
    const job = historyOf(detailsOf("job_1", version), [version]);
    cache.writeQuery({ query: JOB, variables, data: { job } });
  };
  write(5);
  writeList(rowOf("job_1", 9));
  write(8);

  const read = cache.readQuery({ query: JOB, variables })?.job;
  expect(read).toMatchObject({ version: 9, asOf: "read at 8" });
});
