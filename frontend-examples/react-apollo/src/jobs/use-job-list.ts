/** What a list of jobs shows, live. */

import { useQuery } from "@apollo/client/react";
import { useSyncExternalStore } from "react";
import { JOBS, type JobList } from "./job-list.ts";

export function useJobList(list: JobList) {
  const { hasMore, ...status } = useSyncExternalStore(list.subscribe, list.getSnapshot);
  const { data } = useQuery(JOBS, {
    variables: { filter: list.filter },
    fetchPolicy: "cache-only",
  });
  return {
    /** Undefined until they were read. */
    jobs: data?.jobs.nodes,
    hasMore,
    status,
  };
}
