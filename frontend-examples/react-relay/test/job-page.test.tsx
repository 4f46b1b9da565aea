import { act, cleanup, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { caughtUp, changeOf, jobOf, jobWithHistory } from "./jobs.ts";
import { openPage } from "./page.tsx";
import { answer, beginApi, followed, requested, tell } from "./scripted-api.ts";

vi.mock("../src/socket.ts", () => import("./scripted-api.ts"));

beforeEach(() => beginApi("#/jobs/job_1"));
afterEach(cleanup);

const history = () =>
  [...document.querySelectorAll("[data-version]")].map((item) =>
    Number(item.getAttribute("data-version")),
  );

test("each event is added to the history once", async () => {
  openPage();
  await answer("liveJobQuery", jobWithHistory(jobOf("job_1", { version: 2 })));
  expect(await followed()).toBe("asOf");
  const third = changeOf(jobOf("job_1", { version: 3 }));
  const fourth = changeOf(jobOf("job_1", { version: 4, status: "SUCCEEDED" }));
  await tell(third, fourth, third, fourth, caughtUp);
  expect(history()).toEqual([1, 2, 3, 4]);
  expect(screen.getByRole("region", { name: "Result" })).toBeDefined();
});

test("what the history missed comes with the next read", async () => {
  openPage();
  await answer("liveJobQuery", jobWithHistory(jobOf("job_1", { version: 2 })));
  await followed();
  await tell(caughtUp, { __typename: "StreamReset", cursor: "new", reason: "Anew." });
  await answer("liveJobQuery", jobWithHistory(jobOf("job_1", { version: 5 })));
  expect(history()).toEqual([1, 2, 3, 4, 5]);
});

test("what is shown stays while it is read again, also behind told events", async () => {
  openPage();
  await answer("liveJobQuery", jobWithHistory(jobOf("job_1", { version: 2 })));
  await followed();
  await tell(caughtUp, changeOf(jobOf("job_1", { version: 3 })));
  await tell({ __typename: "StreamReset", cursor: "new", reason: "Anew." });
  const { respond } = await requested("liveJobQuery");
  expect(history()).toEqual([1, 2, 3]);
  await act(async () => respond(Response.json({ data: { job: null } })));
  expect(screen.getByRole("heading").textContent).toBe("There is no such job.");
});

test("a job that is deleted is gone", async () => {
  openPage();
  await answer("liveJobQuery", jobWithHistory(jobOf("job_1")));
  await followed();
  const { event, ...change } = changeOf(jobOf("job_1", { version: 2, tag: "" }));
  await tell({ ...change, event: { ...event, kind: "DELETED" } });
  expect(screen.getByRole("heading").textContent).toBe("There is no such job.");
});
