/** What has happened to a job: its events, newest first, reports of progress folded. */

import { element, fill } from "../page/dom.js";
import { describeMove, describeSource, eventTitle } from "./event-words.js";
import { formatMoment, formatPreciseTime } from "./format.js";

/** @typedef {import("./documents.js").JobEvent} JobEvent */
/** @typedef {import("./documents.js").EventPage} EventPage */

/** How many reports of one stretch of progress are kept to be looked at. */
const REPORTS_KEPT = 50;

/**
 * One event, or a stretch of reports of progress, newest first.
 *
 * @typedef {{events: JobEvent[], count: number, node: HTMLElement}} Entry
 */

export class HistoryView {
  /** @type {Entry[]} */
  #entries = [];
  /** @type {string | null} */
  #earlier = null;

  /**
   * @param {HTMLElement} list
   * @param {HTMLButtonElement} more Loads what came earlier.
   */
  constructor(list, more) {
    this.list = list;
    this.more = more;
  }

  /** Where the events that are not loaded end; null: all are loaded. */
  get earlierThan() {
    return this.#earlier;
  }

  /** The events that are loaded, newest first; of long stretches of reports the last. */
  get events() {
    return this.#entries.flatMap(({ events }) => events);
  }

  /** The version up to which the history is told; 0: none of it. */
  get version() {
    return this.#entries[0]?.events[0]?.jobVersion ?? 0;
  }

  /**
   * Begin anew with the newest page.
   *
   * @param {EventPage} page
   */
  reset(page) {
    this.#entries = [];
    fill(this.list);
    this.prepend(page);
  }

  /**
   * Add a page of earlier events.
   *
   * @param {EventPage} page In the order of their versions.
   */
  prepend({ nodes, pageInfo }) {
    for (const event of nodes.toReversed()) {
      const oldest = this.#entries.at(-1);
      if (oldest && isSameStretch(oldest, event)) {
        oldest.count += 1;
        if (oldest.events.length < REPORTS_KEPT) oldest.events.push(event);
      } else {
        this.#entries.push(newEntry(event));
      }
    }
    this.#earlier = pageInfo.hasPreviousPage ? pageInfo.startCursor : null;
    this.more.hidden = this.#earlier === null;
    for (const entry of this.#entries) drawEntry(entry);
    this.list.append(...this.#entries.map(({ node }) => node));
  }

  /**
   * Add the event that has just happened, unless it is known.
   *
   * @param {JobEvent} event
   */
  add(event) {
    if (event.jobVersion <= this.version) return;
    const newest = this.#entries[0];
    if (newest && isSameStretch(newest, event)) {
      newest.count += 1;
      newest.events = [event, ...newest.events.slice(0, REPORTS_KEPT - 1)];
      drawEntry(newest);
      return;
    }
    const entry = newEntry(event);
    this.#entries.unshift(entry);
    drawEntry(entry);
    this.list.prepend(entry.node);
  }
}

/** @param {JobEvent} event */
function newEntry(event) {
  const node = element("li", { class: "event", "data-kind": event.kind });
  return { events: [event], count: 1, node };
}

/**
 * @param {Entry} entry
 * @param {JobEvent} event
 */
function isSameStretch({ events: [other] }, event) {
  return (
    event.kind === "PROGRESS" &&
    other.kind === "PROGRESS" &&
    event.attempt === other.attempt
  );
}

/** @param {Entry} entry */
function drawEntry({ events, count, node }) {
  const [newest] = events;
  const wasOpen = node.querySelector("details")?.open ?? false;
  const title = count > 1 ? `${eventTitle(newest)} × ${count}` : eventTitle(newest);
  const changes = count > 1 ? reportLines(events) : describeChanges(newest.changes);
  fill(
    node,
    element(
      "div",
      { class: "event-head" },
      element("strong", {}, title),
      element("span", { class: "event-move" }, describeMove(newest)),
      element(
        "time",
        { dateTime: newest.occurredAt, title: formatMoment(newest.occurredAt) },
        formatPreciseTime(newest.occurredAt),
      ),
    ),
    element("div", { class: "event-by" }, describeSource(newest)),
    changes &&
      element(
        "details",
        { open: wasOpen },
        element("summary", {}, summarizeChanges(events, count)),
        changes,
      ),
  );
}

/**
 * @param {JobEvent[]} events
 * @param {number} count
 */
function summarizeChanges(events, count) {
  if (count === 1) return Object.keys(events[0].changes).join(", ");
  return count > events.length ? `the last ${events.length} reports` : "the reports";
}

/** @param {Record<string, unknown>} changes */
function describeChanges(changes) {
  const entries = Object.entries(changes);
  if (entries.length === 0) return null;
  return element(
    "dl",
    { class: "changes" },
    ...entries.flatMap(([name, value]) => [
      element("dt", {}, name),
      element("dd", {}, JSON.stringify(value)),
    ]),
  );
}

/** @param {JobEvent[]} events */
function reportLines(events) {
  return element(
    "dl",
    { class: "changes" },
    ...events.flatMap((event) => [
      element("dt", {}, formatPreciseTime(event.occurredAt)),
      element("dd", {}, describeMove(event)),
    ]),
  );
}
