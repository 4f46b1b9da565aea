/** What a job that succeeded has returned. */

interface Props {
  result: unknown;
  isSecret: boolean;
}

export function ResultSection({ result, isSecret }: Props) {
  return (
    <section aria-label="Result">
      <h2>Result</h2>
      {isSecret ? (
        <p className="muted">The result is secret: you may not read it.</p>
      ) : result == null ? (
        <p className="muted">It returned nothing.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by the keyboard
        <pre tabIndex={0}>{JSON.stringify(result, null, 2)}</pre>
      )}
    </section>
  );
}
