/** The messages of a stream, as a subscription must select them. */

/** What must be selected of a job; all else is the caller's. */
export interface LiveJobFields {
  readonly id: string;
  readonly version: number;
}

/** What must be selected of an event; all else is the caller's. */
export interface LiveEventFields {
  readonly jobVersion: number;
}

export interface JobSnapshot<Job> {
  readonly __typename: "JobSnapshot";
  readonly cursor: string;
  readonly job: Job;
}

/** One event, and the job as it was read with it; it may be newer than the event. */
export interface JobChange<Job, Event = LiveEventFields> {
  readonly __typename: "JobChange";
  readonly cursor: string;
  readonly leftFilter: boolean;
  readonly event: Event;
  readonly job: Job;
}

export interface StreamCaughtUp {
  readonly __typename: "StreamCaughtUp";
  readonly cursor: string;
}

export interface StreamReset {
  readonly __typename: "StreamReset";
  readonly cursor: string;
  readonly reason: string;
}

export interface StreamClosing {
  readonly __typename: "StreamClosing";
  readonly cursor: string;
  readonly reconnectAfter: string;
}

export type StreamMessage<Job, Event = LiveEventFields> =
  | JobSnapshot<Job>
  | JobChange<Job, Event>
  | StreamCaughtUp
  | StreamReset
  | StreamClosing;

/**
 * Take the message out of a result, whatever the field is named.
 *
 * @throws {TypeError} The document selects too little; the message says what to add.
 */
export function messageOf<Job, Event>(data: unknown): StreamMessage<Job, Event> {
  const [message] = Object.values(data ?? {}) as Partial<StreamMessage<Job, Event>>[];
  const type = message?.__typename;
  if (message === undefined || type === undefined) {
    throw new TypeError(
      "The subscription must select jobUpdates or jobListUpdates with __typename.",
    );
  }
  const needed = NEEDED[type] ?? ["cursor"];
  for (const name of needed) {
    if (!(name in message)) {
      throw new TypeError(`The subscription must select ${name} of ${type}.`);
    }
  }
  return message as StreamMessage<Job, Event>;
}

const NEEDED: Record<StreamMessage<unknown>["__typename"], readonly string[]> = {
  JobSnapshot: ["cursor", "job"],
  JobChange: ["cursor", "leftFilter", "event", "job"],
  StreamCaughtUp: ["cursor"],
  StreamReset: ["cursor", "reason"],
  StreamClosing: ["cursor", "reconnectAfter"],
};
