/** One job, live. */

import { Suspense, useMemo } from "react";
import { type PreloadedQuery, usePreloadedQuery } from "react-relay";
import type { liveJobQuery } from "../__generated__/liveJobQuery.graphql.ts";
import { type LiveQueryView, useLiveQuery } from "../live/useLiveQuery.ts";
import { NoSuchJob } from "../ui/NoSuchJob.tsx";
import { Page } from "../ui/Page.tsx";
import { JobDetails } from "./JobDetails.tsx";
import { JobHistory } from "./JobHistory.tsx";
import { jobQuery, liveJob } from "./live-job.ts";

export function JobPage({ id }: { id: string }) {
  const config = useMemo(() => liveJob(id), [id]);
  const { queryRef, ...live } = useLiveQuery(config);
  const loading = (
    <Page title="Job" status={live.status} onTryNow={live.restart}>
      {null}
    </Page>
  );
  return queryRef ? (
    <Suspense fallback={loading}>
      <LoadedJob live={live} queryRef={queryRef} />
    </Suspense>
  ) : (
    loading
  );
}

interface Props {
  live: Omit<LiveQueryView<liveJobQuery>, "queryRef">;
  queryRef: PreloadedQuery<liveJobQuery>;
}

function LoadedJob({ live, queryRef }: Props) {
  const { job } = usePreloadedQuery<liveJobQuery>(jobQuery, queryRef);
  return (
    <Page title={job?.tag ?? "Job"} status={live.status} onTryNow={live.restart}>
      {job ? (
        <article className="job">
          <JobDetails job={job} />
          <JobHistory job={job} />
        </article>
      ) : (
        <NoSuchJob />
      )}
    </Page>
  );
}
