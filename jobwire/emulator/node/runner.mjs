/**
 * Runs the hooks of jobwire.ts at the moments that the emulator tells it.
 *
 * One JSON document a line. In: first `{module, url, secret, delivery}`, then
 * `{number, moment}`. Out: first `{ready: true}` or `{unavailable: reason}`, then
 * `{done: number}` when the hook of a moment has returned. It ends with its input.
 */
import { Console } from "node:console";
import * as nodeModule from "node:module";
import { createInterface } from "node:readline";
import { hooks, moments } from "./sdk.mjs";

// Stripping types is experimental in some versions of Node, which nobody has to read.
process.removeAllListeners("warning");
// Standard output is for answers alone, whatever the hooks print.
globalThis.console = new Console(process.stderr);

const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
/** The open attempt of each run. */
const attempts = new Map();

const { value: first } = await input.next();
if (first === undefined) process.exit(0);
const jobwire = await loadHooks(JSON.parse(first));
say({ ready: true });
for await (const line of input) {
  const { number, moment } = JSON.parse(line);
  void play(moment).then(() => say({ done: number }));
}
process.exit(0);

async function loadHooks({ module, url, secret, delivery }) {
  process.env.JOBWIRE_WEBHOOK_URL = url;
  process.env.TRIGGER_WEBHOOK_SECRET = secret;
  try {
    if (nodeModule.registerHooks) nodeModule.registerHooks(await import("./loading.mjs"));
    else nodeModule.register("./loading.mjs", import.meta.url);
    const loaded = await import(module);
    const now = () => new Date(moments.getStore()?.occurredAt ?? Date.now());
    Object.assign(loaded.delivery, delivery, { now });
    return loaded;
  } catch (error) {
    say({ unavailable: String(error?.message ?? error).split("\n")[0] });
    process.exit(0);
  }
}

async function play(moment) {
  const attempt = openAttempt(moment);
  attempt.metadata = new Map(Object.entries(moment.metadata ?? {}));
  const inMoment = { ...attempt, occurredAt: moment.occurredAt };
  try {
    await moments.run(inMoment, () => runHook(attempt, moment));
  } catch (error) {
    console.warn(`a hook threw, which it must not: ${error?.stack ?? error}`);
  }
  if (["SUCCESS", "FAILURE", "CANCEL"].includes(moment.kind)) {
    attempts.delete(moment.runId);
    attempt.end();
  }
}

function runHook({ params }, { kind, output, error, progress, line }) {
  switch (kind) {
    case "START_ATTEMPT":
      return hooks.get("onStartAttempt")(params);
    case "PROGRESS":
      if (progress) jobwire.reportProgress(progress.fraction, progress.message ?? undefined);
      if (line) jobwire.log[line.level.toLowerCase()](line.message, line.fields ?? undefined);
      return undefined;
    case "SUCCESS":
      return hooks.get("onSuccess")({ ...params, output: output ?? undefined });
    case "FAILURE":
      return hooks.get("onFailure")({ ...params, error: thrown(error) });
    case "CANCEL":
      return hooks.get("onCancel")({ ...params, runPromise: Promise.resolve() });
    default:
      throw new Error(`There is no moment called ${kind}.`);
  }
}

/** Finds the attempt of a moment, or enters the middleware as a new attempt does. */
function openAttempt(moment) {
  const open = attempts.get(moment.runId);
  if (open?.params.ctx.attempt.number === moment.attempt) return open;
  open?.end();
  const attempt = {
    params: paramsOf(moment),
    locals: new Map(),
    metadata: new Map(),
    occurredAt: moment.occurredAt,
  };
  attempts.set(moment.runId, attempt);
  const next = () => new Promise((resolve) => (attempt.end = resolve));
  moments.run(attempt, () => hooks.get("middleware")({ ...attempt.params, next }));
  return attempt;
}

function paramsOf(moment) {
  return {
    ctx: {
      attempt: { number: moment.attempt, startedAt: new Date(moment.attemptStartedAt) },
      run: {
        id: moment.runId,
        tags: moment.tags,
        isTest: false,
        isReplay: false,
        createdAt: new Date(moment.createdAt),
        startedAt: new Date(moment.runStartedAt),
        maxAttempts: moment.maxAttempts ?? undefined,
      },
      task: { id: moment.taskIdentifier, filePath: "" },
    },
    payload: moment.payload,
    task: moment.taskIdentifier,
    signal: new AbortController().signal,
  };
}

function thrown({ name, message, stack }) {
  const error = new Error(message);
  error.name = name;
  error.stack = stack || undefined;
  return error;
}
