/** One job that stays right while it is watched, until it has ended. */

import type { SubscriptionClient } from "./client.ts";
import { Live, type LiveStatus, NOT_YET } from "./live.ts";
import type { JobChange, LiveEventFields, LiveJobFields } from "./messages.ts";
import { RefusedError } from "./refused.ts";
import { Cell, type Store } from "./store.ts";

export interface LiveJobView<Job> extends LiveStatus {
  /** Null until it was read. */
  readonly job: Job | null;
}

export interface LiveJobOptions<Job extends LiveJobFields, Event = LiveEventFields> {
  readonly client: SubscriptionClient;
  /**
   * Read the job past every cache; null: there is none.
   *
   * For what it may throw see `LiveJobsOptions.read`.
   */
  readonly read: (
    signal: AbortSignal,
  ) => Promise<{ readonly job: Job; readonly asOf: string } | null>;
  /** A subscription to jobUpdates of this job, with a variable `$after`. */
  readonly query: string;
  /** All of its variables but `after`. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Told of every event, in order, for example to show a history. */
  readonly onChange?: (change: JobChange<Job, Event>) => void;
}

/** It reads and follows from its first subscriber to its last. */
export class LiveJob<Job extends LiveJobFields, Event = LiveEventFields>
  implements Store<LiveJobView<Job>>
{
  readonly #live: Live<{ readonly job: Job; readonly asOf: string }, Job, Event>;
  readonly #view: Cell<LiveJobView<Job>>;

  constructor(options: LiveJobOptions<Job, Event>) {
    const { client, query, variables } = options;
    this.#live = new Live({
      client,
      query,
      variables,
      read: async (signal) => {
        const read = await options.read(signal);
        if (read === null) throw new RefusedError("There is no such job.", "NOT_FOUND");
        return read;
      },
      onRead: ({ job }) => this.put(job),
      onChange: (change) => {
        this.put(change.job);
        options.onChange?.(change);
      },
      onStatus: (status) => this.#view.set(status),
    });
    this.#view = new Cell<LiveJobView<Job>>(
      { ...NOT_YET, job: null },
      { onFirst: () => this.#live.start(), onLast: () => this.#live.stop() },
    );
  }

  get subscribe(): Store<LiveJobView<Job>>["subscribe"] {
    return this.#view.subscribe;
  }

  get getSnapshot(): Store<LiveJobView<Job>>["getSnapshot"] {
    return this.#view.getSnapshot;
  }

  /** Read the job anew, for example with another token, or when it was tried again. */
  restart(): void {
    this.#live.restart();
  }

  /** Show the answer to an own write at once, unless something newer is shown. */
  put(job: Job): void {
    const known = this.getSnapshot().job;
    if (known === null || known.version < job.version) this.#view.set({ job });
  }
}
