import type { ApolloClient } from "@apollo/client";
import { ApolloProvider } from "@apollo/client/react";
import { cleanup, render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NewJobPage } from "../src/pages/NewJobPage.tsx";
import { createTestClient, requested } from "./server.ts";
// The page loads the form when it is needed; here it is not waited for.
import "../src/ui/ScheduleForm.tsx";

let client: ApolloClient;

beforeEach(() => {
  client = createTestClient();
  location.hash = "#/new";
  vi.stubGlobal("scrollTo", () => {});
});

afterEach(cleanup);

/** Fill in the form and send it. */
async function send() {
  const user = userEvent.setup();
  render(
    <ApolloProvider client={client}>
      <NewJobPage />
    </ApolloProvider>,
  );
  const properties = { seconds: { type: "number", title: "Seconds", default: 20 } };
  const dataSchema = { type: "object", properties };
  const type = {
    __typename: "JobType",
    name: "process",
    description: null,
    dataSchema,
  };
  requested("JobTypes").answer({ jobTypes: [type] });
  await user.type(await screen.findByLabelText("Tag"), "sales");
  await user.click(screen.getByRole("button", { name: "Schedule" }));
  await vi.waitFor(() => requested("ScheduleJob"));
  return user;
}

function refuse(
  ...errors: { __typename: string; message: string; path: string[] | null }[]
) {
  const __typename = "ScheduleJobPayload";
  requested("ScheduleJob").answer({ scheduleJob: { __typename, job: null, errors } });
}

test("each refusal stands where its path points", async () => {
  await send();
  refuse(
    { __typename: "ValidationError", message: "Bad tag.", path: ["input", "tag"] },
    {
      __typename: "ValidationError",
      message: "Long.",
      path: ["input", "data", "seconds"],
    },
    { __typename: "NewerError", message: "Not now.", path: null },
  );

  expect((await screen.findByText("Not now.")).closest("[role=alert]")).not.toBeNull();
  expect(screen.getByLabelText("Tag").getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByText("Bad tag.").closest("#tag-messages")).not.toBeNull();
  expect(screen.getByLabelText(/Seconds/).getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByText("Long.")).toBeDefined();
});

test("after a lost answer the same is sent again, under the same key", async () => {
  const user = await send();
  const first = requested("ScheduleJob");
  first.fail(new TypeError("Failed to fetch"));
  await screen.findByText(/connection was lost/);
  await user.click(screen.getByRole("button", { name: "Schedule" }));
  await vi.waitFor(() => expect(requested("ScheduleJob")).not.toBe(first));
  expect(requested("ScheduleJob").variables).toEqual(first.variables);

  const job = { __typename: "Job", id: "job_1" };
  const scheduleJob = { __typename: "ScheduleJobPayload", job, errors: [] };
  requested("ScheduleJob").answer({ scheduleJob });
  await vi.waitFor(() => expect(location.hash).toBe("#/jobs/job_1"));
});

test("who is not signed in is asked to sign in, and keeps what was typed", async () => {
  await send();
  requested("ScheduleJob").refuse("The token has ended.", "UNAUTHENTICATED");

  expect(await screen.findByRole("button", { name: "Sign in" })).toBeDefined();
  expect(screen.getByLabelText("Tag")).toHaveProperty("value", "sales");
});
