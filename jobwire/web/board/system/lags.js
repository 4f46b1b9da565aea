/** How quick each path told of the ends of runs, as a table with bars. */

import { element } from "../../page/dom.js";
import { sourceLabel } from "../event-words.js";
import { formatDuration, parseDuration } from "../format.js";

/** @typedef {import("./documents.js").PathLag} PathLag */

/** @param {PathLag[]} lags */
export function buildLags(lags) {
  if (lags.length === 0) return [];
  const longest = Math.max(...lags.map(({ p99 }) => parseDuration(p99)), 1);
  const columns = ["Told by", "Half within", "99 % within"];
  return [
    element("h3", { id: "lags-title" }, "How quick the ends of runs were told"),
    element(
      "table",
      { class: "sheet lags", "aria-labelledby": "lags-title" },
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          ...columns.map((column) => element("th", { scope: "col" }, column)),
        ),
      ),
      element("tbody", {}, ...lags.map((lag) => buildLag(lag, longest))),
    ),
    element("p", { class: "muted" }, "Of the jobs that ended in the last day."),
  ];
}

/**
 * @param {PathLag} lag
 * @param {number} longest In ms: the whole width.
 */
function buildLag({ source, p50, p99 }, longest) {
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, sourceLabel(source)),
    buildCell(parseDuration(p50), longest),
    buildCell(parseDuration(p99), longest),
  );
}

/**
 * @param {number} lag In ms.
 * @param {number} longest In ms.
 */
function buildCell(lag, longest) {
  const bar = element("span", { class: "lag-bar", "aria-hidden": "true" });
  bar.style.setProperty("--share", String(lag / longest));
  return element("td", {}, formatDuration(lag), bar);
}
