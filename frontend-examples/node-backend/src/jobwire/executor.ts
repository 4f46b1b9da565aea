/** The first system's words for where a job runs, and the API's. */

import type { Executor } from "../gql/graphql.ts";

export type UnifiedExecutor = "trigger" | "internal";

const EXECUTORS: Readonly<Record<UnifiedExecutor, Executor>> = {
  trigger: "TRIGGER",
  internal: "INTERNAL",
};

export function toExecutor(
  executor: UnifiedExecutor | undefined,
): Executor | undefined {
  return executor && EXECUTORS[executor];
}
