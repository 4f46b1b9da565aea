/** The list of jobs, live. */

import { Suspense } from "react";
import { type PreloadedQuery, usePreloadedQuery } from "react-relay";
import type { liveJobsQuery } from "../__generated__/liveJobsQuery.graphql.ts";
import { type Filter, filterOf, searchOf } from "../filter.ts";
import { useLiveQuery } from "../live/useLiveQuery.ts";
import { replaceSearch } from "../route.ts";
import { FilterBar } from "../ui/FilterBar.tsx";
import { Page } from "../ui/Page.tsx";
import { JobList } from "./JobList.tsx";
import type { JobsConnection } from "./jobs-connection.ts";
import { jobsQuery, type LiveJobs } from "./live-jobs.ts";

interface Props {
  jobs: LiveJobs;
  filter: Filter;
}

export function JobsPage({ jobs: { config, connection }, filter }: Props) {
  const { status, restart, queryRef } = useLiveQuery(config);

  return (
    <Page title="Jobs" status={status} onTryNow={restart}>
      <h1>Jobs</h1>
      <FilterBar filter={filter} onChange={showFilter} />
      {queryRef && (
        <Suspense>
          <Jobs queryRef={queryRef} connection={connection} filter={filter} />
        </Suspense>
      )}
    </Page>
  );
}

interface JobsProps {
  queryRef: PreloadedQuery<liveJobsQuery>;
  connection: JobsConnection;
  filter: Filter;
}

function Jobs({ queryRef, connection, filter }: JobsProps) {
  const query = usePreloadedQuery<liveJobsQuery>(jobsQuery, queryRef);
  return (
    <JobList
      query={query}
      connection={connection}
      isFiltered={searchOf(filter) !== ""}
      onClear={() => showFilter(filterOf(""))}
    />
  );
}

function showFilter(filter: Filter): void {
  replaceSearch(searchOf(filter));
}
