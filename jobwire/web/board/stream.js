/** A stream of one job or of a list, resumed from its cursor after every reconnect. */

import { RefusedError } from "./api.js";
import { parseDuration } from "./format.js";

/** @typedef {import("./documents.js").JobChange} JobChange */
/** @typedef {import("../page/live.js").LiveSocket} LiveSocket */

/**
 * @typedef {object} StreamOptions
 * @property {string} document The subscription; its `after` is the cursor.
 * @property {Record<string, unknown>} variables All but `after`.
 * @property {string} cursor Where to begin: the `asOf` of what was read.
 * @property {(change: JobChange) => void} onChange
 * @property {() => void} [onCaughtUp] The live edge is reached, again after each reconnect.
 * @property {(reason: string) => void} onReset The cursor is of no more use, and the
 *   stream has ended: read again.
 * @property {(error: Error) => void} onFailed The server refused the subscription.
 * @property {() => void} onEnded The stream ended by itself.
 */

/**
 * Follow a stream of job messages.
 *
 * @param {LiveSocket} socket
 * @param {StreamOptions} options
 * @returns {() => void} Stop following.
 */
export function followJobs(socket, options) {
  let cursor = options.cursor;
  /** @param {import("../page/live.js").GraphQLError[]} errors */
  const fail = ([{ message, extensions }]) =>
    options.onFailed(new RefusedError(message, extensions?.code ?? null));
  const stop = socket.follow({
    request: () => ({
      query: options.document,
      variables: { ...options.variables, after: cursor },
    }),
    next({ data, errors }) {
      if (errors?.length) {
        stop();
        fail(errors);
        return;
      }
      const [message] = /** @type {any[]} */ (Object.values(data));
      if (message.cursor) cursor = message.cursor;
      switch (message.__typename) {
        case "JobChange":
          options.onChange(message);
          break;
        case "StreamCaughtUp":
          options.onCaughtUp?.();
          break;
        case "StreamReset":
          stop();
          options.onReset(message.reason);
          break;
        case "StreamClosing":
          socket.pause(parseDuration(message.reconnectAfter));
          break;
      }
    },
    failed: fail,
    ended: () => options.onEnded(),
  });
  return stop;
}
