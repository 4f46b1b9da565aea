// Made from frontend-examples/jobwire-live/src by `npm run bundle` there; change it there.

/** The jobs of a list, newest first, kept right by pages, changes and own writes. */

/** How many departures are remembered: for answers that are seconds late, not hours. */
const MOST_DEPARTURES = 1000;

class JobList {
  #capacity;
  /** How many jobs the reader has asked for. */
  #asked = 0;
  /** The oldest job that was read, even if it has left; null: none was. */
  #oldest = null;
  #jobs = new Map();
  /** The version with which a job left, so that nothing older brings it back. */
  #departures = new Map();
  #sorted = null;
  /** What is told while a page is read, which may be older; null: none is. */
  #told = null;
  #endCursor = null;
  #hasMore = false;

  /**
   * @param capacity How many jobs are kept at most, unless more were asked for; older
   *   ones can be read again.
   */
  constructor(capacity) {
    this.#capacity = capacity;
  }

  /** The same array until a job changes. Ids begin with the time of their creation. */
  get jobs() {
    this.#sorted ??= [...this.#jobs.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
    return this.#sorted;
  }

  /** Whether there are older jobs than these. */
  get hasMore() {
    return this.#hasMore;
  }

  get nextPage() {
    const last = this.jobs.at(-1);
    if (this.#endCursor !== null || last === undefined) {
      return { after: this.#endCursor, createdUntil: null };
    }
    const until = new Date(Date.parse(last.createdAt) + 1);
    return { after: null, createdUntil: until.toISOString() };
  }

  /** Begin anew with the first page. */
  reset(page) {
    this.#jobs.clear();
    this.#departures.clear();
    this.#sorted = null;
    this.#told = null;
    this.#oldest = null;
    this.#append(page);
  }

  /**
   * Add the next page once it is read, as its jobs are by then.
   *
   * @returns Whether it was added; it is not to a list that began anew meanwhile.
   */
  async extend(reading) {
    const told = [];
    this.#told = told;
    try {
      const page = await reading;
      if (this.#told !== told) return false;
      this.#append(page);
    } finally {
      if (this.#told === told) this.#told = null;
    }
    for (const change of told) this.apply(change);
    return true;
  }

  /** Take in what the stream tells. */
  apply(change) {
    this.#told?.push(change);
    const { event, job, leftFilter } = change;
    if (leftFilter) {
      this.#remove(job.id, event.jobVersion);
    } else if (this.#jobs.has(job.id) || this.#reaches(job, event.jobVersion)) {
      this.#keep(job);
      this.#trim();
    }
  }

  /**
   * Take in the answer to an own write, which may be older than what the stream told.
   *
   * @param belongs Whether the job, as it is now, matches the filter of the list.
   */
  put(job, belongs) {
    const known = this.#jobs.get(job.id);
    if (belongs) {
      if (known !== undefined || this.#reaches(job, job.version)) this.#keep(job);
    } else if (known !== undefined && known.version < job.version) {
      this.#remove(job.id, job.version);
    }
  }

  #append(page) {
    for (const job of page.nodes) this.#keep(job);
    this.#hasMore = page.pageInfo.hasNextPage;
    this.#endCursor = page.pageInfo.endCursor ?? null;
    this.#asked = this.#jobs.size;
    this.#oldest = page.nodes.at(-1)?.id ?? this.#oldest;
  }

  /** Whether a job that is not in the list belongs among what is loaded. */
  #reaches(job, version) {
    if (version <= (this.#departures.get(job.id) ?? 0)) return false;
    return !this.#hasMore || this.#oldest === null || job.id >= this.#oldest;
  }

  #keep(job) {
    const known = this.#jobs.get(job.id);
    if (known !== undefined && known.version >= job.version) return;
    this.#jobs.set(job.id, job);
    this.#departures.delete(job.id);
    this.#sorted = null;
  }

  #remove(id, version) {
    this.#jobs.delete(id);
    this.#sorted = null;
    this.#departures.delete(id);
    this.#departures.set(id, version);
    const [oldest] = this.#departures.keys();
    if (this.#departures.size > MOST_DEPARTURES) this.#departures.delete(oldest ?? id);
  }

  #trim() {
    const kept = Math.max(this.#capacity, this.#asked);
    if (this.#jobs.size <= kept) return;
    for (const { id } of this.jobs.slice(kept)) this.#jobs.delete(id);
    this.#sorted = null;
    this.#oldest = this.jobs.at(-1)?.id ?? null;
    this.#hasMore = true;
    this.#endCursor = null;
  }
}

/** How long to wait before trying again: longer with each loss, and never in step. */

const SHORTEST = 500;
const LONGEST = 30_000;
/** What held for this long makes the next loss a first one. */
const STABLE_AFTER = 10_000;

class Backoff {
  #losses = 0;
  #liveSince = null;

  /** Everything works from now on, as far as is known. */
  succeeded() {
    this.#liveSince ??= Date.now();
  }

  /** Return how long to wait after a loss, in ms. */
  failed() {
    const since = this.#liveSince;
    if (since !== null && Date.now() - since >= STABLE_AFTER) this.#losses = 0;
    this.#liveSince = null;
    const longest = Math.min(LONGEST, SHORTEST * 2 ** this.#losses);
    this.#losses += 1;
    return longest * (0.5 + Math.random() / 2);
  }
}

/** ISO 8601 durations as Jobwire writes them: weeks, days, hours, minutes, seconds. */

const FORM =
  /^P(?:([\d.]+)W)?(?:([\d.]+)D)?(?:T(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$/;
const UNITS = [604_800_000, 86_400_000, 3_600_000, 60_000, 1_000];

/** Return a duration in milliseconds; 0 for what is none. */
function milliseconds(duration) {
  const parts = FORM.exec(duration)?.slice(1) ?? [];
  return parts.reduce((sum, part, at) => sum + Number(part ?? 0) * (UNITS[at] ?? 0), 0);
}

/** A refusal: trying the same again would be refused again. */

class RefusedError extends Error {
  name = "RefusedError";
  /** `extensions.code` of the refusal, such as NOT_FOUND; null when there was none. */
  code;

  constructor(message, code) {
    super(message);
    this.code = code;
  }

  static of(errors) {
    const [first] = errors;
    const code = first?.extensions?.code;
    return new RefusedError(
      first?.message ?? "The server refused it without a reason.",
      typeof code === "string" ? code : null,
    );
  }
}

/** What an error of a subscription client means: lost for now, or refused for good. */

/** Refusals that pass by themselves, beside those that say when to ask again. */
const PASSING = new Set(["INTERNAL_ERROR", "UNAVAILABLE"]);
/** Statuses of HTTP that pass by themselves, of those that say "your fault". */
const PASSING_STATUSES = new Set([408, 425, 429]);
/** Close codes of graphql-transport-ws that say "your fault". */
const FATAL_CODES = new Set([4004, 4005, 4400, 4406, 4409, 4429]);

/** Tell what errors of GraphQL mean. */
function lossByErrors(errors) {
  const error = RefusedError.of(errors);
  if (error.code === "INVALID_CURSOR") return { kind: "expired", error };
  if (error.code === "UNAUTHENTICATED") return { kind: "unauthenticated", error };
  const retryAfter = errors[0]?.extensions?.retryAfter;
  const after = typeof retryAfter === "string" ? milliseconds(retryAfter) : null;
  if (after !== null || (error.code !== null && PASSING.has(error.code))) {
    return { kind: "lost", after: after ?? 0, error: new Error(error.message) };
  }
  return { kind: "refused", error };
}

/**
 * Tell what the error of a client means.
 *
 * Known are `GraphQLError[]`, the CloseEvent of graphql-ws, errors with a `response` or a
 * `statusCode`, and those that carry the errors of GraphQL, as urql's and Apollo's do.
 */
function lossByError(thrown) {
  if (Array.isArray(thrown)) return lossByErrors(thrown);
  if (thrown instanceof RefusedError) return { kind: "refused", error: thrown };
  const error = thrown ?? {};
  const errors = error.graphQLErrors ?? error.errors;
  if (Array.isArray(errors) && errors.length > 0) {
    return lossByErrors(errors);
  }
  const { code, reason } = error;
  const said = typeof reason === "string" && reason !== "" ? reason : null;
  const status = error.response?.status ?? error.statusCode;
  if (code === 4401 || code === 4403 || status === 401) {
    const message = said ?? "The server asks for another token.";
    return {
      kind: "unauthenticated",
      error: new RefusedError(message, "UNAUTHENTICATED"),
    };
  }
  if (typeof code === "number" && FATAL_CODES.has(code)) {
    return {
      kind: "refused",
      error: new RefusedError(said ?? `Closed with ${code}.`, null),
    };
  }
  if (typeof status === "number" && isFatal(status)) {
    return {
      kind: "refused",
      error: new RefusedError(said ?? `Answered with ${status}.`, null),
    };
  }
  return { kind: "lost", after: 0, error: null };
}

function isFatal(status) {
  return status >= 400 && status < 500 && !PASSING_STATUSES.has(status);
}

/** The messages of a stream, as a subscription must select them. */

/**
 * Take the message out of a result, whatever the field is named.
 *
 * @throws {TypeError} The document selects too little; the message says what to add.
 */
function messageOf(data) {
  const [message] = Object.values(data ?? {});
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
  return message;
}

const NEEDED = {
  JobSnapshot: ["cursor", "job"],
  JobChange: ["cursor", "leftFilter", "event", "job"],
  StreamCaughtUp: ["cursor"],
  StreamReset: ["cursor", "reason"],
  StreamClosing: ["cursor", "reconnectAfter"],
};

/** When a page is back: on line again, or looked at again. */

/**
 * Call back each time it is; never where there is no page.
 *
 * @returns What ends that.
 */
function onWakeUp(listener) {
  if (typeof document === "undefined") return () => {};
  const look = () => {
    if (document.visibilityState === "visible") listener();
  };
  addEventListener("online", listener);
  document.addEventListener("visibilitychange", look);
  return () => {
    removeEventListener("online", listener);
    document.removeEventListener("visibilitychange", look);
  };
}

/** A stream that goes on from its cursor, over as many connections as it takes. */

/**
 * Follow a stream until it is stopped, ends, is reset or refused.
 *
 * Nothing is told twice or left out, whatever happens to connections and servers. No
 * option is called once `stop` has been.
 */
class JobStream {
  #options;
  #backoff = new Backoff();
  #variables;
  #state = null;
  /** Rises with each connection: what an older one still says is not heard. */
  #connection = 0;
  #leave = () => {};
  #timer;
  /** Whether the server took the token since it last refused one. */
  #isAuthenticated = true;
  #forget;

  constructor(options) {
    this.#options = options;
    // Clients that connect again by themselves send this object as it is by then.
    this.#variables = { ...options.variables, after: options.after };
    this.#forget = onWakeUp(() => this.retry());
    this.#connect();
  }

  /** The cursor of the last message. */
  get cursor() {
    return this.#variables.after;
  }

  /** Connect now if that is waited for. */
  retry() {
    if (this.#state === "waiting") this.#connect();
  }

  stop() {
    this.#connection += 1;
    clearTimeout(this.#timer);
    this.#forget();
    this.#leave();
    this.#leave = () => {};
  }

  #connect() {
    clearTimeout(this.#timer);
    this.#connection += 1;
    const connection = this.#connection;
    const heard =
      (hear) =>
      (...said) => {
        if (connection === this.#connection) hear(...said);
      };
    this.#enter("connecting");
    const leave = this.#options.client.subscribe(
      { query: this.#options.query, variables: this.#variables },
      {
        next: heard((result) => this.#receive(result)),
        error: heard((error) => this.#lose(lossByError(error))),
        complete: heard(() => this.#end(() => this.#options.onEnd?.())),
      },
    );
    // It may have ended before it was told how to leave it.
    if (connection === this.#connection) this.#leave = leave;
    else leave();
  }

  #receive({ data, errors }) {
    if (errors?.length && !data) {
      this.#lose(lossByErrors(errors));
      return;
    }
    let message;
    try {
      message = messageOf(data);
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

  #lose(loss) {
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

  #wait(delay) {
    this.#connection += 1;
    this.#leave();
    this.#leave = () => {};
    this.#timer = setTimeout(() => this.#connect(), delay);
    this.#enter("waiting");
  }

  #end(tell) {
    this.stop();
    tell();
  }

  #enter(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState?.(state);
  }
}

/** Read, follow from there, and read again when that is the only way to be right. */

const NOT_YET = { state: "loading", error: null, liveUntil: null };

class Live {
  #options;
  #backoff = new Backoff();
  #status = NOT_YET;
  #reading = null;
  #stream = null;
  #timer;
  #forget = () => {};
  /** Whether all up to now was told since it was last read. */
  #wasLive = false;

  constructor(options) {
    this.#options = options;
  }

  start() {
    this.#forget = onWakeUp(() => {
      if (this.#timer !== undefined) this.restart();
    });
    this.restart();
  }

  stop() {
    this.#forget();
    this.#leave();
    if (this.#status.state !== "ended") this.#lose(null);
  }

  /** Read again now, whatever goes on. */
  restart() {
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
      (error) => {
        if (!reading.signal.aborted) this.#fail(error);
      },
    );
  }

  #follow(after) {
    const { client, query, variables, onChange } = this.#options;
    this.#stream = new JobStream({
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

  #fail(error) {
    const loss = lossByError(error);
    if (loss.kind !== "lost") {
      this.#refuse(loss.error);
      return;
    }
    const why = error instanceof Error ? error : new Error(String(error));
    this.#retry(loss.error ?? why, loss.after);
  }

  #retry(error, after = 0) {
    this.#lose(error);
    const wait = Math.max(after, this.#backoff.failed());
    this.#timer = setTimeout(() => this.restart(), wait);
  }

  #refuse(error) {
    this.#enter({ state: "refused", error, liveUntil: this.#rightUntil });
  }

  /** Be no longer live, or not yet. */
  #lose(error) {
    const liveUntil = this.#rightUntil;
    this.#enter({ state: liveUntil === null ? "loading" : "stale", error, liveUntil });
  }

  get #rightUntil() {
    const { state, liveUntil } = this.#status;
    return state === "live" || state === "ended" ? Date.now() : liveUntil;
  }

  #leave() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#reading?.abort();
    this.#stream?.stop();
    this.#stream = null;
  }

  #enter(status) {
    this.#status = status;
    this.#options.onStatus(status);
  }
}

/** A value that is replaced, never changed, and those who want to know when. */

class Cell {
  #value;
  #onFirst;
  #onLast;
  #listeners = new Set();

  /** @param on What to do when the first listener has come, or the last one has gone. */
  constructor(value, on) {
    this.#value = value;
    this.#onFirst = on.onFirst;
    this.#onLast = on.onLast;
  }

  // Both are bound, for they are handed on without their object.
  subscribe = (listener) => {
    // One listener may subscribe twice.
    const entry = { listener };
    this.#listeners.add(entry);
    if (this.#listeners.size === 1) this.#onFirst();
    return () => {
      if (this.#listeners.delete(entry) && this.#listeners.size === 0) this.#onLast();
    };
  };

  getSnapshot = () => this.#value;

  set(changes) {
    this.#value = { ...this.#value, ...changes };
    for (const { listener } of [...this.#listeners]) listener();
  }
}

/** One job that stays right while it is watched, until it has ended. */

/** It reads and follows from its first subscriber to its last. */
class LiveJob {
  #live;
  #view;

  constructor(options) {
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
    this.#view = new Cell(
      { ...NOT_YET, job: null },
      { onFirst: () => this.#live.start(), onLast: () => this.#live.stop() },
    );
  }

  get subscribe() {
    return this.#view.subscribe;
  }

  get getSnapshot() {
    return this.#view.getSnapshot;
  }

  /** Read the job anew, for example with another token, or when it was tried again. */
  restart() {
    this.#live.restart();
  }

  /** Show the answer to an own write at once, unless something newer is shown. */
  put(job) {
    const known = this.getSnapshot().job;
    if (known === null || known.version < job.version) this.#view.set({ job });
  }
}

/** A list of jobs that stays right while it is watched. */

/** How often changes are shown at most, in ms: a burst of them is drawn once. */
const FRAME = 16;
/** The largest page that Jobwire gives. */
const LARGEST_PAGE = 100;

/** It reads and follows from its first subscriber to its last. */
class LiveJobs {
  #options;
  #list;
  #live;
  #view;
  #timer;
  /** The page that is read; one of before a new beginning is waited for no more. */
  #paging = new AbortController();

  constructor(options) {
    this.#options = options;
    this.#list = new JobList(options.capacity ?? 500);
    const { client, query, variables } = options;
    this.#live = new Live({
      client,
      query,
      variables,
      read: (signal) => options.read({ first: this.#first, ...START }, signal),
      onRead: (page) => {
        this.#paging.abort();
        this.#list.reset(page);
        this.#draw({ isLoadingMore: false });
      },
      onChange: (change) => {
        this.#list.apply(change);
        this.#timer ??= setTimeout(() => this.#draw({}), FRAME);
      },
      onStatus: (status) => this.#draw(status),
    });
    this.#view = new Cell(
      { ...NOT_YET, jobs: [], hasMore: false, isLoadingMore: false },
      { onFirst: () => this.#live.start(), onLast: () => this.#live.stop() },
    );
  }

  get subscribe() {
    return this.#view.subscribe;
  }

  get getSnapshot() {
    return this.#view.getSnapshot;
  }

  /** Read the list anew, for example with another token. */
  restart() {
    this.#live.restart();
  }

  /**
   * Read older jobs.
   *
   * @throws What `read` throws; the list stands as it stood.
   */
  async loadMore() {
    const { hasMore, isLoadingMore } = this.getSnapshot();
    if (!hasMore || isLoadingMore) return;
    const paging = new AbortController();
    this.#paging = paging;
    this.#draw({ isLoadingMore: true });
    try {
      const page = { first: this.#pageSize, ...this.#list.nextPage };
      await this.#list.extend(this.#options.read(page, paging.signal));
    } catch (error) {
      if (!paging.signal.aborted) throw error;
    } finally {
      if (!paging.signal.aborted) this.#draw({ isLoadingMore: false });
    }
  }

  /**
   * Show the answer to an own write at once.
   *
   * @param belongs Whether the job, as it is now, matches the filter of the list.
   */
  put(job, belongs = true) {
    this.#list.put(job, belongs);
    this.#draw({});
  }

  get #pageSize() {
    return this.#options.pageSize ?? 25;
  }

  /** As many as are shown, so that a new beginning does not shorten the list. */
  get #first() {
    return Math.min(Math.max(this.#list.jobs.length, this.#pageSize), LARGEST_PAGE);
  }

  #draw(changes) {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#view.set({ ...changes, jobs: this.#list.jobs, hasMore: this.#list.hasMore });
  }
}

const START = { after: null, createdUntil: null };

/** Subscriptions as Server-Sent Events over `fetch`, for those who want no other client. */

/** Jobwire sends something every 12 seconds; what is silent for longer is lost, in ms. */
const LOST_AFTER = 30_000;

/**
 * Make a client that opens one event stream for each subscription.
 *
 * It does not connect again by itself: that is what `JobStream` is for.
 */
function createSseClient(options) {
  return {
    subscribe(operation, sink) {
      const leaving = new AbortController();
      receive(options, operation, sink, leaving.signal).then(
        () => {
          if (!leaving.signal.aborted) sink.complete();
        },
        (error) => {
          if (!leaving.signal.aborted) sink.error(error);
        },
      );
      return () => leaving.abort();
    },
  };
}

/** An answer that is no event stream. */
class AnswerError extends Error {
  name = "AnswerError";
  response;
  /** Why, in the words of the server; empty when it gave none. */
  reason;

  constructor(response, text) {
    super(
      `Answered with ${response.status} instead of a stream: ${text.slice(0, 200)}`,
    );
    this.response = response;
    this.reason = reasonOf(text);
  }
}

/** Return the message of the first error of an answer, if it is one of GraphQL. */
function reasonOf(text) {
  try {
    const { errors } = JSON.parse(text);
    return errors?.[0]?.message ?? "";
  } catch {
    return "";
  }
}

/** Receive until the stream says that it is complete. */
async function receive(options, operation, sink, left) {
  const silence = new AbortController();
  let timer;
  const hear = () => {
    clearTimeout(timer);
    timer = setTimeout(
      () => silence.abort(new Error("The stream is silent.")),
      LOST_AFTER,
    );
  };
  hear();
  try {
    const response = await (options.fetch ?? fetch)(options.url, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "text/event-stream",
        ...(await options.headers?.()),
      },
      body: JSON.stringify(operation),
      cache: "no-store",
      signal: AbortSignal.any([left, silence.signal]),
    });
    const type = response.headers.get("Content-Type") ?? "";
    if (
      !response.ok ||
      response.body === null ||
      !type.startsWith("text/event-stream")
    ) {
      throw new AnswerError(response, await response.text());
    }
    for await (const event of events(response.body, hear)) {
      if (left.aborted || event.type === "complete") return;
      if (event.type === "next") sink.next(JSON.parse(event.data));
    }
    throw new Error("The stream was cut off.");
  } finally {
    clearTimeout(timer);
  }
}

/** Cut a body into its events, whatever way it comes in. */
async function* events(body, hear) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let type = "message";
  let data = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      hear();
      const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const text = line.endsWith("\r") ? line.slice(0, -1) : line;
        if (text === "") {
          if (data.length > 0 || type !== "message")
            yield { type, data: data.join("\n") };
          type = "message";
          data = [];
        } else if (text.startsWith("event:")) {
          type = text.slice(6).trimStart();
        } else if (text.startsWith("data:")) {
          data.push(text.slice(5).replace(/^ /, ""));
        }
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

export { JobList, JobStream, LiveJob, LiveJobs, RefusedError, createSseClient };
