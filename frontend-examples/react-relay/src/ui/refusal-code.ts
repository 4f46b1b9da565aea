/** Why a view was refused, as a word for programs. */

import { type LiveStatus, RefusedError } from "jobwire-live";

/** Return the code of the refusal; null: none, or it was not refused. */
export function refusalCode({ state, error }: LiveStatus): string | null {
  return state === "refused" && error instanceof RefusedError ? error.code : null;
}
