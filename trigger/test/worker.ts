/** Executes tasks as Trigger.dev's own workers do, without a Trigger.dev. */
import {
  apiClientManager,
  lifecycleHooks,
  localsAPI,
  resourceCatalog,
  runMetadata,
  TaskRunContext,
  TaskRunExecution,
  type TaskRunExecutionResult,
} from "@trigger.dev/core/v3";
import { TriggerTracer } from "@trigger.dev/core/v3/tracer";
import {
  StandardLifecycleHooksManager,
  StandardLocalsManager,
  StandardMetadataManager,
  StandardResourceCatalog,
  TaskExecutor,
  type TaskExecutorOptions,
} from "@trigger.dev/core/v3/workers";
import config from "../trigger.config";

process.env.TRIGGER_SECRET_KEY = "tr_dev_nobody";
const FILE = "example-task.ts";

const locals = new StandardLocalsManager();
const catalog = new StandardResourceCatalog();
export const hooks = new StandardLifecycleHooksManager();
export const metadata = new StandardMetadataManager(apiClientManager.clientOrThrow());
localsAPI.setGlobalLocalsManager(locals);
lifecycleHooks.setGlobalLifecycleHooksManager(hooks);
resourceCatalog.setGlobalResourceCatalog(catalog);
runMetadata.setGlobalManager(metadata);
catalog.setCurrentFileContext(FILE, "example-task");

// Not all that the type asks for: nothing is traced or intercepted here.
const OPTIONS = {
  tracer: new TriggerTracer({ name: "tests", version: "1" }),
  consoleInterceptor: { intercept: <T>(_: Console, run: () => Promise<T>) => run() },
  retries: config.retries,
} as unknown as TaskExecutorOptions;

export interface Attempt {
  number?: number;
  payload?: unknown;
  metadata?: TaskRunExecution["run"]["metadata"];
  signal?: AbortSignal;
}

/** Executes one attempt of a task of which the code was loaded. */
export async function execute(
  taskId: string,
  { number = 1, payload = {}, metadata: given, signal }: Attempt = {},
): Promise<TaskRunExecutionResult> {
  locals.reset();
  hooks.reset();
  metadata.reset();
  const found = catalog.getTask(taskId);
  if (found === undefined) throw new Error(`There is no task ${taskId}.`);
  const startedAt = new Date("2026-01-02T03:04:05.000Z");
  const execution = TaskRunExecution.parse({
    task: { id: taskId, filePath: FILE },
    attempt: { number, startedAt, id: "attempt_1", status: "EXECUTING" },
    run: {
      id: "run_1",
      payload: JSON.stringify(payload),
      payloadType: "application/json",
      tags: ["job:job_1"],
      isTest: false,
      createdAt: startedAt,
      startedAt,
      metadata: given,
    },
    queue: { id: "queue_1", name: taskId },
    environment: { id: "env_1", slug: "dev", type: "DEVELOPMENT" },
    organization: { id: "org_1", slug: "org", name: "org" },
    project: { id: "project_1", ref: "proj_1", slug: "project", name: "project" },
    machine: { name: "micro", cpu: 0.25, memory: 0.25, centsPerMs: 0 },
  });
  const executor = new TaskExecutor(found, OPTIONS);
  metadata.runId = execution.run.id;
  const { result } = await executor.execute(
    execution,
    TaskRunContext.parse(execution),
    signal ?? new AbortController().signal,
  );
  return result;
}
