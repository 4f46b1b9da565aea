/** A job in the list, with what the API knows of it. */

import { useFragment } from "react-relay";
import { graphql } from "relay-runtime";
import type { JobRow_job$key } from "../__generated__/JobRow_job.graphql.ts";
import { useCancelJob } from "../actions/useCancelJob.ts";
import * as ui from "../ui/JobRow.tsx";

export function JobRow(props: { job: JobRow_job$key }) {
  const job = useFragment(
    graphql`
      fragment JobRow_job on Job {
        id
        version
        tag
        type
        status
        createdAt
        isTerminal
        isCancelable
        progress {
          fraction
          message
        }
        cancellation {
          outcome
        }
      }
    `,
    props.job,
  );
  const { cancel, refusal } = useCancelJob(job.id);
  return <ui.JobRow job={job} refusal={refusal} onCancel={() => cancel("GRACEFUL")} />;
}
