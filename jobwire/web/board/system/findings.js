/** What the last pass of reconciliation found, kind by kind: only what there is. */

import { element } from "../../page/dom.js";
import { agoMark } from "./ago.js";
import { statusBadge, statusLabel } from "../status.js";
import { systemJobLink } from "./job-link.js";

/** @typedef {import("./documents.js").FoundJob} FoundJob */
/** @typedef {import("./documents.js").OrphanedRun} OrphanedRun */
/** @typedef {import("./state.js").Report} Report */

/** @param {Report} report */
export function buildFindings(report) {
  const { lostJobs, suspects, orphanedJobs, orphanedRuns, disagreements } = report;
  const lost = new Set(lostJobs.map(({ id }) => id));
  return [
    buildFinding(
      "Lost jobs",
      "Their run is gone, as two looks found. They failed, or were handed over anew if their type says so.",
      lostJobs.map(buildJob),
    ),
    buildFinding(
      "Suspects",
      "Trigger.dev does not know their run. They are asked after again before anything is settled.",
      suspects.map(buildJob),
    ),
    buildFinding(
      "Adopted jobs",
      "The answer to their handing-over was lost; their run was found, or they were settled.",
      orphanedJobs.filter(({ id }) => !lost.has(id)).map(buildJob),
    ),
    buildFinding(
      "Runs without a job",
      "They have the tag of this installation, as after a restore of its database. End them on Trigger.dev if nobody wants them.",
      orphanedRuns.map(buildRun),
    ),
    buildFinding(
      "Disagreements",
      "These jobs stay as they are: a hook had ended them while Trigger.dev could not be asked.",
      disagreements.map(buildDisagreement),
    ),
  ];
}

/**
 * @param {string} title
 * @param {string} about
 * @param {HTMLElement[]} items
 */
function buildFinding(title, about, items) {
  if (items.length === 0) return null;
  return element(
    "div",
    { class: "finding", role: "group", "aria-label": title },
    element(
      "h3",
      {},
      `${title} (${items.length === 100 ? "first " : ""}${items.length})`,
    ),
    element("p", { class: "muted" }, about),
    element("ul", { class: "sheet found", role: "list" }, ...items),
  );
}

/** @param {FoundJob} job */
function buildJob({ id, tag, type, status, failure }) {
  return element(
    "li",
    {},
    systemJobLink(id, tag),
    element("span", { class: "muted" }, type),
    statusBadge(status),
    failure && element("span", { class: "muted" }, failure.message),
  );
}

/** @param {OrphanedRun} run */
function buildRun({ runId, triggerTaskId, rawStatus, createdAt }) {
  return element(
    "li",
    {},
    element("code", {}, runId),
    element("span", { class: "muted" }, triggerTaskId),
    element("span", {}, rawStatus),
    element("span", { class: "muted" }, "made ", agoMark(createdAt)),
  );
}

/** @param {Report["disagreements"][number]} disagreement */
function buildDisagreement({ jobId, tag, status, runId, rawStatus }) {
  return element(
    "li",
    {},
    systemJobLink(jobId, tag),
    element("span", {}, `${statusLabel(status)} here, ${rawStatus} on Trigger.dev`),
    element("code", { class: "muted" }, runId),
  );
}
