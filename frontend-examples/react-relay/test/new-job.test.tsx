import { cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openPage } from "./page.tsx";
import { answer, beginApi, fail, PATIENCE } from "./scripted-api.ts";

vi.mock("../src/socket.ts", () => import("./scripted-api.ts"));

const user = userEvent.setup();

beforeEach(() => beginApi("#/new"));
afterEach(cleanup);

const countPrimes = {
  name: "count-primes",
  description: "Counts primes.",
  dataSchema: {
    type: "object",
    properties: { limit: { type: "integer", title: "Limit" } },
    required: ["limit"],
  },
};

const refused = (path: string[] | null, message: string) => ({
  __typename: "ValidationError",
  message,
  path,
});

async function openForm(): Promise<void> {
  openPage();
  await answer("NewJobPageQuery", { jobTypes: [countPrimes] });
  await user.type(await findTag(), "sales");
  await user.type(screen.getByLabelText(/^Limit/), "10");
}

/** The form is loaded beside the rest. */
const findTag = () => screen.findByLabelText("Tag", {}, PATIENCE);

const send = () => user.click(screen.getByRole("button", { name: "Schedule" }));

test("each refusal is said at what it is about", async () => {
  await openForm();
  await send();
  await answer("useScheduleJobMutation", {
    scheduleJob: {
      job: null,
      errors: [
        refused(["input", "tag"], "The tag has a comma."),
        refused(["input", "type"], "The type is gone."),
        refused(["input", "data", "limit"], "The limit is too high."),
        refused(null, "It is too late."),
      ],
    },
  });
  const field = (label: string | RegExp) =>
    screen.getByLabelText(label).closest(".field")?.textContent;
  expect(field("Tag")).toContain("The tag has a comma.");
  expect(field("Type")).toContain("The type is gone.");
  expect(field(/^Limit/)).toContain("The limit is too high.");
  expect(screen.getByRole("alert").textContent).toBe("It is too late.");
});

test("what is sent again after a lost answer has the same key", async () => {
  await openForm();
  await send();
  const { input: first } = await fail("useScheduleJobMutation");
  expect(
    await screen.findByText("The connection was lost before an answer came."),
  ).toBeDefined();
  await send();
  const { input } = await answer("useScheduleJobMutation", {
    scheduleJob: { job: { id: "job_1" }, errors: [] },
  });
  expect(input).toEqual(first);
  expect(input).toMatchObject({
    type: "count-primes",
    tag: "sales",
    data: { limit: 10 },
  });
  expect(location.hash).toBe("#/jobs/job_1");
});
