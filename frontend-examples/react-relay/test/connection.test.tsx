import { act, cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { caughtUp, jobOf, pageOf } from "./jobs.ts";
import { openPage } from "./page.tsx";
import {
  answer,
  beginApi,
  fail,
  followed,
  PATIENCE,
  requested,
  tell,
} from "./scripted-api.ts";

vi.mock("../src/socket.ts", () => import("./scripted-api.ts"));

beforeEach(() => {
  sessionStorage.clear();
  beginApi("#/");
});
afterEach(cleanup);

const state = () => screen.getByRole("status").textContent;
const list = pageOf([jobOf("job_1")]);

test("a read that fails is tried again by itself", async () => {
  openPage();
  await fail("liveJobsQuery");
  expect(state()).toBe("Connecting");
  await answer("liveJobsQuery", list);
  await followed();
  await tell(caughtUp);
  expect(state()).toBe("Live");
});

test("what is shown stays while the connection is lost, and nobody need wait", async () => {
  openPage();
  await answer("liveJobsQuery", list);
  await followed();
  await tell(caughtUp, { __typename: "StreamReset", cursor: "new", reason: "Anew." });
  await fail("liveJobsQuery");
  await userEvent.click(
    await screen.findByRole("button", { name: "Try now" }, PATIENCE),
  );
  expect(state()).toBe("Reconnecting");
  expect(screen.getByText("tag of job_1")).toBeDefined();
  await answer("liveJobsQuery", list);
  await followed();
  await tell(caughtUp);
  expect(state()).toBe("Live");
});

test("who is refused can sign in, and it begins with the new token", async () => {
  openPage();
  const refusal = {
    message: "The token has ended.",
    extensions: { code: "UNAUTHENTICATED" },
  };
  const { respond } = await requested("liveJobsQuery");
  await act(async () => respond(Response.json({ errors: [refusal] }, { status: 401 })));
  expect(state()).toBe("Not signed in");
  expect(screen.getByRole("alert").textContent).toContain("The token has ended.");
  await userEvent.type(screen.getByLabelText("Token"), "another");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  const { headers } = await requested("liveJobsQuery");
  expect(headers.get("Authorization")).toBe("Bearer another");
});
