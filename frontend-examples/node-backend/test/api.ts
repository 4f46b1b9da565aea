/** A server that answers as the script of a test says, and keeps what it was asked. */

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import type { TestContext } from "node:test";

export interface Asked {
  readonly authorization: string | undefined;
  readonly query: string;
  readonly variables: { readonly input: Readonly<Record<string, unknown>> };
}

type Answer = (response: ServerResponse) => void;

export interface Api {
  readonly url: string;
  readonly asked: readonly Asked[];
}

/** Answer with data, or whatever else is JSON. */
export function says(body: unknown, status = 200, headers = {}): Answer {
  return (response) => response.writeHead(status, headers).end(JSON.stringify(body));
}

/** Take the request, and lose the answer. */
export const loses: Answer = (response) => response.destroy();

/** Take the request, and never answer. */
export const hangs: Answer = () => {};

export async function api(t: TestContext, ...answers: Answer[]): Promise<Api> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    asked.push(await askedBy(request));
    const answer = answers[asked.length - 1];
    if (answer === undefined) throw new Error("The script of the test is over.");
    answer(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port.");
  return { url: `http://127.0.0.1:${address.port}/graphql`, asked };
}

async function askedBy(request: IncomingMessage): Promise<Asked> {
  const body: unknown = await json(request);
  if (!isOperation(body)) throw new Error("This is no operation.");
  return { ...body, authorization: request.headers.authorization };
}

function isOperation(body: unknown): body is Omit<Asked, "authorization"> {
  return typeof body === "object" && body !== null && "query" in body;
}
