/** Where a job is scheduled. */

import { lazy, Suspense } from "react";
import { useJobTypes } from "../jobs/use-job-types.ts";
import { useScheduleJob } from "../jobs/use-schedule-job.ts";
import { Page } from "../ui/Page.tsx";

// The form is large: it is loaded beside the rest, and is there before it is needed.
const loading = import("../ui/ScheduleForm.tsx");
const ScheduleForm = lazy(async () => ({ default: (await loading).ScheduleForm }));

export function NewJobPage() {
  const { types, status, readNow } = useJobTypes();
  const { schedule, refused } = useScheduleJob();

  return (
    <Page title="New job" status={refused ?? status} onTryNow={readNow}>
      <h1>New job</h1>
      <Suspense>{types && <ScheduleForm types={types} onSubmit={schedule} />}</Suspense>
    </Page>
  );
}
