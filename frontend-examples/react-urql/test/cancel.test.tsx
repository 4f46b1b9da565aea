import { cleanup, render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useState } from "react";
import { createClient, fetchExchange, Provider } from "urql";
import { afterEach, describe, expect, it } from "vitest";
import type { ListedJobFragment } from "../src/gql/graphql.ts";
import { useCancel } from "../src/jobs/use-cancel.ts";
import { JobRow } from "../src/ui/JobRow.tsx";

const JOB: ListedJobFragment = {
  id: "job_1",
  version: 3,
  tag: "sales",
  type: "process",
  status: "RUNNING",
  createdAt: "2026-11-26T12:00:00.000Z",
  isTerminal: false,
  isCancelable: true,
  progress: null,
  cancellation: null,
};

function Row() {
  const [job, put] = useState(JOB);
  const { job: shown, refusal, cancel } = useCancel(job, put);
  return <JobRow job={shown} refusal={refusal} onCancel={() => cancel("GRACEFUL")} />;
}

/** Show a row, press Cancel, and return what answers the request. */
async function cancelInRow() {
  const { promise, resolve, reject } = deferred();
  const client = createClient({
    url: "http://localhost/graphql",
    fetch: () => promise,
    preferGetMethod: false,
    exchanges: [fetchExchange],
  });
  render(
    <Provider value={client}>
      <Row />
    </Provider>,
  );
  await userEvent.click(screen.getByRole("button", { name: "Cancel sales" }));
  const answer = (payload: object) =>
    resolve(
      Response.json({ data: { cancelJob: { job: null, errors: [], ...payload } } }),
    );
  return { answer, lose: () => reject(new TypeError("Failed to fetch")) };
}

function deferred() {
  let resolve: (response: Response) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<Response>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

describe("useCancel", () => {
  afterEach(cleanup);

  it("shows the cancel before it is answered", async () => {
    await cancelInRow();

    expect(screen.getByText("Canceling…")).toBeDefined();
    expect(screen.queryByRole("button")).toBeNull();
  });

  it("shows the end that came first", async () => {
    const { answer } = await cancelInRow();

    answer({
      job: { ...JOB, status: "SUCCEEDED", isTerminal: true, isCancelable: false },
    });

    expect(await screen.findByText("Succeeded")).toBeDefined();
    expect(screen.queryByText("Canceling…")).toBeNull();
  });

  it("takes it back when it is refused, and says why", async () => {
    const { answer } = await cancelInRow();
    const message = "The scope jobs:write is missing.";

    answer({
      errors: [
        { __typename: "ForbiddenError", message, code: "FORBIDDEN", path: null },
      ],
    });

    expect(await screen.findByRole("alert")).toHaveProperty("textContent", message);
    expect(screen.getByRole("button", { name: "Cancel sales" })).toBeDefined();
  });

  it("takes it back when the connection is lost", async () => {
    const { lose } = await cancelInRow();

    lose();

    expect((await screen.findByRole("alert")).textContent).toContain("connection");
    expect(screen.getByRole("button", { name: "Cancel sales" })).toBeDefined();
  });
});
