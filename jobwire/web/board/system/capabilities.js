/** What an executor can do with jobs, in words. */

import { formatNumber } from "../format.js";

/** @typedef {import("./documents.js").Capabilities} Capabilities */
/** @typedef {{isThere: boolean, text: string}} Capability */

/**
 * What is said of each one when it is there, and when it is not.
 *
 * @type {Record<Exclude<keyof Capabilities, "maxDataBytes">, [string, string]>}
 */
const WORDS = {
  cancelRunning: [
    "Running code can be told to stop.",
    "Running code cannot be told to stop.",
  ],
  confirmsCancel: [
    "It tells when the code has stopped.",
    "It does not tell when the code has stopped.",
  ],
  forceCancel: [
    "A cancel can be forced: the job is settled even if its code does not stop.",
    "A cancel cannot be forced.",
  ],
  progress: ["Running code can report progress.", "Code cannot report progress."],
  logs: ["What the code logs is kept with its job.", "What the code logs is not kept."],
  backoff: [
    "The delays between attempts are honoured.",
    "The delays between attempts are not honoured.",
  ],
  priority: ["Jobs of higher priority start first.", "Priorities make no difference."],
  queues: [
    "Jobs can wait in queues with limits of their own.",
    "There are no queues with limits of their own.",
  ],
  concurrencyKey: [
    "Jobs with the same concurrency key share a limit within their queue.",
    "Concurrency keys make no difference.",
  ],
};

/** What is special about Trigger.dev. @type {Partial<Record<string, string>>} */
const ON_TRIGGER = {
  progress: "Running code can report progress, by trigger/jobwire.ts.",
  logs: "What the code logs is kept with its job, by trigger/jobwire.ts.",
  backoff: "The delays between attempts are honoured, by trigger/jobwire.ts.",
  priority:
    "Jobs of higher priority start first: each step is an hour's head start in the queue.",
  queues: "Jobs can wait in queues with limits, which are set in the project.",
  concurrencyKey: "Each concurrency key has the whole limit of its queue for itself.",
};

/**
 * Say what an executor can do, one sentence for each thing.
 *
 * @param {{executor: string, capabilities: Capabilities}} state
 * @returns {Capability[]}
 */
export function describeCapabilities({ executor, capabilities }) {
  const told = Object.entries(WORDS).map(([name, [yes, no]]) => {
    const isThere = Boolean(capabilities[/** @type {keyof typeof WORDS} */ (name)]);
    const special = executor === "TRIGGER" ? ON_TRIGGER[name] : undefined;
    return { isThere, text: isThere ? (special ?? yes) : no };
  });
  const size = formatNumber(Math.floor(capabilities.maxDataBytes / 1024));
  return [
    ...told,
    { isThere: true, text: `The data of a job may have up to ${size} KiB.` },
  ];
}
