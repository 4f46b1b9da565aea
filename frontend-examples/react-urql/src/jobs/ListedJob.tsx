/** A job of the list, which can be canceled there. */

import type { LiveJobs } from "jobwire-live";
import { type Filter, holds } from "../filter.ts";
import type { ListedJobFragment } from "../gql/graphql.ts";
import { JobRow } from "../ui/JobRow.tsx";
import { useCancel } from "./use-cancel.ts";

interface Props {
  job: ListedJobFragment;
  jobs: LiveJobs<ListedJobFragment>;
  filter: Filter;
}

export function ListedJob({ job, jobs, filter }: Props) {
  const {
    job: shown,
    refusal,
    cancel,
  } = useCancel(job, (answer) => jobs.put(answer, holds(filter, answer)));
  return <JobRow job={shown} refusal={refusal} onCancel={() => cancel("GRACEFUL")} />;
}
