/** Reads as jobwire-live needs them: past every cache, and given up on request. */

import type { AnyVariables, Client, CombinedError, DocumentInput } from "urql";
import { reasonOf } from "./refusals.ts";

/** jobwire-live tells a refusal from a loss by what was answered. */
class ReadError extends Error {
  override readonly name = "ReadError";
  readonly graphQLErrors: CombinedError["graphQLErrors"];
  readonly response: unknown;

  constructor(error: CombinedError) {
    super(reasonOf(error));
    this.graphQLErrors = error.graphQLErrors;
    this.response = error.response;
  }
}

export function read<Data, Variables extends AnyVariables>(
  client: Client,
  document: DocumentInput<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Data> {
  return new Promise((resolve, reject) => {
    const reading = client
      .query(document, variables, { requestPolicy: "network-only" })
      .subscribe(({ data, error }) => {
        reading.unsubscribe();
        if (error) reject(new ReadError(error));
        else if (data) resolve(data);
      });
    // Whoever reads again must not be given the answer that this one waits for.
    signal?.addEventListener("abort", () => {
      reading.unsubscribe();
      reject(signal.reason);
    });
  });
}
