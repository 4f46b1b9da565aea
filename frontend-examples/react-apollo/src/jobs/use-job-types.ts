/** The types of job that there are. They seldom change, so the cache may answer. */

import { useQuery } from "@apollo/client/react";
import type { LiveStatus } from "jobwire-live";
import { useEffect } from "react";
import { refusedStatus } from "../api/refusals.ts";
import { graphql } from "../gql/index.ts";

/** How long to wait after a loss, in ms. */
const RETRY_AFTER = 3_000;

const JOB_TYPES = graphql(`
  query JobTypes {
    jobTypes {
      name
      description
      dataSchema
    }
  }
`);

export function useJobTypes() {
  const { data, error, refetch } = useQuery(JOB_TYPES, {
    // What is wrong is said until it is right, and not taken back by each attempt.
    notifyOnNetworkStatusChange: false,
  });
  const status: LiveStatus = refusedStatus(error) ?? {
    state: data ? "live" : "loading",
    error: data || !error ? null : new Error(error.message),
    liveUntil: null,
  };
  const isLost = status.state === "loading" && status.error !== null;

  useEffect(() => {
    if (!isLost) return;
    const timer = setInterval(refetch, RETRY_AFTER);
    return () => clearInterval(timer);
  }, [isLost, refetch]);

  return {
    /** Undefined until they were read. */
    types: data?.jobTypes,
    status,
    readNow: () => void refetch(),
  };
}
