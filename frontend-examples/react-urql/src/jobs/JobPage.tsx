/** One job: where it stands, what can be done, and all that happened to it. */

import { useEffect, useState, useSyncExternalStore } from "react";
import { useClient } from "urql";
import { onNewToken } from "../session.ts";
import { NoSuchJob } from "../ui/NoSuchJob.tsx";
import { Page } from "../ui/Page.tsx";
import { refusalCode } from "../ui/refusal-code.ts";
import { watchJob } from "./live-job.ts";
import { ShownJob } from "./ShownJob.tsx";

export function JobPage({ id }: { id: string }) {
  const client = useClient();
  const [watched] = useState(() => watchJob(client, id));
  const { live } = watched;
  const view = useSyncExternalStore(live.subscribe, live.getSnapshot);
  useEffect(() => onNewToken(() => live.restart()), [live]);
  const isMissing = refusalCode(view) === "NOT_FOUND";

  return (
    <Page title={view.job?.tag ?? "Job"} status={view} onTryNow={() => live.restart()}>
      {isMissing && <NoSuchJob />}
      {!isMissing && view.job && <ShownJob job={view.job} watched={watched} />}
    </Page>
  );
}
