/** One notification in the system view: what it tells, whom, and what became of it. */

import { element, fill, icon, setText } from "../../page/dom.js";
import { agoMark } from "./ago.js";
import { formatCount, formatTime } from "../format.js";
import { systemJobLink } from "./job-link.js";

/** @typedef {import("./documents.js").Notification} Notification */
/** @typedef {import("./state.js").Named<Notification>} NamedNotification */

/** @type {Record<string, string>} */
const SIGNS = { FAILED: "warning", PENDING: "clock", DELIVERED: "check" };

export class NotificationRow {
  /** @type {NamedNotification} */
  #notification;
  #shown = "";
  #title = element("p", { class: "notification-title" });
  #state = element("p", { class: "notification-state" });
  #error = element("p", { class: "notification-error" });

  /**
   * @param {NamedNotification} notification
   * @param {(notification: Notification) => void} onResend
   */
  constructor(notification, onResend) {
    this.#notification = notification;
    this.link = element("button", {
      type: "button",
      onclick: () => onResend(this.#notification),
    });
    this.node = element(
      "li",
      { class: "notification" },
      this.#title,
      this.#state,
      this.#error,
      this.link,
    );
  }

  /** @param {NamedNotification} notification */
  update(notification) {
    const key = JSON.stringify(notification);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#notification = notification;
    const { type, jobId, tag, target, status, error } = notification;
    this.node.dataset.state = status;
    fill(
      this.#title,
      element("strong", {}, type),
      systemJobLink(jobId, tag),
      element("span", { class: "muted" }, "to ", target),
    );
    fill(
      this.#state,
      icon(SIGNS[status] ?? "clock"),
      element(
        "span",
        {},
        `${describeDelivery(notification)} `,
        agoMark(notification.endedAt ?? notification.createdAt),
      ),
    );
    setText(this.#error, error ?? "");
    this.#error.hidden = error === null;
    const verb = status === "PENDING" ? "Send now" : "Send again";
    setText(this.link, verb);
    this.link.ariaLabel = `${verb}: ${type} of ${tag ?? "a deleted job"}`;
    this.link.hidden = status === "DELIVERED";
  }

  tick() {}
}

/**
 * Say what became of a notification.
 *
 * @param {{status: string, attemptCount: number, nextAttemptAt: string | null}} one
 */
export function describeDelivery({ status, attemptCount, nextAttemptAt }) {
  const attempts = formatCount(attemptCount, "attempt");
  switch (status) {
    case "FAILED":
      return `Given up after ${attempts},`;
    case "DELIVERED":
      return attemptCount > 1 ? `Delivered after ${attempts},` : "Delivered";
    case "PENDING": {
      if (attemptCount === 0 || nextAttemptAt === null) return "To be sent, made";
      return `Not taken in ${attempts}, sent again at ${formatTime(nextAttemptAt)}, made`;
    }
    default:
      return `${status},`;
  }
}
