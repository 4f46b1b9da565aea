/** Read, follow from there, and read again when that is the only way to be right. */

import { Backoff } from "./backoff.ts";
import type { SubscriptionClient } from "./client.ts";
import { lossByError } from "./losses.ts";
import type { JobChange, LiveEventFields } from "./messages.ts";
import type { RefusedError } from "./refused.ts";
import { JobStream } from "./stream.ts";
import { onWakeUp } from "./wake-up.ts";

/**
 * How right a view is: "loading" has nothing to show yet, "live" shows all up to now,
 * "stale" comes back by itself, "refused" waits for `restart`, "ended" changes no more.
 */
export type LiveState = "loading" | "live" | "stale" | "refused" | "ended";

export interface LiveStatus {
  readonly state: LiveState;
  /** Why it is not live; null: nothing is known to be wrong. */
  readonly error: Error | null;
  /** Until when it was right, in ms since 1970; null: never, or it still is. */
  readonly liveUntil: number | null;
}

export const NOT_YET: LiveStatus = { state: "loading", error: null, liveUntil: null };

/** What a view that is followed is told to do, and tells. */
export interface LiveOptions<Read extends { readonly asOf: string }, Job, Event> {
  readonly client: SubscriptionClient;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly read: (signal: AbortSignal) => Promise<Read>;
  readonly onRead: (read: Read) => void;
  readonly onChange: (change: JobChange<Job, Event>) => void;
  readonly onStatus: (status: LiveStatus) => void;
}

export class Live<
  Read extends { readonly asOf: string },
  Job,
  Event = LiveEventFields,
> {
  readonly #options: LiveOptions<Read, Job, Event>;
  readonly #backoff = new Backoff();
  #status = NOT_YET;
  #reading: AbortController | null = null;
  #stream: JobStream<Job, Event> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #forget: () => void = () => {};
  /** Whether all up to now was told since it was last read. */
  #wasLive = false;

  constructor(options: LiveOptions<Read, Job, Event>) {
    this.#options = options;
  }

  start(): void {
    this.#forget = onWakeUp(() => {
      if (this.#timer !== undefined) this.restart();
    });
    this.restart();
  }

  stop(): void {
    this.#forget();
    this.#leave();
    if (this.#status.state !== "ended") this.#lose(null);
  }

  /** Read again now, whatever goes on. */
  restart(): void {
    this.#leave();
    const { state } = this.#status;
    if (state === "refused" || state === "ended") this.#lose(null);
    const reading = new AbortController();
    this.#reading = reading;
    const read = async () => this.#options.read(reading.signal);
    read().then(
      (read) => {
        if (reading.signal.aborted) return;
        this.#wasLive = false;
        this.#options.onRead(read);
        this.#follow(read.asOf);
      },
      (error: unknown) => {
        if (!reading.signal.aborted) this.#fail(error);
      },
    );
  }

  #follow(after: string): void {
    const { client, query, variables, onChange } = this.#options;
    this.#stream = new JobStream<Job, Event>({
      client,
      query,
      ...(variables && { variables }),
      after,
      onChange,
      onState: (state) => {
        if (state !== "live") {
          this.#lose(this.#status.error);
          return;
        }
        this.#wasLive = true;
        this.#backoff.succeeded();
        this.#enter({ state: "live", error: null, liveUntil: null });
      },
      onReset: (reason) => {
        if (this.#wasLive) this.restart();
        // Where each read is answered by a reset, reading at once would never end.
        else this.#retry(new Error(reason));
      },
      onRefused: (error) => this.#refuse(error),
      onEnd: () => this.#enter({ state: "ended", error: null, liveUntil: null }),
    });
  }

  #fail(error: unknown): void {
    const loss = lossByError(error);
    if (loss.kind !== "lost") {
      this.#refuse(loss.error);
      return;
    }
    const why = error instanceof Error ? error : new Error(String(error));
    this.#retry(loss.error ?? why, loss.after);
  }

  #retry(error: Error, after = 0): void {
    this.#lose(error);
    const wait = Math.max(after, this.#backoff.failed());
    this.#timer = setTimeout(() => this.restart(), wait);
  }

  #refuse(error: RefusedError): void {
    this.#enter({ state: "refused", error, liveUntil: this.#rightUntil });
  }

  /** Be no longer live, or not yet. */
  #lose(error: Error | null): void {
    const liveUntil = this.#rightUntil;
    this.#enter({ state: liveUntil === null ? "loading" : "stale", error, liveUntil });
  }

  get #rightUntil(): number | null {
    const { state, liveUntil } = this.#status;
    return state === "live" || state === "ended" ? Date.now() : liveUntil;
  }

  #leave(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#reading?.abort();
    this.#stream?.stop();
    this.#stream = null;
  }

  #enter(status: LiveStatus): void {
    this.#status = status;
    this.#options.onStatus(status);
  }
}
