/** A job at a glance: its attempts as bars, its events by source as marks, over time. */

import { element, fill } from "../page/dom.js";
import { eventTitle, sourceLabel, sourceWord } from "./event-words.js";
import { formatDuration, formatPreciseTime } from "./format.js";
import { statusLabel } from "./status.js";

/** @typedef {import("./documents.js").Attempt} Attempt */
/** @typedef {import("./documents.js").JobEvent} JobEvent */
/** @typedef {import("./documents.js").JobDetail} JobDetail */

/** How many marks of one source are drawn at most; the newest count. */
const MOST_MARKS = 60;

/**
 * Where an instant lies, in percent of the time that is shown.
 *
 * @typedef {(instant: number) => number} Scale
 */

export class Timeline {
  #node;
  #lanes = element("div", { class: "timeline-lanes" });
  #start = element("span");
  #end = element("span");
  /** @type {Attempt[]} */
  #attempts = [];

  /** @param {HTMLElement} node */
  constructor(node) {
    this.#node = node;
    fill(
      node,
      element("h3", {}, "Timeline"),
      this.#lanes,
      element(
        "div",
        { class: "timeline-axis", "aria-hidden": "true" },
        this.#start,
        this.#end,
      ),
    );
  }

  /** @param {Attempt[]} attempts */
  setAttempts(attempts) {
    this.#attempts = attempts;
  }

  /**
   * Draw what is known.
   *
   * @param {JobDetail} job
   * @param {JobEvent[]} events Those that are loaded, newest first.
   * @param {number} now In ms since 1970.
   */
  draw(job, events, now) {
    const start = Date.parse(job.createdAt);
    const end = Math.max(start + 1, Date.parse(job.finishedAt ?? "") || now);
    /** @type {Scale} */
    const scale = (instant) =>
      100 * Math.min(1, Math.max(0, (instant - start) / (end - start)));
    const bars = this.#attempts.map((attempt) => buildBar(attempt, scale, end));
    const lanes = [...bySource(events)].map(([source, told]) =>
      buildLane(
        sourceWord(source),
        sourceLabel(source),
        told.slice(-MOST_MARKS).map((event) => buildMark(event, scale)),
      ),
    );
    if (bars.length > 0) lanes.unshift(buildLane("Attempts", "Its tries", bars));
    this.#node.hidden = lanes.length === 0;
    fill(this.#lanes, ...lanes);
    this.#start.textContent = formatPreciseTime(job.createdAt);
    this.#end.textContent = `${job.finishedAt ? "" : "now, "}+${formatDuration(end - start)}`;
  }
}

/**
 * The events of each source, in the order in which the sources were first heard.
 *
 * @param {JobEvent[]} events
 */
function bySource(events) {
  /** @type {Map<string, JobEvent[]>} */
  const lanes = new Map();
  for (const event of events.toReversed()) {
    const known = lanes.get(event.source);
    if (known) known.push(event);
    else lanes.set(event.source, [event]);
  }
  return lanes;
}

/**
 * @param {string} label
 * @param {string} about
 * @param {HTMLElement[]} marks
 */
function buildLane(label, about, marks) {
  return element(
    "div",
    { class: "timeline-lane" },
    element("span", { class: "timeline-label", title: about }, label),
    element("ol", { class: "timeline-track", role: "list" }, ...marks),
  );
}

/**
 * @param {Attempt} attempt
 * @param {Scale} scale
 * @param {number} end
 */
function buildBar({ number, status, startedAt, finishedAt }, scale, end) {
  const from = Date.parse(startedAt);
  const until = finishedAt ? Date.parse(finishedAt) : end;
  const label = status === "LOST" ? "Lost" : statusLabel(status);
  const told = `Attempt ${number}: ${label}, ${formatDuration(until - from)}`;
  const bar = buildPart("timeline-bar", { "data-status": status }, told, scale(from));
  bar.style.setProperty("--width", `${scale(until) - scale(from)}%`);
  return bar;
}

/**
 * @param {JobEvent} event
 * @param {Scale} scale
 */
function buildMark(event, scale) {
  const told = `${eventTitle(event)} at ${formatPreciseTime(event.occurredAt)}`;
  const place = scale(Date.parse(event.occurredAt));
  return buildPart("timeline-mark", { "data-kind": event.kind }, told, place);
}

/**
 * @param {string} name
 * @param {Record<string, string>} properties
 * @param {string} told
 * @param {number} place In percent.
 */
function buildPart(name, properties, told, place) {
  const node = element(
    "li",
    { class: name, title: told, ...properties },
    element("span", { class: "visually-hidden" }, told),
  );
  node.style.setProperty("--place", `${place}%`);
  return node;
}
