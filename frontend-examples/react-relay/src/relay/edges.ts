/** The edges of a connection in the store. */

import {
  ConnectionHandler,
  type RecordProxy,
  type RecordSourceProxy,
} from "relay-runtime";

export function edgesOf(connection: RecordProxy): RecordProxy[] {
  return (connection.getLinkedRecords("edges") ?? []).filter((edge) => edge !== null);
}

export function nodeOf(edge: RecordProxy | undefined): RecordProxy | null {
  return edge?.getLinkedRecord("node") ?? null;
}

/** Insert a node before the edge at a position. */
export function insertNode(
  store: RecordSourceProxy,
  connection: RecordProxy,
  node: RecordProxy,
  position: number,
): void {
  const edge = ConnectionHandler.createEdge(
    store,
    connection,
    node,
    `${node.getType()}Edge`,
  );
  // It is never asked for, but Relay would take an edge without one for not yet read.
  edge.setValue("", "cursor");
  connection.setLinkedRecords(
    edgesOf(connection).toSpliced(position, 0, edge),
    "edges",
  );
}
