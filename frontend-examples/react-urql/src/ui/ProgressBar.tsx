/** How far a job has come, and what it does. */

import { type Progress, progressWords } from "./progress-words.ts";

export function ProgressBar({ progress }: { progress: Progress }) {
  const { fraction } = progress;
  return (
    <div className="progress">
      <progress
        aria-label="Progress"
        max={1}
        {...(fraction != null && { value: fraction })}
      />
      <span>{progressWords(progress)}</span>
    </div>
  );
}
