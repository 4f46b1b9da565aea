/** Where a job is scheduled. */

import { type LiveStatus, RefusedError } from "jobwire-live";
import { lazy, Suspense, useEffect, useState } from "react";
import { useClient } from "urql";
import { refusalsOf } from "../api/refusals.ts";
import { graphql } from "../gql";
import { goToJob } from "../route.ts";
import { onNewToken } from "../session.ts";
import { Page } from "../ui/Page.tsx";
import type { ScheduleInput } from "../ui/ScheduleForm.tsx";
import { useJobTypes } from "./use-job-types.ts";

// The form is large: it is loaded beside the rest, and is there before it is needed.
const loading = import("../ui/ScheduleForm.tsx");
const ScheduleForm = lazy(async () => ({ default: (await loading).ScheduleForm }));

const ScheduleJob = graphql(`
  mutation ScheduleJob($input: ScheduleJobInput!) {
    scheduleJob(input: $input) {
      job {
        id
      }
      errors {
        ...RefusalFields
      }
    }
  }
`);

export function NewJobPage() {
  const client = useClient();
  const { types, status, readNow } = useJobTypes();
  const [refused, setRefused] = useState<LiveStatus | null>(null);
  useEffect(() => onNewToken(() => setRefused(null)), []);

  const schedule = async (input: ScheduleInput) => {
    const { data, error } = await client.mutation(ScheduleJob, { input });
    if (data?.scheduleJob.job) goToJob(data.scheduleJob.job.id);
    if (error?.graphQLErrors.length) {
      const reason = RefusedError.of(error.graphQLErrors);
      setRefused({ state: "refused", error: reason, liveUntil: null });
    }
    return refusalsOf(error, data?.scheduleJob.errors);
  };

  return (
    <Page title="New job" status={refused ?? status} onTryNow={readNow}>
      <h1>New job</h1>
      <Suspense>{types && <ScheduleForm types={types} onSubmit={schedule} />}</Suspense>
    </Page>
  );
}
