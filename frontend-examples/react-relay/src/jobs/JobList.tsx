/** The jobs of a filter, page by page. */

import { useEffect } from "react";
import { usePaginationFragment, useRelayEnvironment } from "react-relay";
import { graphql } from "relay-runtime";
import type { JobList_query$key } from "../__generated__/JobList_query.graphql.ts";
import type { JobListPaginationQuery } from "../__generated__/JobListPaginationQuery.graphql.ts";
import { LoadMore } from "../ui/LoadMore.tsx";
import { NoJobs } from "../ui/NoJobs.tsx";
import { JobRow } from "./JobRow.tsx";
import type { JobsConnection } from "./jobs-connection.ts";
import { PAGE_SIZE } from "./live-jobs.ts";

const fragment = graphql`
  fragment JobList_query on Query
  @argumentDefinitions(
    filter: { type: "JobFilter" }
    count: { type: "Int!" }
    cursor: { type: "String" }
  )
  @refetchable(queryName: "JobListPaginationQuery") {
    jobs(filter: $filter, first: $count, after: $cursor)
      @connection(key: "JobList_jobs", filters: ["filter"]) {
      edges {
        node {
          id
          ...JobRow_job
        }
      }
    }
  }
`;

interface Props {
  query: JobList_query$key;
  connection: JobsConnection;
  isFiltered: boolean;
  onClear: () => void;
}

export function JobList({ query, connection, isFiltered, onClear }: Props) {
  const environment = useRelayEnvironment();
  const { data, hasNext, loadNext } = usePaginationFragment<
    JobListPaginationQuery,
    JobList_query$key
  >(fragment, query);

  // Relay gives up the page that it reads when the list is shown no longer.
  useEffect(() => () => connection.leave(), [connection]);

  const loadMore = () =>
    connection.extend(
      environment,
      () =>
        new Promise((resolve, reject) => {
          const onComplete = (error: Error | null) =>
            error ? reject(error) : resolve();
          loadNext(PAGE_SIZE, { onComplete });
        }),
    );

  const { edges } = data.jobs;
  return (
    <>
      {edges.length === 0 && !hasNext ? (
        <NoJobs isFiltered={isFiltered} onClear={onClear} />
      ) : (
        <ul className="jobs" aria-label="Jobs">
          {edges.map(({ node }) => (
            <JobRow key={node.id} job={node} />
          ))}
        </ul>
      )}
      {hasNext && <LoadMore name="Load more" onLoad={loadMore} />}
    </>
  );
}
