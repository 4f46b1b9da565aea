/** How a job ended: its cancel, its failure, its result. */

import { element, refill } from "./dom.js";
import { timeElement } from "./time.js";
import { failureWords, outcomeWords } from "./words.js";

/** @typedef {import("./documents.js").Job} Job */

export class JobEnd {
  #cancel = element("section", { "aria-label": "Cancel" });
  #failure = element("section", { "aria-label": "Failure" });
  #result = element("section", { "aria-label": "Result" });
  nodes = [this.#cancel, this.#failure, this.#result];

  /** @param {Job} job */
  update({ cancellation, failure, status, result, redacted }) {
    const isSecret = redacted.includes("RESULT");
    show(this.#cancel, cancellation, cancelParts);
    show(this.#failure, failure, failureParts);
    show(
      this.#result,
      status === "SUCCEEDED" ? { result, isSecret } : null,
      resultParts,
    );
  }
}

/**
 * Show a section, if there is something to say in it.
 *
 * @template Value
 * @param {Element & {hidden: boolean}} section
 * @param {Value | null} value
 * @param {(value: Value) => HTMLElement[]} parts
 */
function show(section, value, parts) {
  section.hidden = value === null;
  refill(section, value, () =>
    value === null ? [] : [element("h2", {}, section.ariaLabel), ...parts(value)],
  );
}

/** @param {import("./documents.js").Cancellation} cancellation */
function cancelParts({ outcome, mode, requestedBy, requestedAt, reason, graceUntil }) {
  const how = [mode === "FORCE" && "by force ", requestedBy && `by ${requestedBy} `];
  const parts = [
    element("p", {}, element("strong", {}, outcomeWords(outcome))),
    element(
      "p",
      { className: "muted" },
      "Requested ",
      ...how,
      "at ",
      timeElement(requestedAt),
      reason ? `: ${reason}` : ".",
    ),
  ];
  if (outcome === "PENDING" && graceUntil !== null) {
    const until =
      mode === "FORCE" ? "It is settled at the latest at " : "It has time until ";
    parts.push(
      element("p", { className: "muted" }, until, timeElement(graceUntil), "."),
    );
  }
  return parts;
}

/** @param {NonNullable<Job["failure"]>} failure */
function failureParts({ kind, name, message }) {
  const said = [name, message].filter(Boolean).join(": ");
  const what = element("strong", {}, failureWords(kind));
  const parts = [element("p", {}, what, " ", element("code", {}, kind))];
  return said ? [...parts, element("pre", {}, said)] : parts;
}

/** @param {{result: unknown, isSecret: boolean}} value */
function resultParts({ result, isSecret }) {
  const muted = { className: "muted" };
  if (isSecret) {
    return [element("p", muted, "The result is secret: you may not read it.")];
  }
  if (result === null) return [element("p", muted, "It returned nothing.")];
  // It scrolls by the keyboard, too.
  return [element("pre", { tabIndex: 0 }, JSON.stringify(result, null, 2))];
}
