/**
 * Tells Jobwire what becomes of the runs of this project.
 *
 * Importing this file once is enough: it registers hooks for every task, and they post
 * signed events to Jobwire. Put `import "./jobwire";` into `init.ts` at the root of a
 * folder of `dirs`: Trigger.dev loads that file before the code of any task. Where
 * `moduleResolution` is `node16` or `nodenext`, write `"./jobwire.js"`.
 *
 * It reads `JOBWIRE_WEBHOOK_URL` (…/api/trigger/webhook) and `TRIGGER_WEBHOOK_SECRET`.
 * An event that cannot be posted costs a warning, never the run: Jobwire asks Trigger.dev
 * for what it was not told.
 *
 * Tasks import `reportProgress` and `log` from here.
 */
import { createHash, createHmac } from "node:crypto";
import { type Context, locals, metadata, tasks } from "@trigger.dev/sdk";

/** How events are posted. A project may change it in its `init.ts`. */
export const delivery = {
  /** Milliseconds that one try may take. */
  timeoutMs: 5_000,
  /** Milliseconds between tries; there is one try more than there are pauses. */
  pausesMs: [500, 1_500],
  /**
   * Milliseconds between two reports of a run: of its progress, of which the newest one
   * wins, and of the lines of its log.
   */
  progressEveryMs: 250,
  /** Milliseconds that an attempt which ends waits for its last reports. */
  flushMs: 20_000,
  /** Milliseconds that the code of a canceled run is given to end. */
  settleMs: 25_000,
  /** Milliseconds that onCancel may take in all; Trigger.dev's own limit is 30 s. */
  cancelMs: 29_000,
  /** What time events say it is. */
  now: (): Date => new Date(),
};

/** Outputs longer than this, in bytes of JSON, are left for Jobwire to fetch. */
const MAX_OUTPUT_BYTES = 256 * 1024;
const MAX_ERROR_LENGTH = 10_000;
const MAX_PROGRESS_MESSAGE_LENGTH = 500;
const MAX_LOG_MESSAGE_LENGTH = 4_000;
/** Fields longer than this, in characters of JSON, are left out. */
const MAX_LOG_FIELDS_LENGTH = 8_000;
/** Lines that wait to be posted; the oldest of what exceeds them are dropped. */
const MAX_WAITING_LINES = 1_000;
/** Lines and characters in one event. */
const MAX_POSTED_LINES = 100;
const MAX_POSTED_LENGTH = 256 * 1024;
/** Statuses below 500 that another try may change. */
const PASSING_STATUSES = [408, 425, 429];

type EventType =
  | "RUN_STARTED"
  | "RUN_PROGRESS"
  | "RUN_COMPLETED"
  | "RUN_FAILED"
  | "RUN_CANCELED";

interface Progress {
  fraction: number | null;
  message?: string;
}

/** The levels of a log, by the methods of the console. */
const LEVELS = { debug: "DEBUG", info: "INFO", warn: "WARN", error: "ERROR" } as const;

type Level = keyof typeof LEVELS;

interface LogLine {
  at: string;
  level: (typeof LEVELS)[Level];
  message: string;
  fields?: Record<string, unknown>;
  /** Of a line that stands for others: how many were dropped. */
  dropped?: number;
}

interface RunError {
  name: string;
  message: string;
  stackTrace?: string;
}

interface Details {
  output?: unknown;
  error?: RunError;
  progress?: Progress;
  logs?: LogLine[];
}

interface RunEvent extends Details {
  id: string;
  type: EventType;
  occurredAt: string;
  run: {
    id: string;
    taskIdentifier: string;
    attempt: number;
    tags: string[];
    startedAt: string;
    finishedAt?: string;
  };
}

interface RetryConfig {
  maxAttempts: number;
  minTimeoutInMs: number;
  maxTimeoutInMs: number;
  factor: number;
}

/**
 * Says how far the code of this run has come, in Jobwire and in the run's metadata.
 *
 * Call it as often as you like: it returns at once, and at most four reports a second are
 * posted, the last one always. Outside a run it does nothing.
 *
 * @param fraction 0 to 1; what lies outside is moved to the nearer end. Null: unknown.
 * @param message At most 500 characters; longer ones are cut.
 */
export function reportProgress(fraction: number | null, message?: string): void {
  try {
    const isKnown = fraction !== null && !Number.isNaN(fraction);
    const progress: Progress = {
      fraction: isKnown ? Math.min(1, Math.max(0, fraction)) : null,
    };
    if (message !== undefined) {
      progress.message = message.slice(0, MAX_PROGRESS_MESSAGE_LENGTH);
    }
    // With its time, so that whoever reads it there can tell which report is newer.
    metadata.set("progress", { ...progress, updatedAt: delivery.now().toISOString() });
    locals.get(reporterOfAttempt)?.report(progress);
  } catch (error) {
    warn("could not report progress", error);
  }
}

/** Writes a line; fields are what JSON can hold, and errors, which show their stack. */
type WriteLine = (message: string, fields?: Record<string, unknown>) => void;

/**
 * Writes lines of the job's log, which Jobwire keeps and tells whoever follows the job,
 * and of the run's own log on Trigger.dev.
 *
 * Call it as often as you like: it returns at once. At most four times a second a hundred
 * lines are posted, the last ones before the attempt ends; of what is written faster the
 * oldest are dropped, and a line says so. Messages have 4,000 characters at most, fields
 * 8,000 of JSON. Outside a run it writes to the console alone.
 */
export const log: Readonly<Record<Level, WriteLine>> = {
  debug: (message, fields) => writeLine("debug", message, fields),
  info: (message, fields) => writeLine("info", message, fields),
  warn: (message, fields) => writeLine("warn", message, fields),
  error: (message, fields) => writeLine("error", message, fields),
};

function writeLine(
  level: Level,
  message: string,
  fields?: Record<string, unknown>,
): void {
  try {
    console[level](message, ...(fields ? [fields] : []));
    const line: LogLine = {
      at: delivery.now().toISOString(),
      level: LEVELS[level],
      message: String(message).slice(0, MAX_LOG_MESSAGE_LENGTH),
    };
    const kept = fields && keptFields(fields);
    if (kept) line.fields = kept;
    locals.get(reporterOfAttempt)?.write(line);
  } catch (error) {
    warn("could not write to the log of the job", error);
  }
}

/** The fields as JSON holds them; what it cannot hold, or is too long, is said. */
function keptFields(fields: Record<string, unknown>): Record<string, unknown> {
  try {
    const text = JSON.stringify(fields, (_, value: unknown) => {
      if (typeof value === "bigint") return String(value);
      return value instanceof Error ? (value.stack ?? String(value)) : value;
    });
    if (text.length > MAX_LOG_FIELDS_LENGTH) {
      return { "…": `Fields of ${text.length} characters were left out.` };
    }
    const kept: unknown = JSON.parse(text);
    // JavaScript may pass anything, and Jobwire would refuse the whole event for it.
    return isRecord(kept) ? kept : { value: kept };
  } catch (error) {
    return { "…": `Fields were left out: ${String(error)}` };
  }
}

tasks.middleware("jobwire", async ({ ctx, next }) => {
  const reporter = new Reporter(ctx);
  locals.set(reporterOfAttempt, reporter);
  try {
    await next();
  } finally {
    await reporter.flush();
  }
});

tasks.onStartAttempt("jobwire", ({ ctx }) =>
  undisturbed(() => post(describe("RUN_STARTED", ctx))),
);

tasks.onSuccess("jobwire", ({ ctx, output, signal }) =>
  undisturbed(() => conclude("RUN_COMPLETED", ctx, signal, () => carried(output))),
);

tasks.onFailure("jobwire", ({ ctx, error, signal }) =>
  undisturbed(() =>
    conclude("RUN_FAILED", ctx, signal, () => ({ error: describeError(error) })),
  ),
);

tasks.onCancel("jobwire", ({ ctx, runPromise }) =>
  undisturbed(async () => {
    const deadline = Date.now() + delivery.cancelMs;
    await settled(runPromise, delivery.settleMs);
    await post(describe("RUN_CANCELED", ctx), deadline);
  }),
);

tasks.catchError("jobwire", ({ ctx, signal }) => {
  const retry = retryConfig();
  if (retry === undefined) return undefined;
  if (signal.aborted || ctx.attempt.number >= retry.maxAttempts) {
    return { skipRetrying: true };
  }
  return { retryDelayInMs: retryDelay(retry, ctx.attempt.number) };
});

/** Posts how an attempt ended, after the last of what it tells. */
async function conclude(
  type: EventType,
  ctx: Context,
  signal: AbortSignal,
  details: () => Details,
): Promise<void> {
  // An aborted run was canceled, which onCancel tells, or has run out of time, which
  // only Trigger.dev can tell; that its code returned or threw is not how it ended.
  if (signal.aborted) return;
  const event = describe(type, ctx, details());
  await locals.get(reporterOfAttempt)?.flush();
  await post(event);
}

/** Posts what one attempt tells: in order, the newest progress, all lines, not too often. */
class Reporter {
  private readonly ctx: Context;
  private pending: RunEvent | undefined;
  private lines: LogLine[] = [];
  private dropped = 0;
  private posting: Promise<void> | undefined;
  private hurried = false;
  private deadline = Infinity;
  private endPause: (() => void) | undefined;
  private sequence = 0;

  constructor(ctx: Context) {
    this.ctx = ctx;
  }

  report(progress: Progress): void {
    this.pending = this.makeEvent({ progress });
    this.start();
  }

  write(line: LogLine): void {
    this.lines.push(line);
    if (this.lines.length > MAX_WAITING_LINES) {
      this.lines.shift();
      this.dropped += 1;
    }
    this.start();
  }

  /** Posts what is pending without a pause, and waits for it, but not for long. */
  async flush(): Promise<void> {
    this.hurried = true;
    this.deadline = Date.now() + delivery.flushMs;
    this.endPause?.();
    await this.posting;
    this.deadline = Infinity;
  }

  private start(): void {
    this.posting ??= undisturbed(() => this.postPending());
  }

  private async postPending(): Promise<void> {
    try {
      while (this.pending !== undefined || this.lines.length > 0) {
        const logs = this.takeLines();
        const event = this.pending ?? this.makeEvent({});
        this.pending = undefined;
        if (logs.length > 0) event.logs = logs;
        await Promise.all([post(event, this.deadline), this.pause()]);
      }
    } finally {
      // In the same step as the last look: no report can fall in between.
      this.posting = undefined;
    }
  }

  private takeLines(): LogLine[] {
    const [first] = this.lines;
    const taken: LogLine[] = [];
    if (first !== undefined && this.dropped > 0) {
      const message = "Lines were dropped here: the task logs faster than is posted.";
      taken.push({ at: first.at, level: "WARN", message, dropped: this.dropped });
      this.dropped = 0;
    }
    let count = 0;
    let length = 0;
    for (const line of this.lines) {
      length += line.message.length + JSON.stringify(line.fields ?? null).length;
      if (count === MAX_POSTED_LINES || (count > 0 && length > MAX_POSTED_LENGTH))
        break;
      count += 1;
    }
    return [...taken, ...this.lines.splice(0, count)];
  }

  private makeEvent(details: Details): RunEvent {
    return describe("RUN_PROGRESS", this.ctx, details, this.next());
  }

  private pause(): Promise<void> | undefined {
    if (this.hurried) return undefined;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delivery.progressEveryMs);
      this.endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Milliseconds since the attempt began, strictly rising: unique without a memory. */
  private next(): number {
    const passed = delivery.now().getTime() - this.ctx.attempt.startedAt.getTime();
    this.sequence = Math.max(this.sequence + 1, passed);
    return this.sequence;
  }
}

const reporterOfAttempt = locals.create<Reporter>("jobwire.progress");

function describe(
  type: EventType,
  ctx: Context,
  details: Details = {},
  sequence?: number,
): RunEvent {
  const occurredAt = delivery.now().toISOString();
  const hasEnded = type !== "RUN_STARTED" && type !== "RUN_PROGRESS";
  return {
    id: eventId(ctx.run.id, ctx.attempt.number, type, sequence),
    type,
    occurredAt,
    run: {
      id: ctx.run.id,
      taskIdentifier: ctx.task.id,
      attempt: ctx.attempt.number,
      tags: ctx.run.tags,
      startedAt: ctx.run.startedAt.toISOString(),
      ...(hasEnded ? { finishedAt: occurredAt } : {}),
    },
    ...details,
  };
}

/** The same for every try of one event, so that a repeated one is known as such. */
function eventId(...parts: (string | number | undefined)[]): string {
  const key = parts.filter((part) => part !== undefined).join(":");
  return createHash("sha256").update(key).digest("hex");
}

/** The output as the event carries it: only what JSON can hold, and not too much. */
function carried(output: unknown): Details {
  try {
    const text: string | undefined = JSON.stringify(output);
    if (text === undefined || Buffer.byteLength(text) > MAX_OUTPUT_BYTES) return {};
    return { output };
  } catch {
    return {};
  }
}

/** Whatever was thrown, as name, message and stack. */
function describeError(thrown: unknown): RunError {
  if (!(thrown instanceof Error)) {
    return { name: "Error", message: cut(textOf(thrown)) };
  }
  const error: RunError = { name: thrown.name, message: cut(thrown.message) };
  if (thrown.stack !== undefined) error.stackTrace = cut(thrown.stack);
  return error;
}

function textOf(thrown: unknown): string {
  if (typeof thrown === "string") return thrown;
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    return String(thrown);
  }
}

function cut(text: string): string {
  return text.slice(0, MAX_ERROR_LENGTH);
}

/** The job's own retries, which Jobwire sends along; Trigger.dev takes only a number. */
function retryConfig(): RetryConfig | undefined {
  try {
    const sent: unknown = metadata.get("jobwire");
    if (!isRecord(sent)) return undefined;
    const { retryConfig } = sent;
    if (!isRecord(retryConfig)) return undefined;
    const { maxAttempts, minTimeoutInMs, maxTimeoutInMs, factor } = retryConfig;
    if (
      typeof maxAttempts === "number" &&
      typeof minTimeoutInMs === "number" &&
      typeof maxTimeoutInMs === "number" &&
      typeof factor === "number"
    ) {
      return { maxAttempts, minTimeoutInMs, maxTimeoutInMs, factor };
    }
  } catch (error) {
    warn("could not read the job's retryConfig", error);
  }
  return undefined;
}

/** Milliseconds after a failed attempt: spread by ±20 %, never above the longest. */
function retryDelay(retry: RetryConfig, attempt: number): number {
  const raised = retry.minTimeoutInMs * retry.factor ** (attempt - 1);
  const spread = raised * (0.8 + 0.4 * Math.random());
  return Math.round(Math.min(retry.maxTimeoutInMs, spread));
}

/**
 * Posts an event, several times if need be.
 *
 * @param deadline When to give up, in milliseconds since 1970.
 */
async function post(event: RunEvent, deadline = Infinity): Promise<void> {
  const receiver = findReceiver();
  if (receiver === undefined) return;
  const body = JSON.stringify(event);
  let problem = "there was no time left";
  for (const pause of [0, ...delivery.pausesMs]) {
    await sleep(Math.min(pause, deadline - Date.now()));
    const timeout = Math.min(delivery.timeoutMs, deadline - Date.now());
    if (timeout <= 0) break;
    const answer = await tryToPost(receiver, event.id, body, timeout);
    if (answer === "taken") return;
    problem = answer.problem;
    if (answer.isFinal) break;
  }
  warn(`${event.type} of ${event.run.id} did not reach JOBWIRE_WEBHOOK_URL`, problem);
}

interface Receiver {
  url: string;
  secret: string;
}

async function tryToPost(
  receiver: Receiver,
  id: string,
  body: string,
  timeout: number,
): Promise<"taken" | { problem: string; isFinal: boolean }> {
  const timestamp = Math.floor(Date.now() / 1000);
  try {
    const response = await fetch(receiver.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": sign(receiver.secret, id, timestamp, body),
      },
      body,
      // A redirected POST would arrive as a GET.
      redirect: "manual",
      signal: AbortSignal.timeout(timeout),
    });
    await response.body?.cancel();
    if (response.ok) return "taken";
    const isFinal =
      response.status < 500 && !PASSING_STATUSES.includes(response.status);
    return { problem: `the answer was ${response.status}`, isFinal };
  } catch (error) {
    return { problem: describeFailure(error), isFinal: false };
  }
}

/** Signs as Standard Webhooks does: id, second and body, by HMAC-SHA256. */
function sign(secret: string, id: string, timestamp: number, body: string): string {
  const key = secret.startsWith("whsec_")
    ? Buffer.from(secret.slice("whsec_".length), "base64")
    : Buffer.from(secret);
  const signed = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`);
  return `v1,${signed.digest("base64")}`;
}

/** `fetch` says why it failed only in the cause of its error. */
function describeFailure(error: unknown): string {
  const cause = error instanceof Error && "cause" in error ? error.cause : undefined;
  return String(cause ?? error);
}

let hasWarnedOfSettings = false;

/** Where to post to; undefined, after one warning, while it is not set. */
function findReceiver(): Receiver | undefined {
  const { JOBWIRE_WEBHOOK_URL, TRIGGER_WEBHOOK_SECRET } = process.env;
  const url = JOBWIRE_WEBHOOK_URL?.trim();
  const secret = TRIGGER_WEBHOOK_SECRET?.split(",")[0]?.trim();
  if (url && secret) return { url, secret };
  if (!hasWarnedOfSettings) {
    hasWarnedOfSettings = true;
    const missing = url ? "TRIGGER_WEBHOOK_SECRET" : "JOBWIRE_WEBHOOK_URL";
    warn("no events are posted", `${missing} is not set`);
  }
  return undefined;
}

/** Runs what must never harm the run: its errors end here, as a warning. */
async function undisturbed(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    warn("could not tell of a run", error);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function warn(what: string, why: unknown): void {
  console.warn(`[jobwire] ${what}: ${String(why)}`);
}

/** Waits until a promise has ended, either way, but no longer than given. */
async function settled(promise: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([promise.catch(() => undefined), timeout]);
  clearTimeout(timer);
}

function sleep(ms: number): Promise<void> {
  return ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve();
}
