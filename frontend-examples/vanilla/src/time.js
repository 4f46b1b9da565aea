/** Moments, as people read them. */

import { element } from "./dom.js";

const time = new Intl.DateTimeFormat(undefined, {
  timeStyle: "medium",
  hourCycle: "h23",
});
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat(undefined, {
  dateStyle: "full",
  timeStyle: "long",
  hourCycle: "h23",
});

/**
 * A moment: its time of day, with the day where that is another one.
 *
 * @param {string} at
 */
export function timeElement(at) {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  const words = isToday
    ? time.format(date)
    : `${day.format(date)}, ${time.format(date)}`;
  return element("time", { dateTime: at, title: full.format(date) }, words);
}

/**
 * Write a moment as HH:MM:SS.
 *
 * @param {number} at
 */
export function timeOfDay(at) {
  return time.format(at);
}
