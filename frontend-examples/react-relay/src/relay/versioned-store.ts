/**
 * A store in which a job never becomes older than it is known to be.
 *
 * Answers overtake each other: a page that was read before a change can come after the
 * stream has told it. Relay publishes whatever comes last. All that is published, by
 * queries, pages, mutations and streams alike, goes through `publish`; so it is held to
 * the job's version there.
 */

import { RecordSource, Store } from "relay-runtime";

type StoredRecord = NonNullable<ReturnType<RecordSource["get"]>>;

/** A field of the job itself; those with arguments and connections are lists beside it. */
const OWN_FIELD = /^[a-z]\w*$/i;
/** A record without an id that is part of a job, such as its progress. */
const PART = /^client:([^:]+):[a-z]\w*$/i;
/** The store is tidied when a query is released, which a watched page may never do. */
const TIDIED_AFTER = 1000;

export class VersionedStore extends Store {
  /** Jobs whose next version counts, whatever it is. */
  readonly #forgotten = new Set<string>();
  #published = 0;

  override publish(source: RecordSource, idsMarkedForInvalidation?: Set<string>): void {
    super.publish(this.#withoutOlder(source), idsMarkedForInvalidation);
    this.#published += 1;
    if (this.#published % TIDIED_AFTER === 0) this.scheduleGC();
  }

  /** Take the next read as it is: the server has begun anew, and may know less. */
  forgetVersions(): void {
    const known = this.getSource();
    for (const id of known.getRecordIDs()) {
      if (versionOf(known.get(id)) !== null) this.#forgotten.add(id);
    }
  }

  #withoutOlder(source: RecordSource): RecordSource {
    const older = new Set(
      source.getRecordIDs().filter((id) => this.#isOlder(source, id)),
    );
    if (older.size === 0) return source;
    const newest = RecordSource.create();
    for (const id of source.getRecordIDs()) {
      const record = source.get(id);
      const known = this.getSource().get(id);
      const isOlder = older.has(id) || older.has(PART.exec(id)?.[1] ?? "");
      if (!record) newest.delete(id);
      else newest.set(id, isOlder && known ? onlyNew(record, known) : record);
    }
    return newest;
  }

  #isOlder(source: RecordSource, id: string): boolean {
    const version = versionOf(source.get(id));
    if (version === null || this.#forgotten.delete(id)) return false;
    const known = versionOf(this.getSource().get(id));
    return known !== null && version < known;
  }
}

/** What a record says that is not known yet, and its lists, which grow by themselves. */
function onlyNew(record: StoredRecord, known: StoredRecord): StoredRecord {
  return Object.fromEntries(
    Object.entries(record).map(([field, value]) => [
      field,
      OWN_FIELD.test(field) && known[field] !== undefined ? known[field] : value,
    ]),
  );
}

function versionOf(record: Readonly<Record<string, unknown>> | null | undefined) {
  const { __typename, version } = record ?? {};
  return __typename === "Job" && typeof version === "number" ? version : null;
}
