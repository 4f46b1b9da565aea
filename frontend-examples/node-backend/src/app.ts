/** The routes: reports for users, and the one that Jobwire calls. */

import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import type { Webhook } from "standardwebhooks";
import {
  cancelJob,
  type Jobwire,
  RefusedError,
  scheduleUnifiedJob,
  UnavailableError,
} from "./jobwire/index.ts";
import { verified } from "./notification.ts";
import { REPORT, type Report, Reports } from "./reports.ts";
import { signedInUser } from "./sign-in.ts";

export interface AppOptions {
  readonly jobwire: Jobwire;
  /** Checks how Jobwire has signed what it posts. */
  readonly webhook: Webhook;
  /** Told once of each step of a report: the place to send a mail. */
  readonly onReport: (report: Report) => void;
}

export function createApp({ jobwire, webhook, onReport }: AppOptions): Hono {
  const reports = new Reports(jobwire);
  // Messages can come twice. Yours is a table as well, which forgets after a week.
  const told = new Set<string>();
  const app = new Hono();
  app.use(bodyLimit({ maxSize: 256 * 1024 }));

  app.post("/reports", async (c) => {
    const userId = signedInUser(c.req.raw);
    const data: unknown = await c.req.json().catch(() => {
      throw new HTTPException(400, { message: "Send JSON." });
    });
    const job = await scheduleUnifiedJob(jobwire, {
      tag: "report",
      type: REPORT,
      userId,
      executor: "trigger",
      triggerTaskId: REPORT,
      data,
      retryConfig: { maxAttempts: 5, minTimeoutInMs: 2000 },
      // Whoever presses a button twice sends the same key.
      idempotencyKey: c.req.header("Idempotency-Key"),
    });
    reports.put(job);
    return c.json({ id: job.id, status: job.status }, job.created ? 201 : 200);
  });

  app.get("/reports/:id", async (c) => {
    const report = await reports.find(c.req.param("id"), signedInUser(c.req.raw));
    return report ? c.json(report) : c.notFound();
  });

  app.delete("/reports/:id", async (c) => {
    const report = await reports.find(c.req.param("id"), signedInUser(c.req.raw));
    if (report === null) return c.notFound();
    const job = await cancelJob(jobwire, report.id, {
      reason: "Its user asked for it.",
    });
    return c.json({ status: job.status, outcome: job.cancellation?.outcome ?? null });
  });

  app.post("/hooks/jobwire", async (c) => {
    const notification = verified(await c.req.text(), c.req.header(), webhook);
    if (notification === null) return c.json({ message: "It is not signed." }, 401);
    const { id, job } = notification;
    if (job.type === REPORT) {
      if (job.status === "SUCCEEDED") await reports.refresh(job.id);
      else reports.put(job);
      if (!told.has(id)) onReport(job);
      told.add(id);
    }
    return c.body(null, 204);
  });

  app.notFound((c) => c.json({ message: "There is no such thing." }, 404));
  app.onError((error, c) => {
    if (error instanceof HTTPException) {
      return c.json({ message: error.message }, error.status);
    }
    if (error instanceof RefusedError) {
      const { code, message, path } = error;
      return c.json({ code, message, path }, 422);
    }
    console.error(error);
    if (error instanceof UnavailableError) {
      return c.json({ message: "Reports cannot be made now. Try again." }, 503);
    }
    return c.json({ message: "Something went wrong here." }, 500);
  });
  return app;
}
