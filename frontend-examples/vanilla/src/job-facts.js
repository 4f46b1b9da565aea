/** What does not change about a job, or seldom. */

import { element, refill } from "./dom.js";
import { timeElement } from "./time.js";
import { executorWords } from "./words.js";

/** @typedef {import("./documents.js").Job} Job */

export class JobFacts {
  node = element("dl", { className: "facts" });

  /** @param {Job} job */
  update({ id, type, executor, attemptCount, retryConfig, triggerRunId, ...times }) {
    const { createdAt, startedAt, finishedAt, nextAttemptAt } = times;
    const { maxAttempts } = retryConfig;
    const shown = [startedAt, finishedAt, nextAttemptAt, attemptCount, triggerRunId];
    refill(this.node, shown, () => [
      fact("Type", type),
      fact("Runs on", executorWords(executor)),
      fact("Created", timeElement(createdAt)),
      fact("Started", startedAt ? timeElement(startedAt) : "Not yet"),
      nextAttemptAt && fact("Next attempt", timeElement(nextAttemptAt)),
      fact("Finished", finishedAt ? timeElement(finishedAt) : "Not yet"),
      fact("Attempts", `${attemptCount} of ${maxAttempts}`),
      fact("Id", element("code", {}, id), copyButton(id, "the id")),
      triggerRunId &&
        fact(
          "Run",
          element("code", {}, triggerRunId),
          copyButton(triggerRunId, "the run"),
        ),
    ]);
  }
}

/**
 * @param {string} name
 * @param {...import("./dom.js").Child} value
 */
function fact(name, ...value) {
  return element("div", {}, element("dt", {}, name), element("dd", {}, ...value));
}

/**
 * @param {string} text
 * @param {string} name What is copied, for those who do not see where the button stands.
 */
function copyButton(text, name) {
  // Pages of plain HTTP have no clipboard.
  if (!navigator.clipboard) return null;
  const button = element(
    "button",
    { className: "quiet", type: "button", "aria-label": `Copy ${name}` },
    "Copy",
  );
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  });
  return button;
}
