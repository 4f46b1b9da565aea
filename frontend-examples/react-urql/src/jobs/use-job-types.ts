/** The types of job that there are. They seldom change, so the cache may answer. */

import { type LiveStatus, RefusedError } from "jobwire-live";
import { useCallback, useEffect } from "react";
import { type CombinedError, useQuery } from "urql";
import { graphql } from "../gql";
import { onNewToken } from "../session.ts";

/** How long to wait after a loss, in ms. */
const RETRY_AFTER = 3_000;

const JobTypes = graphql(`
  query JobTypes {
    jobTypes {
      name
      description
      dataSchema
    }
  }
`);

export function useJobTypes() {
  const [{ data, error }, reread] = useQuery({
    query: JobTypes,
    requestPolicy: "cache-first",
  });
  const readNow = useCallback(
    () => reread({ requestPolicy: "network-only" }),
    [reread],
  );
  const status = statusOf(data !== undefined, error);
  const isLost = status.state === "loading" && status.error !== null;

  useEffect(() => onNewToken(readNow), [readNow]);
  useEffect(() => {
    if (!isLost) return;
    const timer = setInterval(readNow, RETRY_AFTER);
    return () => clearInterval(timer);
  }, [isLost, readNow]);

  return { types: data?.jobTypes, status, readNow };
}

function statusOf(isRead: boolean, error: CombinedError | undefined): LiveStatus {
  if (error?.graphQLErrors.length) {
    const refused = RefusedError.of(error.graphQLErrors);
    return { state: "refused", error: refused, liveUntil: null };
  }
  const state = isRead ? "live" : "loading";
  return { state, error: isRead ? null : (error ?? null), liveUntil: null };
}
