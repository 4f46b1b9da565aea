/** An API that does what a test says, in the place of `fetch` and of the websocket. */

import { act } from "@testing-library/react";
import type { Operation, Sink, SubscriptionClient } from "jobwire-live";
import { expect, vi } from "vitest";

interface Request {
  readonly name: string;
  readonly variables: Record<string, unknown>;
  readonly headers: Headers;
  readonly respond: (response: Response) => void;
  readonly fail: () => void;
}

interface Stream {
  readonly operation: Operation;
  readonly sink: Sink;
}

/** How long to wait on a busy machine, in ms. */
export const PATIENCE = { timeout: 15_000 };

let requests: Request[] = [];
let streams: Stream[] = [];

/** Begin anew, at an address. */
export function beginApi(hash: string): void {
  requests = [];
  streams = [];
  location.hash = hash;
  // jsdom has no layout to scroll.
  vi.stubGlobal("scrollTo", () => {});
  vi.stubGlobal("fetch", (_url: string, init: RequestInit) => {
    const { query, variables } = JSON.parse(String(init.body));
    const name = /\w+ (\w+)/.exec(query)?.[1] ?? "";
    return new Promise<Response>((respond, reject) => {
      const fail = () => reject(new TypeError("Failed to fetch"));
      const headers = new Headers(init.headers);
      const request = { name, variables, headers, respond, fail };
      requests.push(request);
      init.signal?.addEventListener("abort", () => {
        requests = requests.filter((other) => other !== request);
        fail();
      });
    });
  });
}

/** What src/socket.ts exports. */
export const socket: SubscriptionClient = {
  subscribe(operation, sink) {
    const stream = { operation, sink };
    streams.push(stream);
    return () => {
      streams = streams.filter((other) => other !== stream);
    };
  },
};

/** Wait for a request by the name of its operation. */
export async function requested(name: string): Promise<Request> {
  const request = await vi.waitFor(() => {
    const found = requests.find((one) => one.name === name);
    if (found === undefined) throw new Error(`Nobody asked for ${name}.`);
    return found;
  }, PATIENCE);
  requests = requests.filter((one) => one !== request);
  return request;
}

/** Wait for a request and answer it; return what was asked. */
export async function answer(
  name: string,
  data: object,
): Promise<Request["variables"]> {
  const { variables, respond } = await requested(name);
  await act(async () => respond(Response.json({ data })));
  return variables;
}

/** Wait until somebody follows, and return where they began. */
export async function followed(): Promise<unknown> {
  await vi.waitFor(() => expect(streams).not.toHaveLength(0), PATIENCE);
  return streams.at(-1)?.operation.variables?.["after"];
}

/** Tell something on the stream, and let the page show it. */
export async function tell(...messages: object[]): Promise<void> {
  await act(async () => {
    for (const updates of messages) streams.at(-1)?.sink.next({ data: { updates } });
  });
}

/** Let the connection break under a request; return what was asked. */
export async function fail(name: string): Promise<Request["variables"]> {
  const { variables, fail } = await requested(name);
  await act(async () => fail());
  return variables;
}
