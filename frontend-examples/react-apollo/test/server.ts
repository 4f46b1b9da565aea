/** A server that says what a test says, when the test says it. */

import { ApolloClient, ApolloLink } from "@apollo/client";
import type { Operation, Sink } from "jobwire-live";
import { Observable } from "rxjs";
import { JobCache } from "../src/cache/job-cache.ts";

/** A request that waits for its answer. */
export interface Request {
  readonly name: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  answer(data: Record<string, unknown>): void;
  refuse(message: string, code: string): void;
  fail(error: Error): void;
}

const requests: Request[] = [];
const streams: { operation: Operation; sink: Sink }[] = [];

/** What `src/socket.ts` is in tests. */
export const socket = {
  subscribe(operation: Operation, sink: Sink): () => void {
    streams.push({ operation: structuredClone(operation), sink });
    return () => {};
  },
};

export function createTestClient(): ApolloClient {
  requests.length = 0;
  streams.length = 0;
  const link = new ApolloLink(
    ({ operationName: name, variables }) =>
      new Observable((observer) => {
        requests.push({
          name,
          variables,
          answer(data) {
            observer.next({ data });
            observer.complete();
          },
          refuse(message, code) {
            observer.next({ errors: [{ message, extensions: { code } }] });
            observer.complete();
          },
          fail: (error) => observer.error(error),
        });
      }),
  );
  return new ApolloClient({ link, cache: new JobCache() });
}

/** The newest request; it fails if that is none of the name. */
export function requested(name: string): Request {
  const request = requests.at(-1);
  if (request?.name !== name) throw new Error(`${request?.name} was asked for.`);
  return request;
}

/** What the newest stream was asked for. */
export function streamed(): Operation {
  return newestStream().operation;
}

/** Tell a message over the newest stream. */
export function tell(message: Record<string, unknown>): void {
  newestStream().sink.next({ data: { updates: message } });
}

function newestStream() {
  const stream = streams.at(-1);
  if (stream === undefined) throw new Error("Nothing is followed.");
  return stream;
}
