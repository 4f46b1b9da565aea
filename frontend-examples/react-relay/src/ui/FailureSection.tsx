/** Why a job failed. */

import { failureWords } from "./words.ts";

export interface FailureFields {
  readonly kind: string;
  readonly name?: string | null | undefined;
  readonly message: string;
}

export function FailureSection({ failure }: { failure: FailureFields }) {
  const said = [failure.name, failure.message].filter(Boolean).join(": ");
  return (
    <section aria-label="Failure" data-kind={failure.kind}>
      <h2>Failure</h2>
      <p>
        <strong>{failureWords(failure.kind)}</strong> <code>{failure.kind}</code>
      </p>
      {said && <pre>{said}</pre>}
    </section>
  );
}
