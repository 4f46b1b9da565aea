import { createClient } from "graphql-ws";

export type Job = {
  id: string;
  status: string;
  isTerminal: boolean;
  result: unknown;
  progress: { fraction: number | null; message: string | null } | null;
  failure: { message: string } | null;
  cancellation: { outcome: string } | null;
};

export const shown = `id status isTerminal result
  progress { fraction message } failure { message } cancellation { outcome }`;

export const socket = createClient({
  url: `${location.origin.replace("http", "ws")}/graphql`,
  retryAttempts: 0, // useJob tries again by itself
});

type Payload = { job: Job | null; errors: { message: string }[] };

/** Run a mutation; what was refused is thrown, in the words of the server. */
export async function mutate(field: string, type: string, input: object): Promise<Job> {
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      query: `mutation ($input: ${type}!) {
        ${field}(input: $input) { job { ${shown} } errors { message } } }`,
      variables: { input },
    }),
  });
  const { data, errors } = await answer.json();
  const payload: Payload | undefined = data?.[field];
  const refused = errors?.[0] ?? payload?.errors[0];
  if (refused || !payload?.job) throw new Error(refused?.message ?? "No answer came.");
  return payload.job;
}
