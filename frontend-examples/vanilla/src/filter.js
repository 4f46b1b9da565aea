/** Which jobs the list shows, as the address says it and as the API is asked for it. */

/** @type {Record<string, {label: string, asked: {isTerminal?: boolean, statuses?: string[]}}>} */
export const STATUS_CHOICES = {
  all: { label: "All", asked: {} },
  open: { label: "Open", asked: { isTerminal: false } },
  running: { label: "Running", asked: { statuses: ["RUNNING"] } },
  succeeded: { label: "Succeeded", asked: { statuses: ["SUCCEEDED"] } },
  failed: { label: "Failed", asked: { statuses: ["FAILED"] } },
  canceled: { label: "Canceled", asked: { statuses: ["CANCELED"] } },
};

/**
 * @typedef {object} Filter
 * @property {string} status A key of `STATUS_CHOICES`.
 * @property {string[]} tags Exact tags, one of which a job must have; none: any tag.
 */

/**
 * @param {string} search
 * @returns {Filter}
 */
export function filterOf(search) {
  const parameters = new URLSearchParams(search);
  const status = parameters.get("status") ?? "";
  return {
    status: Object.hasOwn(STATUS_CHOICES, status) ? status : "all",
    tags: tagsOf(parameters.get("tag") ?? ""),
  };
}

/** @param {Filter} filter */
export function addressOf({ status, tags }) {
  const parameters = new URLSearchParams();
  if (status !== "all") parameters.set("status", status);
  if (tags.length > 0) parameters.set("tag", tags.join(","));
  return parameters.size > 0 ? `#/?${parameters}` : "#/";
}

/**
 * `JobFilter` of the API.
 *
 * @param {Filter} filter
 */
export function jobFilterOf({ status, tags }) {
  return { ...STATUS_CHOICES[status]?.asked, ...(tags.length > 0 && { tags }) };
}

/**
 * Whether the list of a filter holds the job as it is now.
 *
 * @param {Filter} filter
 * @param {{status: string, isTerminal: boolean, tag: string}} job
 */
export function holds({ status, tags }, job) {
  const { isTerminal, statuses } = STATUS_CHOICES[status]?.asked ?? {};
  return (
    (isTerminal === undefined || isTerminal === job.isTerminal) &&
    (statuses === undefined || statuses.includes(job.status)) &&
    (tags.length === 0 || tags.includes(job.tag))
  );
}

/** @param {string} text */
export function tagsOf(text) {
  return [...new Set(text.split(",").map((tag) => tag.trim()))].filter(Boolean);
}
