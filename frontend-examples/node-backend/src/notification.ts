/** What Jobwire posts, once its signature was found right. */

import { type Webhook, WebhookVerificationError } from "standardwebhooks";
import type { Report } from "./reports.ts";

export interface Notification {
  /** The same for each time that the message comes. */
  readonly id: string;
  readonly job: Report;
}

interface Message {
  readonly data: { readonly job: Report };
}

/**
 * @returns Null when the signature is wrong or too old.
 */
export function verified(
  body: string,
  headers: Record<string, string>,
  webhook: Webhook,
): Notification | null {
  try {
    const message = webhook.verify(body, headers);
    const id = headers["webhook-id"];
    return isMessage(message) && id ? { id, job: message.data.job } : null;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return null;
    throw error;
  }
}

/** Who has signed it is believed in all else. */
function isMessage(message: unknown): message is Message {
  return typeof message === "object" && message !== null && "data" in message;
}
