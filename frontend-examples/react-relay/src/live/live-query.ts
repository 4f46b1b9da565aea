/** Read, follow from there, and read again when that is the only way to be right. */

import { type LiveStatus, RefusedError, type StreamState } from "jobwire-live";
import type { Disposable, Observable } from "relay-runtime";
import { ResetError } from "../relay/follow-stream.ts";

const SHORTEST_WAIT = 500;
const LONGEST_WAIT = 30_000;

/** What is told of a stream. */
export interface StreamListener {
  readonly onState: (state: StreamState) => void;
  readonly onError: (error: Error) => void;
  readonly onCompleted: () => void;
  /** It is better read anew. */
  readonly onOutgrown: () => void;
}

export interface LiveQueryOptions<Read> {
  /** Read into the store. */
  readonly read: () => Observable<Read>;
  /** Follow into the store from where the read stands. */
  readonly follow: (read: Read, listener: StreamListener) => Disposable;
  /** The store may know more than the server does by now. */
  readonly onReset: () => void;
}

export class LiveQuery<Read> {
  readonly #options: LiveQueryOptions<Read>;
  readonly #listeners = new Set<() => void>();
  #status: LiveStatus = { state: "loading", error: null, liveUntil: null };
  #leave: () => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** How often it failed since it was last live. */
  #losses = 0;

  constructor(options: LiveQueryOptions<Read>) {
    this.#options = options;
  }

  /** Read and follow from the first listener to the last. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    };
  };

  readonly getSnapshot = (): LiveStatus => this.#status;

  /** Read again now, for example because somebody does not want to wait. */
  readonly restart = (): void => {
    this.#quit();
    const { state } = this.#status;
    if (state === "refused" || state === "ended") this.#lose(null);
    const reading = this.#options.read().subscribe({
      next: (read) => this.#follow(read),
      error: (error: Error) => this.#fail(error),
    });
    // What is read at once is followed already.
    if (!reading.closed) this.#leave = () => reading.unsubscribe();
  };

  #start(): void {
    addEventListener("online", this.#wakeUp);
    document.addEventListener("visibilitychange", this.#wakeUp);
    this.restart();
  }

  #stop(): void {
    removeEventListener("online", this.#wakeUp);
    document.removeEventListener("visibilitychange", this.#wakeUp);
    this.#quit();
    if (this.#status.state !== "ended") this.#lose(null);
  }

  /** Read at once what is waited for, now that the page is back. */
  readonly #wakeUp = (): void => {
    if (this.#timer !== undefined && document.visibilityState === "visible")
      this.restart();
  };

  #follow(read: Read): void {
    const stream = this.#options.follow(read, {
      onState: (state) => {
        if (state !== "live") {
          this.#lose(this.#status.error);
          return;
        }
        this.#losses = 0;
        this.#enter({ state: "live", error: null, liveUntil: null });
      },
      onError: (error) => this.#fail(error),
      onCompleted: () => this.#enter({ state: "ended", error: null, liveUntil: null }),
      onOutgrown: this.restart,
    });
    this.#leave = () => stream.dispose();
  }

  #fail(error: Error): void {
    if (error instanceof RefusedError) {
      this.#enter({ state: "refused", error, liveUntil: this.#rightUntil });
      return;
    }
    if (error instanceof ResetError) this.#options.onReset();
    this.#lose(error);
    const longest = Math.min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** this.#losses);
    this.#losses += 1;
    this.#timer = setTimeout(this.restart, longest * (0.5 + Math.random() / 2));
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

  #quit(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#leave();
    this.#leave = () => {};
  }

  #enter(status: LiveStatus): void {
    this.#status = status;
    for (const listener of [...this.#listeners]) listener();
  }
}
