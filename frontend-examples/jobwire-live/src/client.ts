/** What carries subscriptions: the clients of graphql-ws and of graphql-sse do, and ours. */

/** An operation as it goes over the wire. */
export interface Operation {
  query: string;
  variables?: Record<string, unknown>;
}

export interface GraphQLError {
  readonly message: string;
  readonly extensions?: { readonly [name: string]: unknown };
}

export interface Result {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLError[];
}

export interface Sink {
  next(result: Result): void;
  /** The operation ended: refused with `GraphQLError[]`, or by a loss of the connection. */
  error(error: unknown): void;
  complete(): void;
}

export interface SubscriptionClient {
  /** Start an operation, and return what stops it. */
  subscribe(operation: Operation, sink: Sink): () => void;
}
