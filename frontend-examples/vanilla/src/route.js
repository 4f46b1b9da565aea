/** Which page is shown, by the part of the address behind `#`. */

/**
 * @typedef {{page: "jobs", search: string} | {page: "job", id: string} | {page: "new"}}
 *   Route `search` holds the filter, as in `#/?status=failed`.
 */

/**
 * @param {string} hash
 * @returns {Route}
 */
export function routeOf(hash) {
  const [path = "", search = ""] = hash.replace(/^#/, "").split("?");
  const [, page, id] = path.split("/");
  if (page === "jobs" && id) return { page: "job", id };
  return page === "new" ? { page } : { page: "jobs", search };
}

/** @param {string} id */
export function jobAddress(id) {
  return `#/jobs/${id}`;
}
