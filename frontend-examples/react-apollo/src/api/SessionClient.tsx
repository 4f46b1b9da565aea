/** Gives Apollo's client to what it holds, and a new one with each new token. */

import { ApolloProvider } from "@apollo/client/react";
import { type ReactNode, useEffect, useState } from "react";
import { onNewToken } from "../session.ts";
import { createApolloClient } from "./client.ts";

/** How often the cache drops jobs that no list holds any more, in ms. */
const GC_EVERY = 60_000;

export function SessionClient({ children }: { children: ReactNode }) {
  const [client, setClient] = useState(createApolloClient);
  // What one user has read must not be shown to the next one.
  useEffect(() => onNewToken(() => setClient(createApolloClient())), []);
  useEffect(() => {
    const timer = setInterval(() => client.cache.gc(), GC_EVERY);
    return () => clearInterval(timer);
  }, [client]);
  return <ApolloProvider client={client}>{children}</ApolloProvider>;
}
