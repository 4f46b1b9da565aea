/** The messages of a stream, as a subscription must select them. */

/** What must be selected of a job; all else is the caller's. */
export interface LiveJobFields {
  readonly id: string;
  readonly version: number;
}

export interface JobSnapshot<Job> {
  readonly __typename: "JobSnapshot";
  readonly cursor: string;
  readonly job: Job;
}

/** One event, and the job as it was read with it; it may be newer than the event. */
export interface JobChange<Job> {
  readonly __typename: "JobChange";
  readonly cursor: string;
  readonly leftFilter: boolean;
  readonly event: { readonly jobVersion: number };
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

export type StreamMessage<Job> =
  | JobSnapshot<Job>
  | JobChange<Job>
  | StreamCaughtUp
  | StreamReset
  | StreamClosing;

/**
 * Take the message out of a result, whatever the field is named.
 *
 * @throws {TypeError} The document selects too little; the message says what to add.
 */
export function messageOf<Job>(data: unknown): StreamMessage<Job> {
  const [message] = Object.values(data ?? {}) as Partial<StreamMessage<Job>>[];
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
  return message as StreamMessage<Job>;
}

const NEEDED: Record<StreamMessage<unknown>["__typename"], readonly string[]> = {
  JobSnapshot: ["cursor", "job"],
  JobChange: ["cursor", "leftFilter", "event", "job"],
  StreamCaughtUp: ["cursor"],
  StreamReset: ["cursor", "reason"],
  StreamClosing: ["cursor", "reconnectAfter"],
};
