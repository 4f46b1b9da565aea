/** The events of a job, without a gap: a page that was read, and what the stream adds. */

import type { Store } from "jobwire-live";

export interface EventPage<Event> {
  /** The oldest first. */
  readonly nodes: readonly Event[];
  readonly pageInfo: {
    readonly hasPreviousPage: boolean;
    readonly startCursor?: string | null | undefined;
  };
}

export interface HistoryView<Event> {
  readonly events: readonly Event[];
  readonly hasEarlier: boolean;
  /** Where the earlier ones end. */
  readonly startCursor: string | null;
}

export class History<Event extends { readonly jobVersion: number }>
  implements Store<HistoryView<Event>>
{
  #view: HistoryView<Event> = { events: [], hasEarlier: false, startCursor: null };
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): HistoryView<Event> => this.#view;

  /** Take over the newest events, and keep those before them that join on. */
  begin(page: EventPage<Event>): void {
    const [first] = page.nodes;
    const { events } = this.#view;
    const earlier = events.filter((event) => event.jobVersion < versionOf(first));
    if (versionOf(earlier.at(-1)) + 1 === versionOf(first)) {
      this.#set({ events: [...earlier, ...page.nodes] });
    } else {
      this.#set({ events: page.nodes, ...beginningOf(page) });
    }
  }

  prepend(page: EventPage<Event>): void {
    const { events } = this.#view;
    if (versionOf(page.nodes.at(-1)) + 1 !== versionOf(events[0])) return;
    this.#set({ events: [...page.nodes, ...events], ...beginningOf(page) });
  }

  append(event: Event): void {
    const { events } = this.#view;
    if (event.jobVersion <= versionOf(events.at(-1))) return;
    this.#set({ events: [...events, event] });
  }

  #set(changes: Partial<HistoryView<Event>>): void {
    this.#view = { ...this.#view, ...changes };
    for (const listener of [...this.#listeners]) listener();
  }
}

function versionOf(event: { readonly jobVersion: number } | undefined): number {
  return event?.jobVersion ?? 0;
}

function beginningOf({ pageInfo }: EventPage<unknown>) {
  return {
    hasEarlier: pageInfo.hasPreviousPage,
    startCursor: pageInfo.startCursor ?? null,
  };
}
