/** The events of a job, in order. */

import { type EventFields, eventWords } from "./event-words.ts";
import { LoadMore } from "./LoadMore.tsx";
import { Time } from "./Time.tsx";
import { sourceWord } from "./words.ts";

export interface HistoryEvent extends EventFields {
  readonly id: string;
  readonly jobVersion: number;
  readonly source: string;
  readonly actor?: string | null | undefined;
  readonly attempt?: number | null | undefined;
  readonly occurredAt: string;
}

interface Props {
  /** The oldest first, without a gap. */
  events: readonly HistoryEvent[];
  /** Whether there are earlier events than these. */
  hasEarlier: boolean;
  onLoadEarlier: () => Promise<void>;
}

export function History({ events, hasEarlier, onLoadEarlier }: Props) {
  return (
    <section aria-label="History">
      <h2>History</h2>
      {hasEarlier && <LoadMore name="Show earlier events" onLoad={onLoadEarlier} />}
      <ol>
        {events.map((event) => (
          <li key={event.jobVersion} data-version={event.jobVersion}>
            <span className="muted">
              <Time at={event.occurredAt} />
            </span>
            <span>{eventWords(event)}</span>
            <span className="muted">{describeSource(event)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function describeSource({ source, actor, attempt }: HistoryEvent): string {
  const parts = [sourceWord(source)];
  if (actor) parts.push(actor);
  if (attempt != null) parts.push(`attempt ${attempt}`);
  return parts.join(" · ");
}
