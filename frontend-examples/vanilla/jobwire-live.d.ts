// Made from frontend-examples/jobwire-live/src by `npm run bundle` there; change it there.

/** What carries subscriptions: the clients of graphql-ws and of graphql-sse do, and ours. */
/** An operation as it goes over the wire. */
interface Operation {
  query: string;
  variables?: Record<string, unknown>;
}
interface GraphQLError {
  readonly message: string;
  readonly extensions?: {
    readonly [name: string]: unknown;
  };
}
interface Result {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLError[];
}
interface Sink {
  next(result: Result): void;
  /** The operation ended: refused with `GraphQLError[]`, or by a loss of the connection. */
  error(error: unknown): void;
  complete(): void;
}
interface SubscriptionClient {
  /** Start an operation, and return what stops it. */
  subscribe(operation: Operation, sink: Sink): () => void;
}

/** The messages of a stream, as a subscription must select them. */
/** What must be selected of a job; all else is the caller's. */
interface LiveJobFields {
  readonly id: string;
  readonly version: number;
}
/** What must be selected of an event; all else is the caller's. */
interface LiveEventFields {
  readonly jobVersion: number;
}
interface JobSnapshot<Job> {
  readonly __typename: "JobSnapshot";
  readonly cursor: string;
  readonly job: Job;
}
/** One event, and the job as it was read with it; it may be newer than the event. */
interface JobChange<Job, Event = LiveEventFields> {
  readonly __typename: "JobChange";
  readonly cursor: string;
  readonly leftFilter: boolean;
  readonly event: Event;
  readonly job: Job;
}
interface StreamCaughtUp {
  readonly __typename: "StreamCaughtUp";
  readonly cursor: string;
}
interface StreamReset {
  readonly __typename: "StreamReset";
  readonly cursor: string;
  readonly reason: string;
}
interface StreamClosing {
  readonly __typename: "StreamClosing";
  readonly cursor: string;
  readonly reconnectAfter: string;
}
type StreamMessage<Job, Event = LiveEventFields> =
  | JobSnapshot<Job>
  | JobChange<Job, Event>
  | StreamCaughtUp
  | StreamReset
  | StreamClosing;

/** The jobs of a list, newest first, kept right by pages, changes and own writes. */

/** What must be selected of a job in a list; all else is the caller's. */
interface ListedJobFields extends LiveJobFields {
  readonly createdAt: string;
}
/** A page of `jobs`, as a read must select it. */
interface JobPage<Job> {
  /** Where the read stands in the log. */
  readonly asOf: string;
  readonly nodes: readonly Job[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly endCursor?: string | null | undefined;
  };
}
/** What the next page begins with, as arguments of `jobs`. */
interface PageStart {
  readonly after: string | null;
  /** To be put into the filter, as `createdAt: { until }`; null: nothing. */
  readonly createdUntil: string | null;
}
declare class JobList<Job extends ListedJobFields> {
  #private;
  /**
   * @param capacity How many jobs are kept at most, unless more were asked for; older
   *   ones can be read again.
   */
  constructor(capacity: number);
  /** The same array until a job changes. Ids begin with the time of their creation. */
  get jobs(): readonly Job[];
  /** Whether there are older jobs than these. */
  get hasMore(): boolean;
  get nextPage(): PageStart;
  /** Begin anew with the first page. */
  reset(page: JobPage<Job>): void;
  /**
   * Add the next page once it is read, as its jobs are by then.
   *
   * @returns Whether it was added; it is not to a list that began anew meanwhile.
   */
  extend(reading: Promise<JobPage<Job>>): Promise<boolean>;
  /** Take in what the stream tells. */
  apply(change: JobChange<Job>): void;
  /**
   * Take in the answer to an own write, which may be older than what the stream told.
   *
   * @param belongs Whether the job, as it is now, matches the filter of the list.
   */
  put(job: Job, belongs: boolean): void;
}

/** Read, follow from there, and read again when that is the only way to be right. */

/**
 * How right a view is: "loading" has nothing to show yet, "live" shows all up to now,
 * "stale" comes back by itself, "refused" waits for `restart`, "ended" changes no more.
 */
type LiveState = "loading" | "live" | "stale" | "refused" | "ended";
interface LiveStatus {
  readonly state: LiveState;
  /** Why it is not live; null: nothing is known to be wrong. */
  readonly error: Error | null;
  /** Until when it was right, in ms since 1970; null: never, or it still is. */
  readonly liveUntil: number | null;
}

/** A value that is replaced, never changed, and those who want to know when. */
/** What React's `useSyncExternalStore` takes, and adapters of other libraries need. */
interface Store<Value> {
  /** Call back after each change, until what is returned is called. */
  readonly subscribe: (listener: () => void) => () => void;
  /** The value as it stands; the same object until it changes. */
  readonly getSnapshot: () => Value;
}

/** One job that stays right while it is watched, until it has ended. */

interface LiveJobView<Job> extends LiveStatus {
  /** Null until it was read. */
  readonly job: Job | null;
}
interface LiveJobOptions<Job extends LiveJobFields, Event = LiveEventFields> {
  readonly client: SubscriptionClient;
  /**
   * Read the job past every cache; null: there is none.
   *
   * For what it may throw see `LiveJobsOptions.read`.
   */
  readonly read: (signal: AbortSignal) => Promise<{
    readonly job: Job;
    readonly asOf: string;
  } | null>;
  /** A subscription to jobUpdates of this job, with a variable `$after`. */
  readonly query: string;
  /** All of its variables but `after`. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Told of every event, in order, for example to show a history. */
  readonly onChange?: (change: JobChange<Job, Event>) => void;
}
/** It reads and follows from its first subscriber to its last. */
declare class LiveJob<Job extends LiveJobFields, Event = LiveEventFields>
  implements Store<LiveJobView<Job>>
{
  #private;
  constructor(options: LiveJobOptions<Job, Event>);
  get subscribe(): Store<LiveJobView<Job>>["subscribe"];
  get getSnapshot(): Store<LiveJobView<Job>>["getSnapshot"];
  /** Read the job anew, for example with another token, or when it was tried again. */
  restart(): void;
  /** Show the answer to an own write at once, unless something newer is shown. */
  put(job: Job): void;
}

/** A list of jobs that stays right while it is watched. */

interface LiveJobsView<Job> extends LiveStatus {
  /** Newest first. */
  readonly jobs: readonly Job[];
  /** Whether `loadMore` finds older ones. */
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
}
interface LiveJobsOptions<Job extends ListedJobFields> {
  readonly client: SubscriptionClient;
  /**
   * Read a page of `jobs`, past every cache.
   *
   * What it throws is tried again, unless it tells a refusal: `RefusedError`, an error
   * with `graphQLErrors` or `errors`, or a `response` with a status.
   */
  readonly read: (
    page: PageStart & {
      readonly first: number;
    },
    signal: AbortSignal,
  ) => Promise<JobPage<Job>>;
  /** A subscription to jobListUpdates of the same filter, with a variable `$after`. */
  readonly query: string;
  /** All of its variables but `after`. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** How many jobs a page has, at most 100; 25 unless told. */
  readonly pageSize?: number;
  /** How many jobs are kept, unless more were asked for; 500 unless told. */
  readonly capacity?: number;
}
/** It reads and follows from its first subscriber to its last. */
declare class LiveJobs<Job extends ListedJobFields>
  implements Store<LiveJobsView<Job>>
{
  #private;
  constructor(options: LiveJobsOptions<Job>);
  get subscribe(): Store<LiveJobsView<Job>>["subscribe"];
  get getSnapshot(): Store<LiveJobsView<Job>>["getSnapshot"];
  /** Read the list anew, for example with another token. */
  restart(): void;
  /**
   * Read older jobs.
   *
   * @throws What `read` throws; the list stands as it stood.
   */
  loadMore(): Promise<void>;
  /**
   * Show the answer to an own write at once.
   *
   * @param belongs Whether the job, as it is now, matches the filter of the list.
   */
  put(job: Job, belongs?: boolean): void;
}

/** A refusal: trying the same again would be refused again. */

declare class RefusedError extends Error {
  readonly name = "RefusedError";
  /** `extensions.code` of the refusal, such as NOT_FOUND; null when there was none. */
  readonly code: string | null;
  constructor(message: string, code: string | null);
  static of(errors: readonly GraphQLError[]): RefusedError;
}

/** Subscriptions as Server-Sent Events over `fetch`, for those who want no other client. */

interface SseOptions {
  readonly url: string | URL;
  /** Asked for with each connection, so that a new token is used. */
  readonly headers?: () => Record<string, string> | Promise<Record<string, string>>;
  readonly fetch?: typeof fetch;
}
/**
 * Make a client that opens one event stream for each subscription.
 *
 * It does not connect again by itself: that is what `JobStream` is for.
 */
declare function createSseClient(options: SseOptions): SubscriptionClient;

/** A stream that goes on from its cursor, over as many connections as it takes. */

/** "connecting" until all up to now was told, "waiting" until it is tried again. */
type StreamState = "connecting" | "live" | "waiting";
interface StreamOptions<Job, Event = LiveEventFields> {
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
declare class JobStream<Job, Event = LiveEventFields> {
  #private;
  constructor(options: StreamOptions<Job, Event>);
  /** The cursor of the last message. */
  get cursor(): string | null;
  /** Connect now if that is waited for. */
  retry(): void;
  stop(): void;
}

export { JobList, JobStream, LiveJob, LiveJobs, RefusedError, createSseClient };
export type {
  GraphQLError,
  JobChange,
  JobPage,
  JobSnapshot,
  ListedJobFields,
  LiveEventFields,
  LiveJobFields,
  LiveJobOptions,
  LiveJobView,
  LiveJobsOptions,
  LiveJobsView,
  LiveState,
  LiveStatus,
  Operation,
  PageStart,
  Result,
  Sink,
  SseOptions,
  Store,
  StreamCaughtUp,
  StreamClosing,
  StreamMessage,
  StreamOptions,
  StreamReset,
  StreamState,
  SubscriptionClient,
};
