/** What a watched job shows, live. */

import { useQuery } from "@apollo/client/react";
import { useSyncExternalStore } from "react";
import { JOB, type WatchedJob } from "./watched-job.ts";

export function useWatchedJob(watched: WatchedJob) {
  const status = useSyncExternalStore(watched.subscribe, watched.getSnapshot);
  const { data } = useQuery(JOB, {
    variables: { id: watched.id },
    fetchPolicy: "cache-only",
  });
  /** Undefined until it was read. */
  return { job: data?.job ?? undefined, status };
}
