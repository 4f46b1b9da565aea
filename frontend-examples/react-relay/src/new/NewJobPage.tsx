/** A form for a new job. */

import { lazy, Suspense } from "react";
import { type PreloadedQuery, usePreloadedQuery } from "react-relay";
import { graphql } from "relay-runtime";
import type { NewJobPageQuery } from "../__generated__/NewJobPageQuery.graphql.ts";
import { useScheduleJob } from "../actions/useScheduleJob.ts";
import { type LiveQueryConfig, useLiveQuery } from "../live/useLiveQuery.ts";
import { Page } from "../ui/Page.tsx";

// The form is large: it is loaded beside the rest, and is there before it is needed.
const loading = import("../ui/ScheduleForm.tsx");
const ScheduleForm = lazy(async () => ({ default: (await loading).ScheduleForm }));

const query = graphql`
  query NewJobPageQuery {
    jobTypes {
      name
      description
      dataSchema
    }
  }
`;

/** Types of job change with the server's code: nobody tells. */
const config: LiveQueryConfig<NewJobPageQuery> = {
  query,
  variables: {},
  follow: (_environment, _data, { onCompleted }) => {
    onCompleted();
    return { dispose: () => {} };
  },
};

export function NewJobPage() {
  const { status, restart, queryRef } = useLiveQuery(config);
  return (
    <Page title="New job" status={status} onTryNow={restart}>
      <h1>New job</h1>
      {queryRef && (
        <Suspense>
          <NewJob queryRef={queryRef} onRefused={restart} />
        </Suspense>
      )}
    </Page>
  );
}

interface NewJobProps {
  queryRef: PreloadedQuery<NewJobPageQuery>;
  /** The types will be refused, too, and that is shown above. */
  onRefused: () => void;
}

function NewJob({ queryRef, onRefused }: NewJobProps) {
  const { jobTypes } = usePreloadedQuery<NewJobPageQuery>(query, queryRef);
  const schedule = useScheduleJob(onRefused);
  return <ScheduleForm types={jobTypes} onSubmit={schedule} />;
}
