/** Sending mutations, with all ways to be refused told alike. */

import { ApiError, request } from "./api.js";

/** @typedef {import("./documents.js").UserError} UserError */

/**
 * @typedef {object} Problem
 * @property {string} message For people.
 * @property {string | null} code Null: no answer came, so it may have been done.
 * @property {string[]} path Where in the arguments; empty: nowhere in particular.
 * @property {string | null} jobId A job to look at.
 */

/**
 * @template {{errors: UserError[]}} Payload
 * @param {import("./documents.js").Document<Record<string, Payload>>} document
 * @param {Record<string, unknown>} input
 * @returns {Promise<{payload: Payload, problems: []} | {payload: null, problems: Problem[]}>}
 */
export async function send(document, input) {
  try {
    const [payload] = Object.values(await request(document, { input }));
    if (payload?.errors.length === 0) return { payload, problems: [] };
    return { payload: null, problems: (payload?.errors ?? []).map(problemOf) };
  } catch (error) {
    return { payload: null, problems: [problemOfLoss(error)] };
  }
}

/**
 * @param {UserError} error
 * @returns {Problem}
 */
function problemOf(error) {
  const { message, code, path } = error;
  /** @type {Problem} */
  const problem = { message, code, path: path ?? [], jobId: null };
  switch (error.__typename) {
    case "IdempotencyConflictError":
      return { ...problem, jobId: error.existingJob?.id ?? null };
    case "ForbiddenError":
      return error.requiredScope
        ? {
            ...problem,
            message: `${message} It needs the scope ${error.requiredScope}.`,
          }
        : problem;
    case "ExecutorError":
      return error.isRetryable
        ? { ...problem, message: `${message} Trying again may help.` }
        : problem;
    default:
      return problem;
  }
}

/**
 * @param {unknown} error
 * @returns {Problem}
 */
function problemOfLoss(error) {
  const nowhere = { path: [], jobId: null };
  if (error instanceof ApiError) {
    return {
      ...nowhere,
      message: error.message,
      code: String(error.code ?? "REFUSED"),
    };
  }
  return {
    ...nowhere,
    message: "No answer came. It may still have been done.",
    code: null,
  };
}
