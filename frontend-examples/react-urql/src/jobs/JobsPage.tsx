/** The jobs of a filter, newest first. */

import type { LiveJobs } from "jobwire-live";
import { useEffect, useSyncExternalStore } from "react";
import { type Filter, filterOf, searchOf } from "../filter.ts";
import type { ListedJobFragment } from "../gql/graphql.ts";
import { replaceSearch } from "../route.ts";
import { onNewToken } from "../session.ts";
import { FilterBar } from "../ui/FilterBar.tsx";
import { LoadMore } from "../ui/LoadMore.tsx";
import { NoJobs } from "../ui/NoJobs.tsx";
import { Page } from "../ui/Page.tsx";
import { ListedJob } from "./ListedJob.tsx";

interface Props {
  jobs: LiveJobs<ListedJobFragment>;
  filter: Filter;
}

export function JobsPage({ jobs, filter }: Props) {
  const view = useSyncExternalStore(jobs.subscribe, jobs.getSnapshot);
  useEffect(() => onNewToken(() => jobs.restart()), [jobs]);
  const isEmpty = view.jobs.length === 0 && view.state === "live";

  return (
    <Page title="Jobs" status={view} onTryNow={() => jobs.restart()}>
      <h1>Jobs</h1>
      <FilterBar filter={filter} onChange={showFilter} />
      {isEmpty ? (
        <NoJobs
          isFiltered={searchOf(filter) !== ""}
          onClear={() => showFilter(filterOf(""))}
        />
      ) : (
        <ul aria-label="Jobs" className="jobs">
          {view.jobs.map((job) => (
            <ListedJob key={job.id} job={job} jobs={jobs} filter={filter} />
          ))}
        </ul>
      )}
      {view.hasMore && <LoadMore name="Load more" onLoad={() => jobs.loadMore()} />}
    </Page>
  );
}

function showFilter(filter: Filter): void {
  replaceSearch(searchOf(filter));
}
