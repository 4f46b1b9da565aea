/** How long ago something was, as a mark that goes with the time. */

import { element, setText } from "../../page/dom.js";
import { formatAge, formatMoment } from "../format.js";

/**
 * Mark when something was; its words come with the next `tickAgo`.
 *
 * @param {string} instant
 */
export function agoMark(instant) {
  return element("time", {
    class: "ago",
    dateTime: instant,
    title: formatMoment(instant),
  });
}

/**
 * Let time pass for all such marks in a part of the page.
 *
 * @param {HTMLElement} node
 * @param {number} now In ms since 1970.
 */
export function tickAgo(node, now) {
  for (const mark of node.querySelectorAll("time")) {
    if (!mark.classList.contains("ago")) continue;
    const age = now - Date.parse(mark.dateTime);
    setText(mark, age < 1000 ? "now" : `${formatAge(age)} ago`);
  }
}
