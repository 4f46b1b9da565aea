/** The list of jobs. */

import { type Filter, filterOf, holds, searchOf } from "../filter.ts";
import type { JobRowFragment } from "../gql/graphql.ts";
import type { JobList } from "../jobs/job-list.ts";
import { useCancelJob } from "../jobs/use-cancel-job.ts";
import { useJobList } from "../jobs/use-job-list.ts";
import { replaceSearch } from "../route.ts";
import { FilterBar } from "../ui/FilterBar.tsx";
import { JobRow } from "../ui/JobRow.tsx";
import { LoadMore } from "../ui/LoadMore.tsx";
import { NoJobs } from "../ui/NoJobs.tsx";
import { Page } from "../ui/Page.tsx";

interface Props {
  filter: Filter;
  list: JobList;
}

export function JobsPage({ filter, list }: Props) {
  const { jobs, hasMore, status } = useJobList(list);
  // The answer to a cancel may be here before the stream says that the job has left.
  const shown = jobs?.filter((job) => holds(filter, job));

  return (
    <Page title="Jobs" status={status} onTryNow={list.restart}>
      <h1>Jobs</h1>
      <FilterBar filter={filter} onChange={show} />
      {shown?.length === 0 ? (
        <NoJobs
          isFiltered={searchOf(filter) !== ""}
          onClear={() => show(filterOf(""))}
        />
      ) : (
        <ul className="jobs" aria-label="Jobs">
          {shown?.map((job) => (
            <CancelableRow key={job.id} job={job} />
          ))}
        </ul>
      )}
      {hasMore && <LoadMore name="Load more" onLoad={list.loadMore} />}
    </Page>
  );
}

function CancelableRow({ job }: { job: JobRowFragment }) {
  const { cancel, refusal } = useCancelJob(job.id);
  return <JobRow job={job} refusal={refusal} onCancel={() => cancel("GRACEFUL")} />;
}

function show(filter: Filter): void {
  replaceSearch(searchOf(filter));
}
