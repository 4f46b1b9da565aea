/** Subscriptions as Server-Sent Events over `fetch`, for those who want no other client. */

import type { Operation, Result, Sink, SubscriptionClient } from "./client.ts";

/** Jobwire sends something every 12 seconds; what is silent for longer is lost, in ms. */
const LOST_AFTER = 30_000;

export interface SseOptions {
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
export function createSseClient(options: SseOptions): SubscriptionClient {
  return {
    subscribe(operation, sink) {
      const leaving = new AbortController();
      receive(options, operation, sink, leaving.signal).then(
        () => {
          if (!leaving.signal.aborted) sink.complete();
        },
        (error: unknown) => {
          if (!leaving.signal.aborted) sink.error(error);
        },
      );
      return () => leaving.abort();
    },
  };
}

/** An answer that is no event stream. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
  readonly response: Response;
  /** Why, in the words of the server; empty when it gave none. */
  readonly reason: string;

  constructor(response: Response, text: string) {
    super(
      `Answered with ${response.status} instead of a stream: ${text.slice(0, 200)}`,
    );
    this.response = response;
    this.reason = reasonOf(text);
  }
}

/** Return the message of the first error of an answer, if it is one of GraphQL. */
function reasonOf(text: string): string {
  try {
    const { errors } = JSON.parse(text) as Result;
    return errors?.[0]?.message ?? "";
  } catch {
    return "";
  }
}

/** Receive until the stream says that it is complete. */
async function receive(
  options: SseOptions,
  operation: Operation,
  sink: Sink,
  left: AbortSignal,
): Promise<void> {
  const silence = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
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
      if (event.type === "next") sink.next(JSON.parse(event.data) as Result);
    }
    throw new Error("The stream was cut off.");
  } finally {
    clearTimeout(timer);
  }
}

interface ServerSentEvent {
  readonly type: string;
  readonly data: string;
}

/** Cut a body into its events, whatever way it comes in. */
async function* events(
  body: ReadableStream<Uint8Array>,
  hear: () => void,
): AsyncGenerator<ServerSentEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let type = "message";
  let data: string[] = [];
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
