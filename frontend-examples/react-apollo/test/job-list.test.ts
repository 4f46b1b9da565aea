import type { ApolloClient } from "@apollo/client";
import { beforeEach, expect, test, vi } from "vitest";
import { JOBS, JobList } from "../src/jobs/job-list.ts";
import { caughtUp, changeOf, pageOf, rowOf } from "./jobs.ts";
import { createTestClient, requested, streamed, tell } from "./server.ts";

vi.mock("../src/socket.ts", () => import("./server.ts"));

let client: ApolloClient;
let list: JobList;

beforeEach(async () => {
  client = createTestClient();
  list = new JobList(client, {});
  list.subscribe(() => {});
});

/** What every component sees: only the cache is asked. */
function shown() {
  const read = client.cache.readQuery({ query: JOBS, variables: { filter: {} } });
  return read?.jobs.nodes.map(({ id, version }) => `${id} ${version}`);
}

function shows(...jobs: string[]) {
  return vi.waitFor(() => expect(shown()).toEqual(jobs));
}

function read(ids: readonly string[], hasNextPage = false): void {
  requested("Jobs").answer({
    jobs: pageOf(
      ids.map((id) => rowOf(id, 1)),
      hasNextPage,
    ),
  });
}

async function begin(ids: readonly string[], hasNextPage = false): Promise<void> {
  await vi.waitFor(() => requested("Jobs"));
  read(ids, hasNextPage);
  await vi.waitFor(() => streamed());
  tell(caughtUp);
}

test("it is read, and followed from there", async () => {
  await begin(["job_3", "job_1"]);

  await shows("job_3 1", "job_1 1");
  expect(streamed().variables).toMatchObject({ filter: {}, after: "read" });
  expect(list.getSnapshot().state).toBe("live");
});

test("a job that enters takes its place, one that leaves is gone", async () => {
  await begin(["job_5", "job_3", "job_1"]);
  tell(changeOf(rowOf("job_4", 2)));
  tell(changeOf(rowOf("job_3", 2), true));
  tell(changeOf(rowOf("job_1", 2)));

  await shows("job_5 1", "job_4 2", "job_1 2");
});

test("a page that is older than what was told meanwhile repeats and skips nothing", async () => {
  await begin(["job_19", "job_18"], true);
  const loaded = list.loadMore();
  await vi.waitFor(() => expect(requested("Jobs").variables["after"]).toBe("job_18"));
  const page = requested("Jobs");
  tell(changeOf(rowOf("job_19", 2), true));
  tell(changeOf(rowOf("job_17", 2)));
  tell(changeOf(rowOf("job_16", 2), true));
  tell(changeOf(rowOf("job_99", 1)));
  page.answer({
    jobs: pageOf(["job_17", "job_16", "job_15"].map((id) => rowOf(id, 1))),
  });
  await loaded;

  await shows("job_99 1", "job_18 1", "job_17 2", "job_15 1");
  expect(list.getSnapshot().hasMore).toBe(false);
});

test("after a reset it is read again, and followed from the new beginning", async () => {
  await begin(["job_3", "job_2"]);
  tell({ __typename: "StreamReset", cursor: "later", reason: "A new epoch." });
  await vi.waitFor(() =>
    requested("Jobs").answer({ jobs: pageOf([rowOf("job_4", 1)]) }),
  );

  await shows("job_4 1");
});

test("why no more could be loaded is said in words, and the list stays", async () => {
  await begin(["job_3"], true);
  const loaded = list.loadMore();
  await vi.waitFor(() => expect(requested("Jobs").variables["after"]).toBe("job_3"));
  requested("Jobs").fail(new TypeError("Failed to fetch"));

  await expect(loaded).rejects.toThrow(
    "The connection was lost before an answer came.",
  );
  await shows("job_3 1");
});
