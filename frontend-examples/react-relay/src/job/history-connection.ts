/** The connection of a job's history, the oldest event first. */

import {
  ConnectionHandler,
  type RecordProxy,
  type RecordSourceProxy,
} from "relay-runtime";
import { edgesOf, insertNode, nodeOf } from "../relay/edges.ts";

/** Add an event that the stream tells, unless it was told before. */
export function appendEvent(
  store: RecordSourceProxy,
  jobId: string,
  eventId: string,
): void {
  const id = ConnectionHandler.getConnectionID(jobId, "JobHistory_events");
  const connection = store.get(id);
  const event = store.get(eventId);
  if (!connection || !event) return;
  const edges = edgesOf(connection);
  const last = nodeOf(edges.at(-1));
  if (last && versionOf(event) <= versionOf(last)) return;
  insertNode(store, connection, event, edges.length);
}

function versionOf(event: RecordProxy): number {
  return Number(event.getValue("jobVersion"));
}
