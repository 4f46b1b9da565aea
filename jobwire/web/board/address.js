/** What the address names behind its #: a view, and what is open or marked in it. */

/**
 * @typedef {"jobs" | "schedules" | "system"} ViewName
 * @typedef {{view: ViewName, job: string | null, schedule: string | null}} Place
 */

const SCHEDULES = "schedules";
const SYSTEM = "system";
const SCHEDULE_ID = /^sch_/;

/**
 * Read an address: `#job_…` opens a job, `#schedules` shows the job schedules and
 * `#sch_…` one of them, `#system` how the system fares; `#schedules/job_…` and
 * `#system/job_…` open a job beside them.
 *
 * @param {string} hash With or without its #.
 * @returns {Place}
 */
export function readAddress(hash) {
  const [first, second = ""] = hash.replace(/^#/, "").split("/");
  if (SCHEDULE_ID.test(first)) {
    return { view: "schedules", job: null, schedule: first };
  }
  if (first === SCHEDULES) {
    return { view: "schedules", job: second || null, schedule: null };
  }
  if (first === SYSTEM) {
    return { view: "system", job: second || null, schedule: null };
  }
  return { view: "jobs", job: first || null, schedule: null };
}

/**
 * Write the address of a view, with a job that is open in it or none; that of the jobs
 * alone is empty.
 *
 * @param {ViewName} view
 * @param {string | null} [job]
 */
export function writeAddress(view, job = null) {
  const parts = [view === "jobs" ? null : view, job].filter(Boolean);
  return parts.length === 0 ? "" : `#${parts.join("/")}`;
}
