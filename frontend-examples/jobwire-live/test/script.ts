/** A subscription client that does what a test says, and notes what it was asked. */

import type { Operation, Result, Sink, SubscriptionClient } from "../src/client.ts";

export class Script implements SubscriptionClient {
  /** The variables of each operation, as they were when it began. */
  readonly asked: Record<string, unknown>[] = [];
  #sink: Sink | null = null;

  subscribe(operation: Operation, sink: Sink): () => void {
    this.asked.push({ ...operation.variables });
    this.#sink = sink;
    return () => {
      if (this.#sink === sink) this.#sink = null;
    };
  }

  /** Whether an operation is running. */
  get isFollowed(): boolean {
    return this.#sink !== null;
  }

  get #current(): Sink {
    if (this.#sink === null) throw new Error("Nobody follows.");
    return this.#sink;
  }

  result(result: Result): void {
    this.#current.next(result);
  }

  caughtUp(cursor: string): void {
    this.#say({ __typename: "StreamCaughtUp", cursor });
  }

  change(cursor: string, id: string, version: number, leftFilter = false): void {
    this.#say({ ...changeOf(id, version, leftFilter), cursor });
  }

  reset(cursor: string): void {
    this.#say({ __typename: "StreamReset", cursor, reason: "The log began anew." });
  }

  closing(cursor: string, reconnectAfter: string): void {
    this.#say({ __typename: "StreamClosing", cursor, reconnectAfter });
  }

  error(error: unknown): void {
    this.#current.error(error);
  }

  complete(): void {
    this.#current.complete();
  }

  #say(message: object): void {
    this.result({ data: { updates: message } });
  }
}

export interface Job {
  readonly id: string;
  readonly version: number;
  readonly createdAt: string;
}

export function jobOf(id: string, version = 1): Job {
  return { id, version, createdAt: "2026-01-15T12:00:00.000Z" };
}

export function changeOf(id: string, version: number, leftFilter = false) {
  return {
    __typename: "JobChange" as const,
    cursor: "c",
    leftFilter,
    event: { jobVersion: version },
    job: jobOf(id, version),
  };
}
