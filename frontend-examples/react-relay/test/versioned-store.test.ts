import {
  createOperationDescriptor,
  Environment,
  type GraphQLTaggedNode,
  getRequest,
  Network,
  RecordSource,
  type Variables,
} from "relay-runtime";
import { beforeEach, expect, test } from "vitest";
import cancelMutation from "../src/__generated__/useCancelJobMutation.graphql.ts";
import { jobQuery } from "../src/job/live-job.ts";
import { jobsQuery } from "../src/jobs/live-jobs.ts";
import { VersionedStore } from "../src/relay/versioned-store.ts";
import { type JobFields, jobOf, jobWithHistory, pageOf } from "./jobs.ts";

let store: VersionedStore;
let environment: Environment;

beforeEach(() => {
  store = new VersionedStore(new RecordSource());
  const network = Network.create(() => Promise.reject(new Error("Nothing is asked.")));
  environment = new Environment({ network, store });
});

function publish(query: GraphQLTaggedNode, variables: Variables, data: object): void {
  const operation = createOperationDescriptor(getRequest(query), variables);
  environment.retain(operation);
  environment.commitPayload(operation, data);
}

const publishPage = (fields: JobFields) =>
  publish(jobsQuery, { filter: {}, count: 20 }, pageOf([jobOf("job_1", fields)]));

const publishJob = (fields: JobFields) =>
  publish(jobQuery, { id: "job_1" }, jobWithHistory(jobOf("job_1", fields)));

const known = (id = "job_1"): Readonly<Record<string, unknown>> =>
  store.getSource().get(id) ?? {};

test("a newer version takes the place of the one that is known", () => {
  publishPage({ version: 2, status: "RUNNING" });
  publishPage({ version: 3, status: "SUCCEEDED" });
  expect(known()).toMatchObject({ version: 3, status: "SUCCEEDED" });
});

test("an older page does not", () => {
  publishPage({ version: 3, status: "SUCCEEDED" });
  publishPage({ version: 2, status: "RUNNING" });
  expect(known()).toMatchObject({ version: 3, status: "SUCCEEDED", isTerminal: true });
});

test("nor does an older answer to a mutation", () => {
  publishPage({ version: 5, status: "CANCELED" });
  publish(
    cancelMutation,
    { input: { id: "job_1" } },
    {
      cancelJob: { job: jobOf("job_1", { version: 4, status: "RUNNING" }), errors: [] },
    },
  );
  expect(known()).toMatchObject({ version: 5, status: "CANCELED" });
});

test("the parts of an older job are older, too", () => {
  publishPage({ version: 3, progress: { fraction: 0.9, message: "nearly" } });
  publishPage({ version: 2, progress: { fraction: 0.1, message: "begun" } });
  expect(known("client:job_1:progress")).toMatchObject({
    fraction: 0.9,
    message: "nearly",
  });
});

test("what was never read is taken from an older job as well", () => {
  publishPage({ version: 3, status: "RUNNING" });
  publishJob({ version: 2, status: "QUEUED", attemptCount: 7 });
  expect(known()).toMatchObject({ version: 3, status: "RUNNING", attemptCount: 7 });
  expect(known("client:job_1:retryConfig")).toMatchObject({ maxAttempts: 3 });
});

test("the history that came with an older job is read", () => {
  publishJob({ version: 1 });
  publishPage({ version: 3 });
  publishJob({ version: 2 });
  const history = known("client:job_1:__JobHistory_events_connection");
  expect(history["edges"]).toMatchObject({ __refs: { length: 2 } });
});

test("after a reset the server is right, whatever it says", () => {
  publishPage({ version: 9, status: "SUCCEEDED" });
  store.forgetVersions();
  publishPage({ version: 2, status: "RUNNING" });
  expect(known()).toMatchObject({ version: 2, status: "RUNNING" });
  publishPage({ version: 1, status: "QUEUED" });
  expect(known()).toMatchObject({ version: 2, status: "RUNNING" });
});
