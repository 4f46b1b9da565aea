/** The events of a job: the newest, and earlier ones on demand. */

import { usePaginationFragment } from "react-relay";
import { graphql, readInlineData } from "relay-runtime";
import type { JobHistory_event$key } from "../__generated__/JobHistory_event.graphql.ts";
import type { JobHistory_job$key } from "../__generated__/JobHistory_job.graphql.ts";
import type { JobHistoryPaginationQuery } from "../__generated__/JobHistoryPaginationQuery.graphql.ts";
import { History } from "../ui/History.tsx";

const PAGE_SIZE = 100;

const fragment = graphql`
  fragment JobHistory_job on Job
  @argumentDefinitions(
    count: { type: "Int", defaultValue: 100 }
    cursor: { type: "String" }
  )
  @refetchable(queryName: "JobHistoryPaginationQuery") {
    events(last: $count, before: $cursor) @connection(key: "JobHistory_events") {
      edges {
        node {
          ...JobHistory_event
        }
      }
    }
  }
`;

const eventFragment = graphql`
  fragment JobHistory_event on JobEvent @inline {
    id
    jobVersion
    kind
    changes
    source
    actor
    attempt
    occurredAt
  }
`;

export function JobHistory({ job }: { job: JobHistory_job$key }) {
  const { data, hasPrevious, loadPrevious } = usePaginationFragment<
    JobHistoryPaginationQuery,
    JobHistory_job$key
  >(fragment, job);

  const loadEarlier = () =>
    new Promise<void>((resolve, reject) => {
      const onComplete = (error: Error | null) => (error ? reject(error) : resolve());
      loadPrevious(PAGE_SIZE, { onComplete });
    });

  const events = data.events.edges.map(({ node }) =>
    readInlineData<JobHistory_event$key>(eventFragment, node),
  );
  return (
    <History events={events} hasEarlier={hasPrevious} onLoadEarlier={loadEarlier} />
  );
}
