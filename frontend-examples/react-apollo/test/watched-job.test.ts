import type { ApolloClient } from "@apollo/client";
import { beforeEach, expect, test, vi } from "vitest";
import { JOB, WatchedJob } from "../src/jobs/watched-job.ts";
import { caughtUp, changeOf, detailsOf, historyOf } from "./jobs.ts";
import { createTestClient, requested, streamed, tell } from "./server.ts";

vi.mock("../src/socket.ts", () => import("./server.ts"));

let client: ApolloClient;
let watched: WatchedJob;

beforeEach(() => {
  client = createTestClient();
  watched = new WatchedJob(client, "job_1");
  watched.subscribe(() => {});
});

function shown() {
  const job = client.cache.readQuery({ query: JOB, variables: { id: "job_1" } })?.job;
  return {
    version: job?.version,
    events: job?.events.nodes.map((one) => one.jobVersion),
  };
}

test("each event of the stream is added once, and moves the job on", async () => {
  await vi.waitFor(() => requested("Job"));
  requested("Job").answer({ job: historyOf(detailsOf("job_1", 2), [1, 2]) });
  await vi.waitFor(() => streamed());
  // The job is read with its event, and may be ahead of it.
  tell({ ...changeOf(detailsOf("job_1", 2)), job: detailsOf("job_1", 4) });
  tell({ ...changeOf(detailsOf("job_1", 3)), job: detailsOf("job_1", 3) });
  tell({ ...changeOf(detailsOf("job_1", 4)), job: detailsOf("job_1", 4) });
  tell(caughtUp);

  expect(streamed().variables).toMatchObject({ id: "job_1", after: "read at 2" });
  expect(shown()).toEqual({ version: 4, events: [1, 2, 3, 4] });
  expect(watched.getSnapshot().state).toBe("live");
});

test("a job that does not exist is refused by that name", async () => {
  await vi.waitFor(() => requested("Job"));
  requested("Job").answer({ job: null });

  await vi.waitFor(() =>
    expect(watched.getSnapshot()).toMatchObject({
      state: "refused",
      error: { code: "NOT_FOUND" },
    }),
  );
});
