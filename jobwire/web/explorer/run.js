/** One run of an operation: a request, or a subscription until it ends or is stopped. */

import { endpoint, liveEndpoint } from "../page/endpoint.js";
import { LiveSocket } from "../page/live.js";

/**
 * @typedef {object} Request
 * @property {string} query
 * @property {Record<string, unknown>} variables
 * @property {string | undefined} operationName
 * @property {Record<string, string>} headers Over a websocket they go into its first
 *   message, since browsers send no others.
 *
 * @typedef {object} Answer
 * @property {unknown} body
 * @property {number | null} status Of HTTP; null: none came.
 * @property {number} bytes
 *
 * @typedef {object} Watcher
 * @property {(message: unknown) => void} next
 * @property {(state: "connecting" | "live" | "waiting") => void} state
 * @property {(end: {why: string, isError: boolean, needsToken?: boolean}) => void} ended
 */

/**
 * Send a query or a mutation.
 *
 * @param {Request} request
 * @param {AbortSignal} [signal]
 * @returns {Promise<Answer>}
 * @throws {DOMException} It was stopped.
 */
export async function send({ headers, ...body }, signal) {
  let response, text;
  try {
    response = await fetch(endpoint, {
      method: "POST",
      signal,
      headers: {
        Accept: "application/graphql-response+json, application/json;q=0.9",
        ...headers,
        "Content-Type": "application/json",
      },
      body: JSON.stringify(body),
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    const message = `The server cannot be reached: ${/** @type {Error} */ (error).message}`;
    return { body: { errors: [{ message }] }, status: null, bytes: 0 };
  }
  return {
    body: parsed(text),
    status: response.status,
    bytes: new Blob([text]).size,
  };
}

/**
 * Follow a subscription; a connection that is lost is made anew, and it begins again.
 *
 * @param {Request} request
 * @param {Watcher} watcher
 * @returns {() => void} Stop it.
 */
export function subscribe({ headers, ...request }, watcher) {
  /** @type {Watcher["ended"]} */
  const end = (how) => {
    socket.close();
    watcher.ended(how);
  };
  const socket = new LiveSocket({
    url: liveEndpoint,
    credentials: () => headers,
    onState() {
      if (socket.state === "open") watcher.state("live");
      else if (socket.state === "waiting") watcher.state("waiting");
      else if (socket.state === "connecting") watcher.state("connecting");
    },
    onRefused: (reason) =>
      end({
        why: reason || "The server does not take this token.",
        isError: true,
        needsToken: true,
      }),
  });
  socket.follow({
    request: () => request,
    next: watcher.next,
    failed(errors) {
      watcher.next({ errors });
      end({ why: "Refused", isError: true });
    },
    ended: () => end({ why: "Completed by the server", isError: false }),
  });
  socket.open();
  return () => socket.close();
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
