/** The notifications of the system view: only when there are any. */

import { find } from "../../page/dom.js";
import { NotificationRow } from "./notification-row.js";
import { Rows } from "../rows.js";

/** @typedef {import("./documents.js").Notification} Notification */
/** @typedef {import("./state.js").Named<Notification>} NamedNotification */
/** @typedef {import("./state.js").Notifications} Notifications */

export class NotificationsSection {
  #node = find("notifications", HTMLElement);
  #moreFailed = find("more-failed", HTMLElement);
  #rows;

  /**
   * @param {import("./actions.js").SystemActions} actions
   * @param {(sent: Notification) => void} onSent One as the server answered it.
   */
  constructor(actions, onSent) {
    const resend = async (/** @type {Notification} */ notification) => {
      const sent = await actions.resend(notification);
      if (sent) onSent(sent);
    };
    this.#rows = new Rows(
      find("notification-list", HTMLElement),
      (/** @type {NamedNotification} */ one) => new NotificationRow(one, resend),
    );
  }

  /**
   * @param {Notifications | null} notifications Null: not the reader's to see.
   * @param {number} now In ms since 1970.
   */
  show(notifications, now) {
    const all = notifications?.all ?? [];
    this.#rows.draw(all, now);
    this.#node.hidden = all.length === 0;
    this.#moreFailed.hidden = !notifications?.hasMoreFailed;
  }
}
