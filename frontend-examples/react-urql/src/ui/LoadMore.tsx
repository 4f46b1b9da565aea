/** A button that loads more of a list, and says beside it when that has failed. */

import { useState } from "react";

interface Props {
  name: string;
  /** Load; what it throws is shown by its message. */
  onLoad: () => Promise<void>;
}

export function LoadMore({ name, onLoad }: Props) {
  const [error, setError] = useState<string | null>(null);
  const [isLoading, setLoading] = useState(false);

  const load = async () => {
    setLoading(true);
    setError(null);
    try {
      await onLoad();
    } catch (reason) {
      setError(reason instanceof Error ? reason.message : String(reason));
    } finally {
      setLoading(false);
    }
  };

  return (
    <div className="load-more">
      <button type="button" disabled={isLoading} onClick={load}>
        {isLoading ? "Loading…" : name}
      </button>
      {error !== null && (
        <p className="error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
