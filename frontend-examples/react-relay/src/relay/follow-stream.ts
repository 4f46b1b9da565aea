/**
 * Subscriptions of Relay, carried by jobwire-live.
 *
 * Relay sees one stream without an end. That it goes over many connections, from cursor
 * to cursor, is JobStream's affair. What it tells is normalized by Relay like any answer.
 * The field of the subscription must have the alias `updates`.
 */

import { JobStream, type LiveJobFields } from "jobwire-live";
import {
  type GraphQLResponse,
  Observable,
  type SubscribeFunction,
} from "relay-runtime";
import { socket } from "../socket.ts";

/** Changes may have been missed: what is shown must be read again. */
export class ResetError extends Error {
  override readonly name = "ResetError";
}

export const followStream: SubscribeFunction = (
  { text },
  { after, ...variables },
  { metadata },
) =>
  Observable.create<GraphQLResponse>((sink) => {
    const onState = metadata?.["onState"];
    const stream = new JobStream<LiveJobFields>({
      client: socket,
      query: text ?? "",
      variables,
      after,
      onChange: (change) => sink.next({ data: { updates: change } }),
      onState: (state) => {
        if (typeof onState === "function") onState(state);
      },
      onReset: (reason) => sink.error(new ResetError(reason)),
      onRefused: (error) => sink.error(error),
      onEnd: () => sink.complete(),
    });
    return () => stream.stop();
  });
