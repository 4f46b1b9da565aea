/** One websocket for the page, speaking graphql-transport-ws, that comes back by itself. */

const PROTOCOL = "graphql-transport-ws";
/** How long the server may take to accept the connection, in ms. */
const ACKNOWLEDGE_WITHIN = 10_000;
/** How often silence is probed, in ms; two silent rounds are a lost connection. */
const PROBE_EVERY = 10_000;
/** A connection that held for this long, in ms, makes the next loss a first one. */
const STABLE_AFTER = 10_000;
const SHORTEST_WAIT = 500;
const LONGEST_WAIT = 30_000;
/** Close codes that say: not with this token. */
const UNAUTHENTICATED = new Set([4401, 4403]);

/**
 * How the connection stands. "waiting" comes back by itself at `retryAt`; "refused" waits
 * for a token; "closed" was never opened or was closed by us.
 *
 * @typedef {"closed" | "connecting" | "open" | "waiting" | "refused"} ConnectionState
 *
 * @typedef {{message: string, extensions?: {code?: string}}} GraphQLError
 * @typedef {{data?: any, errors?: GraphQLError[]}} Result
 *
 * An operation that is sent again, as `request` then says, after each reconnect.
 * @typedef {object} Operation
 * @property {() => {query: string, variables: Record<string, unknown>}} request
 * @property {(result: Result) => void} next One result, which may hold errors.
 * @property {(errors: GraphQLError[]) => void} failed It ended without a result.
 * @property {() => void} ended
 */

export class LiveSocket {
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Map<string, Operation>} */
  #operations = new Map();
  #lastId = 0;
  #losses = 0;
  #openedAt = 0;
  #isProbing = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @type {ConnectionState} */
  state = "closed";
  /** When the connection is tried again, in ms since 1970; only while "waiting". */
  retryAt = 0;
  /** When the server was last heard, in ms since 1970; 0: never. */
  heardAt = 0;

  /**
   * @param {{url: URL, credentials: () => Record<string, string>,
   *   onState: () => void, onRefused: (reason: string) => void}} options
   *   The credentials go into `connection_init`, named as headers.
   */
  constructor({ url, credentials, onState, onRefused }) {
    this.url = url;
    this.credentials = credentials;
    this.onState = onState;
    this.onRefused = onRefused;
  }

  /** Connect now, whatever was waited for. */
  open() {
    if (this.#socket) return;
    this.#enter("connecting");
    const socket = new WebSocket(this.url, PROTOCOL);
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#lose(), ACKNOWLEDGE_WITHIN);
    socket.onopen = () => {
      this.#send({ type: "connection_init", payload: this.credentials() });
    };
    socket.onmessage = (event) => this.#receive(JSON.parse(event.data));
    socket.onclose = (event) => {
      if (UNAUTHENTICATED.has(event.code)) this.onRefused(event.reason);
      else this.#lose();
    };
  }

  /**
   * Leave for good; operations are kept for the next `open`.
   *
   * @param {ConnectionState} [state]
   */
  close(state = "closed") {
    this.#drop();
    this.#enter(state);
  }

  /**
   * Leave, and come back after a while.
   *
   * @param {number} delay In ms.
   */
  pause(delay) {
    this.#drop();
    this.retryAt = Date.now() + delay;
    this.#enter("waiting");
    this.#timer = setTimeout(() => this.open(), delay);
  }

  /** Find out at once whether the connection still lives; for when the page wakes up. */
  probe() {
    if (this.state === "waiting") this.open();
    else if (this.state === "open") this.#probe();
  }

  /**
   * Run a subscription until it ends or is stopped, over as many connections as it takes.
   *
   * @param {Operation} operation
   * @returns {() => void} Stop it.
   */
  follow(operation) {
    this.#lastId += 1;
    const id = String(this.#lastId);
    this.#operations.set(id, operation);
    if (this.state === "open") this.#subscribe(id, operation);
    return () => {
      if (this.#operations.delete(id) && this.state === "open") {
        this.#send({ id, type: "complete" });
      }
    };
  }

  /** @param {{type: string, id?: string, payload?: any}} message */
  #receive(message) {
    this.heardAt = Date.now();
    this.#isProbing = false;
    const id = message.id ?? "";
    const operation = this.#operations.get(id);
    switch (message.type) {
      case "connection_ack":
        this.#openedAt = this.heardAt;
        this.#enter("open");
        this.#timer = setTimeout(() => this.#probe(), PROBE_EVERY);
        for (const entry of this.#operations) this.#subscribe(...entry);
        break;
      case "ping":
        this.#send({ type: "pong" });
        break;
      case "next":
        operation?.next(message.payload);
        break;
      case "error":
        this.#operations.delete(id);
        operation?.failed(message.payload);
        break;
      case "complete":
        this.#operations.delete(id);
        operation?.ended();
        break;
    }
  }

  /**
   * @param {string} id
   * @param {Operation} operation
   */
  #subscribe(id, operation) {
    this.#send({ id, type: "subscribe", payload: operation.request() });
  }

  #probe() {
    clearTimeout(this.#timer);
    if (this.#isProbing) {
      this.#lose();
      return;
    }
    this.#isProbing = true;
    this.#send({ type: "ping" });
    this.#timer = setTimeout(() => this.#probe(), PROBE_EVERY);
  }

  #lose() {
    const wasStable =
      this.state === "open" && Date.now() - this.#openedAt > STABLE_AFTER;
    this.#losses = wasStable ? 0 : this.#losses + 1;
    const longest = Math.min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** this.#losses);
    this.pause(longest * (0.5 + Math.random() / 2));
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#isProbing = false;
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }

  /** @param {unknown} message */
  #send(message) {
    this.#socket?.send(JSON.stringify(message));
  }

  /** @param {ConnectionState} state */
  #enter(state) {
    clearTimeout(this.#timer);
    this.state = state;
    this.onState();
  }
}
