import { act, cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { caughtUp, changeOf, jobOf, pageOf } from "./jobs.ts";
import { openPage } from "./page.tsx";
import { answer, beginApi, fail, followed, requested, tell } from "./scripted-api.ts";

vi.mock("../src/socket.ts", () => import("./scripted-api.ts"));

const user = userEvent.setup();

beforeEach(() => beginApi("#/"));
afterEach(cleanup);

const shown = () =>
  [...document.querySelectorAll("[data-job]")].map((row) =>
    row.getAttribute("data-job"),
  );
const row = (id: string) => document.querySelector(`[data-job="${id}"]`)?.textContent;

async function openList(ids: readonly string[], hasNextPage = false): Promise<void> {
  openPage();
  await answer(
    "liveJobsQuery",
    pageOf(
      ids.map((id) => jobOf(id)),
      hasNextPage,
    ),
  );
  expect(await followed()).toBe("asOf");
  await tell(caughtUp);
  expect(shown()).toEqual(ids);
}

test("a job that enters takes its place in the order, and one that leaves is gone", async () => {
  await openList(["job_8", "job_6", "job_4"]);
  await tell(
    changeOf(jobOf("job_9")),
    changeOf(jobOf("job_5")),
    changeOf(jobOf("job_2")),
  );
  expect(shown()).toEqual(["job_9", "job_8", "job_6", "job_5", "job_4", "job_2"]);
  await tell(changeOf(jobOf("job_6", { version: 2, status: "FAILED" }), true));
  expect(shown()).toEqual(["job_9", "job_8", "job_5", "job_4", "job_2"]);
});

test("jobs older than what was read are left to the next page", async () => {
  await openList(["job_8", "job_6"], true);
  await tell(changeOf(jobOf("job_2", { version: 2 })));
  expect(shown()).toEqual(["job_8", "job_6"]);
});

test("the last one that was read can leave and come back", async () => {
  await openList(["job_8", "job_6"], true);
  await tell(changeOf(jobOf("job_6", { version: 2 }), true));
  await tell(changeOf(jobOf("job_6", { version: 3 })));
  expect(shown()).toEqual(["job_8", "job_6"]);
});

test("paging while the list moves repeats nothing, skips nothing and makes nothing older", async () => {
  await openList(["job_8", "job_6"], true);
  await user.click(screen.getByRole("button", { name: "Load more" }));
  const page = await requested("JobListPaginationQuery");
  expect(page.variables).toMatchObject({ cursor: "place of job_6", count: 20 });
  // Told after the page was read, and before it comes.
  await tell(
    changeOf(jobOf("job_4", { version: 2, status: "CANCELED" }), true),
    changeOf(jobOf("job_3", { version: 2, status: "SUCCEEDED" })),
    changeOf(jobOf("job_5", { version: 2 })),
    changeOf(jobOf("job_9")),
  );
  const late = ["job_4", "job_3", "job_2"].map((id) => jobOf(id));
  await act(async () => page.respond(Response.json({ data: pageOf(late) })));
  expect(shown()).toEqual(["job_9", "job_8", "job_6", "job_5", "job_3", "job_2"]);
  expect(row("job_3")).toContain("Succeeded");
  expect(screen.queryByRole("button", { name: "Load more" })).toBeNull();
});

test("a page that fails says so, and can be asked for again", async () => {
  await openList(["job_8"], true);
  await user.click(screen.getByRole("button", { name: "Load more" }));
  await fail("JobListPaginationQuery");
  expect((await screen.findByRole("alert")).textContent).not.toBe("");
  await user.click(screen.getByRole("button", { name: "Load more" }));
  await answer("JobListPaginationQuery", pageOf([jobOf("job_7")]));
  expect(shown()).toEqual(["job_8", "job_7"]);
});

test("after a reset it is read again, and what the server says counts", async () => {
  await openList(["job_8", "job_6"]);
  await tell(changeOf(jobOf("job_8", { version: 7, status: "SUCCEEDED" })));
  await tell({
    __typename: "StreamReset",
    cursor: "new",
    reason: "The log began anew.",
  });
  expect(shown()).toEqual(["job_8", "job_6"]);
  await answer("liveJobsQuery", pageOf([jobOf("job_8", { version: 2 })]));
  await waitFor(() => expect(shown()).toEqual(["job_8"]));
  expect(row("job_8")).toContain("Running");
});

test("a cancel is shown at once, and neither events nor the answer make it flicker", async () => {
  await openList(["job_8"]);
  const seen: string[] = [];
  const watch = new MutationObserver(() => seen.push(row("job_8") ?? ""));
  await user.click(screen.getByRole("button", { name: "Cancel tag of job_8" }));
  expect(row("job_8")).toContain("Canceling…");
  watch.observe(document.body, { childList: true, subtree: true, characterData: true });

  const progress = { fraction: 0.5, message: "half" };
  await tell(changeOf(jobOf("job_8", { version: 2, progress })));
  expect(row("job_8")).toContain("half");
  const asked = { version: 3, progress, isCancelable: false, cancellation: pending };
  await answer("useCancelJobMutation", {
    cancelJob: { job: jobOf("job_8", asked), errors: [] },
  });
  await tell(changeOf(jobOf("job_8", asked)));
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.filter((text) => !text.includes("Canceling…"))).toEqual([]);
  watch.disconnect();

  const stopped = { version: 4, status: "CANCELED", progress, cancellation: done };
  await tell(changeOf(jobOf("job_8", stopped)));
  expect(row("job_8")).toContain("Canceled");
});

test("an answer that comes after the end that it caused does not bring back the job", async () => {
  await openList(["job_8"]);
  await user.click(screen.getByRole("button", { name: "Cancel tag of job_8" }));
  await tell(
    changeOf(jobOf("job_8", { version: 3, status: "CANCELED", cancellation: done })),
  );
  expect(row("job_8")).toContain("Canceled");
  await answer("useCancelJobMutation", {
    cancelJob: {
      job: jobOf("job_8", { version: 2, cancellation: pending }),
      errors: [],
    },
  });
  expect(row("job_8")).toContain("Canceled");
  expect(row("job_8")).not.toContain("Canceling…");
});

test("a refused cancel is taken back, and says why in its row", async () => {
  await openList(["job_8"]);
  await user.click(screen.getByRole("button", { name: "Cancel tag of job_8" }));
  const error = {
    __typename: "ForbiddenError",
    message: "It takes jobs:write.",
    path: null,
  };
  await answer("useCancelJobMutation", { cancelJob: { job: null, errors: [error] } });
  expect(row("job_8")).toContain("It takes jobs:write.");
  expect(screen.getByRole("button", { name: "Cancel tag of job_8" })).toBeDefined();
});

test("a cancel without an answer is taken back, too", async () => {
  await openList(["job_8"]);
  await user.click(screen.getByRole("button", { name: "Cancel tag of job_8" }));
  await fail("useCancelJobMutation");
  expect(row("job_8")).toContain("The connection was lost");
  expect(screen.getByRole("button", { name: "Cancel tag of job_8" })).toBeDefined();
});

const asked = {
  requestedAt: "2026-01-15T12:00:00.000Z",
  requestedBy: "ann",
  reason: null,
  mode: "GRACEFUL",
  graceUntil: null,
};
const pending = { ...asked, outcome: "PENDING" };
const done = { ...asked, outcome: "STOPPED" };
