/** A stream that goes on from its cursor, over as many connections as it takes. */

import { Backoff } from "./backoff.ts";
import type { Result, SubscriptionClient } from "./client.ts";
import { milliseconds } from "./duration.ts";
import { type Loss, lossByError, lossByErrors } from "./losses.ts";
import {
  type JobChange,
  type JobSnapshot,
  type LiveEventFields,
  messageOf,
  type StreamMessage,
} from "./messages.ts";
import { RefusedError } from "./refused.ts";
import { onWakeUp } from "./wake-up.ts";

/** "connecting" until all up to now was told, "waiting" until it is tried again. */
export type StreamState = "connecting" | "live" | "waiting";

export interface StreamOptions<Job, Event = LiveEventFields> {
  readonly client: SubscriptionClient;
  /** A subscription to jobUpdates or jobListUpdates with a variable `$after`. */
  readonly query: string;
  /** All variables but `after`. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Where to begin, the `asOf` of a read; null: now. */
  readonly after: string | null;
  readonly onChange: (change: JobChange<Job, Event>) => void;
  readonly onSnapshot?: (snapshot: JobSnapshot<Job>) => void;
  readonly onState?: (state: StreamState) => void;
  /** The stream has stopped: changes were missed, read again. */
  readonly onReset: (reason: string) => void;
  /** The stream has stopped: it was refused, and would be again. */
  readonly onRefused: (error: RefusedError) => void;
  /** The stream has stopped: all is told, for example because the job has ended. */
  readonly onEnd?: () => void;
}

/**
 * Follow a stream until it is stopped, ends, is reset or refused.
 *
 * Nothing is told twice or left out, whatever happens to connections and servers. No
 * option is called once `stop` has been.
 */
export class JobStream<Job, Event = LiveEventFields> {
  readonly #options: StreamOptions<Job, Event>;
  readonly #backoff = new Backoff();
  readonly #variables: Record<string, unknown>;
  #state: StreamState | null = null;
  /** Rises with each connection: what an older one still says is not heard. */
  #connection = 0;
  #leave: () => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the server took the token since it last refused one. */
  #isAuthenticated = true;
  readonly #forget: () => void;

  constructor(options: StreamOptions<Job, Event>) {
    this.#options = options;
    // Clients that connect again by themselves send this object as it is by then.
    this.#variables = { ...options.variables, after: options.after };
    this.#forget = onWakeUp(() => this.retry());
    this.#connect();
  }

  /** The cursor of the last message. */
  get cursor(): string | null {
    return this.#variables.after as string | null;
  }

  /** Connect now if that is waited for. */
  retry(): void {
    if (this.#state === "waiting") this.#connect();
  }

  stop(): void {
    this.#connection += 1;
    clearTimeout(this.#timer);
    this.#forget();
    this.#leave();
    this.#leave = () => {};
  }

  #connect(): void {
    clearTimeout(this.#timer);
    this.#connection += 1;
    const connection = this.#connection;
    const heard =
      <Said extends unknown[]>(hear: (...said: Said) => void) =>
      (...said: Said) => {
        if (connection === this.#connection) hear(...said);
      };
    this.#enter("connecting");
    const leave = this.#options.client.subscribe(
      { query: this.#options.query, variables: this.#variables },
      {
        next: heard((result: Result) => this.#receive(result)),
        error: heard((error: unknown) => this.#lose(lossByError(error))),
        complete: heard(() => this.#end(() => this.#options.onEnd?.())),
      },
    );
    // It may have ended before it was told how to leave it.
    if (connection === this.#connection) this.#leave = leave;
    else leave();
  }

  #receive({ data, errors }: Result): void {
    if (errors?.length && !data) {
      this.#lose(lossByErrors(errors));
      return;
    }
    let message: StreamMessage<Job, Event>;
    try {
      message = messageOf<Job, Event>(data);
    } catch (error) {
      this.#end(() => this.#options.onRefused(new RefusedError(String(error), null)));
      return;
    }
    this.#isAuthenticated = true;
    this.#variables.after = message.cursor;
    switch (message.__typename) {
      case "JobSnapshot":
        this.#options.onSnapshot?.(message);
        break;
      case "JobChange":
        this.#options.onChange(message);
        break;
      case "StreamCaughtUp":
        this.#backoff.succeeded();
        this.#enter("live");
        break;
      case "StreamReset": {
        const { reason } = message;
        this.#end(() => this.#options.onReset(reason));
        break;
      }
      case "StreamClosing":
        this.#wait(milliseconds(message.reconnectAfter));
        break;
    }
  }

  #lose(loss: Loss): void {
    switch (loss.kind) {
      case "expired":
        this.#end(() => this.#options.onReset(loss.error.message));
        break;
      case "refused":
        this.#end(() => this.#options.onRefused(loss.error));
        break;
      case "unauthenticated":
        // A token ends; the next connection asks for another one, and that must do.
        if (this.#isAuthenticated) {
          this.#isAuthenticated = false;
          this.#wait(this.#backoff.failed());
        } else {
          this.#end(() => this.#options.onRefused(loss.error));
        }
        break;
      case "lost":
        this.#wait(Math.max(loss.after, this.#backoff.failed()));
        break;
    }
  }

  #wait(delay: number): void {
    this.#connection += 1;
    this.#leave();
    this.#leave = () => {};
    this.#timer = setTimeout(() => this.#connect(), delay);
    this.#enter("waiting");
  }

  #end(tell: () => void): void {
    this.stop();
    tell();
  }

  #enter(state: StreamState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState?.(state);
  }
}
