/** What stands in the search field: tags, ids of jobs, ids of runs, in any order. */

import { isJobId, jobIdOf } from "./identifiers.js";

/** @typedef {{tags?: string[], ids?: string[], triggerRunIds?: string[]}} Terms */

const RUN_ID = /^run_\w+$/;

/**
 * Read a text, in which commas separate the terms.
 *
 * @param {string} text
 * @returns {Terms} What is not asked for is absent.
 */
export function readTerms(text) {
  /** @type {Terms} */
  const terms = {};
  for (const term of text.split(",").map((part) => part.trim())) {
    if (term === "") continue;
    if (isJobId(term)) (terms.ids ??= []).push(jobIdOf(term));
    else if (RUN_ID.test(term)) (terms.triggerRunIds ??= []).push(term);
    else (terms.tags ??= []).push(term);
  }
  return terms;
}

/**
 * Write the text of some terms.
 *
 * @param {Terms} terms
 */
export function writeTerms({ tags = [], ids = [], triggerRunIds = [] }) {
  return [...tags, ...ids, ...triggerRunIds].join(", ");
}
