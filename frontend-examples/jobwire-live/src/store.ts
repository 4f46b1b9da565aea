/** A value that is replaced, never changed, and those who want to know when. */

/** What React's `useSyncExternalStore` takes, and adapters of other libraries need. */
export interface Store<Value> {
  /** Call back after each change, until what is returned is called. */
  readonly subscribe: (listener: () => void) => () => void;
  /** The value as it stands; the same object until it changes. */
  readonly getSnapshot: () => Value;
}

export class Cell<Value extends object> implements Store<Value> {
  #value: Value;
  readonly #onFirst: () => void;
  readonly #onLast: () => void;
  readonly #listeners = new Set<{ readonly listener: () => void }>();

  /** @param on What to do when the first listener has come, or the last one has gone. */
  constructor(value: Value, on: { onFirst: () => void; onLast: () => void }) {
    this.#value = value;
    this.#onFirst = on.onFirst;
    this.#onLast = on.onLast;
  }

  // Both are bound, for they are handed on without their object.
  readonly subscribe = (listener: () => void): (() => void) => {
    // One listener may subscribe twice.
    const entry = { listener };
    this.#listeners.add(entry);
    if (this.#listeners.size === 1) this.#onFirst();
    return () => {
      if (this.#listeners.delete(entry) && this.#listeners.size === 0) this.#onLast();
    };
  };

  readonly getSnapshot = (): Value => this.#value;

  set(changes: Partial<Value>): void {
    this.#value = { ...this.#value, ...changes };
    for (const { listener } of [...this.#listeners]) listener();
  }
}
