/** The connection of a list, newest first, kept right by changes and pages. */

import {
  ConnectionHandler,
  commitLocalUpdate,
  type Disposable,
  type IEnvironment,
  type RecordProxy,
  type RecordSourceProxy,
  ROOT_ID,
} from "relay-runtime";
import { edgesOf, insertNode, nodeOf } from "../relay/edges.ts";

/** What a change says of a job's place in the list; the job itself is in the store. */
export interface ListChange {
  readonly jobId: string;
  readonly leftFilter: boolean;
}

/** How many jobs a list may gain before it is better read anew. */
const MOST_GAINED = 500;
const LARGEST_PAGE = 100;

export class JobsConnection {
  readonly #id: string;
  readonly #pageSize: number;
  /**
   * The oldest job that was read, even if it has left; the next page begins behind it.
   * Null: there was none.
   */
  #oldestRead: string | null = null;
  /** What is told while a page is read, which may be older; null: none is. */
  #told: ListChange[] | null = null;
  /** Jobs that were told and are in no list yet would be taken for garbage. */
  #hold: Disposable | null = null;
  #gained = 0;
  #length = 0;

  constructor(filter: object, pageSize: number) {
    this.#id = ConnectionHandler.getConnectionID(ROOT_ID, "JobList_jobs", { filter });
    this.#pageSize = pageSize;
  }

  /** How many jobs to read anew, so that the list does not become shorter. */
  get count(): number {
    return Math.min(Math.max(this.#length, this.#pageSize), LARGEST_PAGE);
  }

  /** Whether it should be read anew: what nobody scrolls to is kept no longer. */
  get isOutgrown(): boolean {
    return this.#gained > MOST_GAINED;
  }

  /** The list was read from its beginning. */
  begin(environment: IEnvironment): void {
    this.leave();
    this.#gained = 0;
    this.#oldestRead = null;
    commitLocalUpdate(environment, (store) => this.#noteEnd(store));
  }

  /**
   * The next page is read: what is told meanwhile holds for it, too.
   *
   * @throws What the reading throws.
   */
  async extend(environment: IEnvironment, reading: () => Promise<void>): Promise<void> {
    const told: ListChange[] = [];
    this.leave();
    this.#told = told;
    this.#hold = environment.getStore().holdGC();
    try {
      await reading();
    } finally {
      if (this.#told === told) {
        this.#told = null;
        commitLocalUpdate(environment, (store) => {
          this.#noteEnd(store);
          for (const change of told) this.apply(store, change);
        });
        this.leave();
      }
    }
  }

  /** A page that is being read is waited for no more. */
  leave(): void {
    this.#told = null;
    this.#hold?.dispose();
    this.#hold = null;
  }

  /** Take in what the stream tells, in an updater. */
  apply(store: RecordSourceProxy, change: ListChange): void {
    this.#told?.push(change);
    const connection = store.get(this.#id);
    const job = store.get(change.jobId);
    if (!connection || !job) return;
    if (change.leftFilter) {
      ConnectionHandler.deleteNode(connection, change.jobId);
    } else if (this.#reaches(connection, change.jobId)) {
      this.#insert(store, connection, job);
    }
    this.#length = edgesOf(connection).length;
  }

  #insert(store: RecordSourceProxy, connection: RecordProxy, job: RecordProxy): void {
    const ids = edgesOf(connection).map(idOf);
    const id = job.getDataID();
    if (ids.includes(id)) return;
    // Ids begin with the time of their creation.
    const older = ids.findIndex((other) => other < id);
    insertNode(store, connection, job, older < 0 ? ids.length : older);
    this.#gained += 1;
  }

  /** Whether a job belongs among what was read. */
  #reaches(connection: RecordProxy, id: string): boolean {
    const hasMore = connection.getLinkedRecord("pageInfo")?.getValue("hasNextPage");
    return hasMore !== true || this.#oldestRead === null || id >= this.#oldestRead;
  }

  #noteEnd(store: RecordSourceProxy): void {
    const connection = store.get(this.#id);
    if (!connection) return;
    const edges = edgesOf(connection);
    this.#length = edges.length;
    const [last] = edges.slice(-1).map(idOf);
    if (last === undefined) return;
    if (this.#oldestRead === null || last < this.#oldestRead) this.#oldestRead = last;
  }
}

function idOf(edge: RecordProxy): string {
  return nodeOf(edge)?.getDataID() ?? "";
}
