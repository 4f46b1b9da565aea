import { cleanup, render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Refusal } from "../src/ui/refusals.ts";
import { ScheduleForm, type ScheduleInput } from "../src/ui/ScheduleForm.tsx";

const TYPES = [
  {
    name: "process",
    description: "Process a dataset.",
    dataSchema: {
      type: "object",
      properties: { seconds: { type: "number", title: "Seconds", default: 20 } },
    },
  },
  { name: "anything", description: null, dataSchema: {} },
];

/** Show the form; its answers are given one after the other. */
function show(...answers: (readonly Refusal[])[]) {
  const onSubmit = vi.fn(async (_: ScheduleInput) => answers.shift() ?? []);
  render(<ScheduleForm types={TYPES} onSubmit={onSubmit} />);
  return { onSubmit, user: userEvent.setup() };
}

describe("ScheduleForm", () => {
  afterEach(cleanup);

  it("sends the defaults of the schema", async () => {
    const { onSubmit, user } = show();

    await user.type(screen.getByLabelText("Tag"), "sales");
    await user.click(screen.getByRole("button", { name: "Schedule" }));

    expect(onSubmit).toHaveBeenCalledWith({
      type: "process",
      tag: "sales",
      data: { seconds: 20 },
      idempotencyKey: expect.any(String),
    });
  });

  it("shows a refusal at its field, and keeps what was entered", async () => {
    const refusal = { message: "Too small.", path: ["input", "data", "seconds"] };
    const { user } = show([refusal]);

    await user.type(screen.getByLabelText("Tag"), "sales");
    await user.click(screen.getByRole("button", { name: "Schedule" }));

    const seconds = screen.getByLabelText(/Seconds/);
    expect(await screen.findByText("Too small.")).toBeDefined();
    expect(seconds.getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByLabelText("Tag")).toHaveProperty("value", "sales");
  });

  it("sends the same again with the same key, and anything else with another", async () => {
    const lost = [{ message: "The connection was lost.", path: null }];
    const { onSubmit, user } = show(lost, lost, lost);
    const schedule = screen.getByRole("button", { name: "Schedule" });

    await user.click(schedule);
    await user.click(schedule);
    await user.type(screen.getByLabelText("Tag"), "sales");
    await user.click(schedule);

    const keys = onSubmit.mock.calls.map(([input]) => input.idempotencyKey);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it("takes any JSON for a type that says nothing of its data", async () => {
    const { onSubmit, user } = show();
    await user.selectOptions(screen.getByLabelText("Type"), "anything");

    await user.clear(screen.getByLabelText("Data"));
    await user.type(screen.getByLabelText("Data"), "[[1");
    await user.click(screen.getByRole("button", { name: "Schedule" }));
    expect(screen.getByText("This is not JSON.")).toBeDefined();
    expect(onSubmit).not.toHaveBeenCalled();

    await user.type(screen.getByLabelText("Data"), "]");
    await user.click(screen.getByRole("button", { name: "Schedule" }));
    expect(onSubmit.mock.calls[0]?.[0].data).toEqual([1]);
  });
});
