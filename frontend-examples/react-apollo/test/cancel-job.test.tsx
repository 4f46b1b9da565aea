import type { ApolloClient } from "@apollo/client";
import { ApolloProvider, useQuery } from "@apollo/client/react";
import { act, renderHook, waitFor } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import type { JobDetailsFragment } from "../src/gql/graphql.ts";
import { JOBS } from "../src/jobs/job-list.ts";
import { useCancelJob } from "../src/jobs/use-cancel-job.ts";
import { detailsOf, pageOf, rowOf } from "./jobs.ts";
import { createTestClient, requested } from "./server.ts";

vi.mock("../src/socket.ts", () => import("./server.ts"));

let client: ApolloClient;

beforeEach(() => {
  client = createTestClient();
  tellList(1);
});

/** What another component sees of the job, and the cancel of this one. */
function renderCancel() {
  const { result } = renderHook(
    () => {
      const { data } = useQuery(JOBS, {
        variables: { filter: {} },
        fetchPolicy: "cache-only",
      });
      return { ...useCancelJob("job_1"), job: data?.jobs.nodes[0] };
    },
    {
      wrapper: ({ children }) => (
        <ApolloProvider client={client}>{children}</ApolloProvider>
      ),
    },
  );
  return result;
}

function tellList(version: number): void {
  client.cache.writeQuery({
    query: JOBS,
    variables: { filter: {} },
    data: { jobs: pageOf([rowOf("job_1", version)]) },
  });
}

function payload(job: JobDetailsFragment | null, errors: object[] = []) {
  const __typename = "CancelJobPayload";
  return { cancelJob: { __typename, alreadySettled: false, job, errors } };
}

test("it is shown at once, and corrected by the answer", async () => {
  const shown = renderCancel();
  await act(async () => shown.current.cancel("GRACEFUL"));
  expect(shown.current.job?.cancellation?.outcome).toBe("PENDING");
  expect(shown.current.job?.isCancelable).toBe(false);

  const ended = { status: "SUCCEEDED", isTerminal: true, isCancelable: false } as const;
  await act(async () =>
    requested("CancelJob").answer(payload(detailsOf("job_1", 2, ended))),
  );
  expect(shown.current.job).toMatchObject({ ...ended, version: 2, cancellation: null });
});

test("what is told of the job meanwhile is shown, and kept when the answer is older", async () => {
  const shown = renderCancel();
  await act(async () => shown.current.cancel("GRACEFUL"));
  act(() => tellList(5));
  await waitFor(() => expect(shown.current.job?.progress?.message).toBe("at 5"));
  expect(shown.current.job?.cancellation?.outcome).toBe("PENDING");

  await act(async () => requested("CancelJob").answer(payload(detailsOf("job_1", 4))));
  expect(shown.current.job?.progress?.message).toBe("at 5");
});

test("a refusal takes it back, and says why", async () => {
  const shown = renderCancel();
  await act(async () => shown.current.cancel("GRACEFUL"));
  const refusal = { __typename: "ForbiddenError", code: "FORBIDDEN", path: null };
  await act(async () =>
    requested("CancelJob").answer(payload(null, [{ ...refusal, message: "No." }])),
  );

  expect(shown.current.job).toMatchObject({ cancellation: null, isCancelable: true });
  expect(shown.current.refusal).toBe("No.");
});

test("a lost connection takes it back, and says so", async () => {
  const shown = renderCancel();
  await act(async () => shown.current.cancel("GRACEFUL"));
  await act(async () => requested("CancelJob").fail(new TypeError("Failed to fetch")));

  expect(shown.current.job).toMatchObject({ cancellation: null, isCancelable: true });
  expect(shown.current.refusal).toMatch(/connection was lost/);
});
