/** Relay's environment: how it asks, how it follows, and what it keeps. */

import { Environment, Network, RecordSource } from "relay-runtime";
import { fetchOperation } from "./fetch-operation.ts";
import { followStream } from "./follow-stream.ts";
import { VersionedStore } from "./versioned-store.ts";

export function createEnvironment(): Environment {
  return new Environment({
    network: Network.create(fetchOperation, followStream),
    store: new VersionedStore(new RecordSource()),
  });
}
