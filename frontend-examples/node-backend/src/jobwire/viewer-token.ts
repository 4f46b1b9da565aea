import type { CreateViewerTokenInput } from "../gql/graphql.ts";
import { graphql } from "../gql/index.ts";
import type { Jobwire } from "./client.ts";
import { made } from "./errors.ts";

const CreateViewerToken = graphql(`
  mutation CreateViewerToken($input: CreateViewerTokenInput!) {
    createViewerToken(input: $input) {
      token
      expiresAt
      errors { ...RefusalFields }
    }
  }
`);

type Given = Pick<CreateViewerTokenInput, "ttl">;
/** One user, or one job; and for how long, at most a day. */
export type ViewerTokenInput =
  | (Given & { readonly userId: string | number })
  | (Given & { readonly jobId: string });

export interface ViewerToken {
  readonly token: string;
  readonly expiresAt: string;
}

/**
 * Make a token for a browser: it reads the jobs of one user, or one job alone, and
 * changes nothing. The client's own token must have the scope `admin`.
 */
export async function createViewerToken(
  jobwire: Jobwire,
  input: ViewerTokenInput,
): Promise<ViewerToken> {
  const { createViewerToken: payload } = await jobwire.request(CreateViewerToken, {
    input,
  });
  const token = made(payload.token, payload.errors);
  return { token, expiresAt: made(payload.expiresAt, payload.errors) };
}
