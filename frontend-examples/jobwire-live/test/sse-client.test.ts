import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, beforeEach, mock, test } from "node:test";

import type { Result } from "../src/client.ts";
import { lossByError } from "../src/losses.ts";
import { createSseClient } from "../src/sse-client.ts";

let answer: (request: IncomingMessage, response: ServerResponse) => void;
let told: unknown[];
let ended: Promise<void>;

const server = createServer((request, response) => answer(request, response));
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;

after(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  told = [];
});

function subscribe(): () => void {
  let end!: () => void;
  ended = new Promise((resolve) => {
    end = resolve;
  });
  const client = createSseClient({
    url: `http://127.0.0.1:${port}/graphql`,
    headers: async () => ({ Authorization: "Bearer t" }),
  });
  return client.subscribe(
    { query: "subscription { a }", variables: { after: "c0" } },
    {
      next: (result: Result) => told.push(result.data),
      error: (error: unknown) => {
        told.push(error);
        end();
      },
      complete: () => {
        told.push("complete");
        end();
      },
    },
  );
}

function stream(response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8" });
}

test("results are told, then the end", async () => {
  let request: unknown;
  answer = async (asked, response) => {
    let body = "";
    for await (const chunk of asked) body += chunk;
    request = [asked.headers.authorization, asked.headers.accept, JSON.parse(body)];
    stream(response);
    response.end(
      ': hello\n\nevent: next\nid: 1\ndata: {"data":1}\n\n' +
        'event: next\r\ndata: {"data":\r\ndata: 2}\r\n\r\nevent: complete\ndata:\n\n',
    );
  };
  subscribe();
  await ended;

  assert.deepEqual(told, [1, 2, "complete"]);
  const operation = { query: "subscription { a }", variables: { after: "c0" } };
  assert.deepEqual(request, ["Bearer t", "text/event-stream", operation]);
});

test("pieces may be cut anywhere, within a letter too", async () => {
  const whole = Buffer.from(
    'event: next\ndata: {"data":"größer"}\n\nevent: complete\n\n',
  );
  answer = async (_, response) => {
    stream(response);
    for (const byte of whole) {
      response.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    response.end();
  };
  subscribe();
  await ended;

  assert.deepEqual(told, ["größer", "complete"]);
});

test("a stream that is cut off is a loss", async () => {
  answer = (_, response) => {
    stream(response);
    response.end('event: next\ndata: {"data":1}\n\nevent: next\ndata: {"da');
  };
  subscribe();
  await ended;

  assert.equal(told[0], 1);
  assert.equal(lossByError(told[1]).kind, "lost");
});

for (const [status, kind] of [
  [401, "unauthenticated"],
  [400, "refused"],
  [404, "refused"],
  [429, "lost"],
  [503, "lost"],
] as const) {
  test(`an answer of ${status} means: ${kind}`, async () => {
    answer = (_, response) => response.writeHead(status).end("no");
    subscribe();
    await ended;

    assert.equal(lossByError(told[0]).kind, kind);
  });
}

test("a refusal is told in the words of the server", async () => {
  answer = (_, response) => {
    response.writeHead(401);
    response.end(JSON.stringify({ errors: [{ message: "This token has expired." }] }));
  };
  subscribe();
  await ended;

  const loss = lossByError(told[0]);
  assert.ok(loss.kind === "unauthenticated");
  assert.equal(loss.error.message, "This token has expired.");
});

test("a server that is not there is a loss", async () => {
  answer = (request) => request.socket.destroy();
  subscribe();
  await ended;

  assert.equal(lossByError(told[0]).kind, "lost");
});

test("a stream that is left tells nothing more, and is closed", async () => {
  const closed = new Promise<void>((resolve) => {
    answer = (_, response) => {
      stream(response);
      response.write('event: next\ndata: {"data":1}\n\n');
      response.on("close", resolve);
    };
  });
  const leave = subscribe();
  while (told.length === 0) await new Promise(setImmediate);
  leave();
  await closed;

  assert.deepEqual(told, [1]);
});

test("a stream that is silent for too long is a loss", async (context) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  context.after(() => mock.timers.reset());
  answer = (_, response) => {
    stream(response);
    response.write('event: next\ndata: {"data":1}\n\n');
  };
  subscribe();
  while (told.length === 0) await new Promise(setImmediate);
  mock.timers.tick(29_999);
  assert.equal(told.length, 1);
  mock.timers.tick(1);
  await ended;

  assert.match(String(told[1]), /silent/);
});
