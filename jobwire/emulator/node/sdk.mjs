/**
 * Stands in for `@trigger.dev/sdk`: keeps the hooks that a file registers, and gives
 * each attempt the locals and the metadata that a run of its own would have.
 */
import { AsyncLocalStorage } from "node:async_hooks";

/** The moment that code runs in: `ctx`, `locals`, `metadata`, `occurredAt`. */
export const moments = new AsyncLocalStorage();

/** The functions registered by `tasks.…`, by the name of the registering function. */
export const hooks = new Map();

export const tasks = Object.fromEntries(
  ["middleware", "onStartAttempt", "onSuccess", "onFailure", "onCancel", "catchError"].map(
    (name) => [name, (id, hook) => void hooks.set(name, hook ?? id)],
  ),
);

export const locals = {
  create: (id) => ({ id }),
  get: (key) => moments.getStore()?.locals.get(key.id),
  set: (key, value) => moments.getStore()?.locals.set(key.id, value),
};

export const metadata = {
  get: (key) => moments.getStore()?.metadata.get(key),
  set: (key, value) => void moments.getStore()?.metadata.set(key, value),
};
