import { statusWord } from "./words.ts";

export function StatusBadge({ status }: { status: string }) {
  return (
    <span className="status" data-status={status}>
      {statusWord(status)}
    </span>
  );
}
