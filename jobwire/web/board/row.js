/** One job in the list: built once, then only what changed is touched. */

import { element, icon, setText } from "../page/dom.js";
import { attentionMark, updateAttentionMark } from "./attention.js";
import { executorMark } from "./executor.js";
import { formatAge, formatMoment } from "./format.js";
import {
  describeProgress,
  hasLiveCode,
  isCancelPending,
  statusBadge,
  updateStatusBadge,
} from "./status.js";

/** @typedef {import("./documents.js").Job} Job */
/** @typedef {{cancel: (job: Job) => void, force: (job: Job) => void,
 *   retry: (job: Job) => void}} JobActions */

export class JobRow {
  /** @type {Job} */
  #job;
  #isDrawn = false;

  /**
   * @param {Job} job
   * @param {JobActions} actions
   * @param {(user: string) => void} onUser Show the jobs of a user.
   */
  constructor(job, actions, onUser) {
    this.#job = job;
    this.badge = statusBadge(job.status);
    this.link = element("a", { class: "job-tag", href: `#${job.id}` }, job.tag);
    this.user = element(
      "button",
      { type: "button", class: "quiet job-user", onclick: () => onUser(job.userId) },
      element("span", { class: "visually-hidden" }, "All jobs of "),
      job.userId,
    );
    this.bar = element("progress", { max: 1, hidden: true, "aria-hidden": "true" });
    this.note = element("span", { class: "job-note" });
    this.attention = attentionMark();
    this.attempt = element("span", { class: "job-attempt" });
    this.age = element("time", {
      class: "job-age",
      dateTime: job.createdAt,
      title: `Created ${formatMoment(job.createdAt)}`,
    });
    this.cancel = actionButton("stop", () => actions.cancel(this.#job));
    this.retry = actionButton("again", () => actions.retry(this.#job));
    this.node = element(
      "li",
      { class: "job", "data-job-id": job.id },
      this.badge,
      element("span", { class: "job-subject" }, this.link, this.user),
      element("span", { class: "job-type" }, job.type),
      executorMark(job.executor),
      element("span", { class: "job-progress" }, this.attention, this.bar, this.note),
      this.attempt,
      this.age,
      element("span", { class: "job-actions" }, this.cancel, this.retry),
    );
    this.node.addEventListener("animationend", () =>
      this.node.classList.remove("is-changed"),
    );
  }

  /**
   * Show a job.
   *
   * @param {Job} job
   * @param {number} now In ms since 1970.
   */
  update(job, now) {
    if (this.#isDrawn && job === this.#job) return;
    if (job.status !== this.#job.status) this.node.classList.add("is-changed");
    this.#isDrawn = true;
    this.#job = job;
    this.node.dataset.status = job.status;
    updateStatusBadge(this.badge, job.status);
    showProgress(this.bar, job);
    updateAttentionMark(this.attention, job);
    const { attemptCount, retryConfig } = job;
    setText(this.attempt, `${attemptCount}/${retryConfig.maxAttempts}`);
    this.attempt.title = `Attempt ${attemptCount} of ${retryConfig.maxAttempts}`;
    this.#offer(this.cancel, job.isCancelable, `Cancel ${job.tag}`);
    this.#offer(this.retry, job.isRetryable, `Retry ${job.tag}`);
    this.tick(now);
  }

  /**
   * Let time pass.
   *
   * @param {number} now In ms since 1970.
   */
  tick(now) {
    const note = describeProgress(this.#job, now);
    setText(this.note, note);
    this.note.title = note;
    setText(this.age, formatAge(now - Date.parse(this.#job.createdAt)));
  }

  /**
   * Show or hide a button; focus that would be lost goes to the job itself.
   *
   * @param {HTMLButtonElement} button
   * @param {boolean} isOffered
   * @param {string} label
   */
  #offer(button, isOffered, label) {
    button.setAttribute("aria-label", label);
    button.title = label;
    if (!isOffered && document.activeElement === button) this.link.focus();
    button.disabled = !isOffered;
  }
}

/**
 * Show how far a job is: a filled bar, a moving one while it tells nothing, or none.
 * That of a parked run stands still, and there is none while nothing was told.
 *
 * @param {HTMLProgressElement} bar
 * @param {Job} job
 */
export function showProgress(bar, job) {
  const fraction = job.progress?.fraction ?? null;
  const isParked = job.status === "WAITING";
  bar.hidden = !hasLiveCode(job) || (isParked && fraction === null);
  if (bar.hidden) return;
  bar.classList.toggle("is-stopping", isCancelPending(job));
  bar.classList.toggle("is-parked", isParked);
  if (fraction === null) bar.removeAttribute("value");
  else bar.value = fraction;
}

/**
 * @param {string} iconName
 * @param {() => void} onClick
 */
function actionButton(iconName, onClick) {
  return element(
    "button",
    { type: "button", class: "quiet icon-only", onclick: onClick, disabled: true },
    icon(iconName),
  );
}
