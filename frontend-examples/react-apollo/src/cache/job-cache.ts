/** Apollo's cache, in which nothing older takes the place of what is known of a job. */

import {
  type Cache,
  InMemoryCache,
  type OperationVariables,
  type Reference,
  type StoreObject,
} from "@apollo/client";
import { graphql } from "../gql/index.ts";
import fragments from "../gql/possible-types.ts";
import { expectedCancellation } from "./cancel-request.ts";
import { jobEvents } from "./job-events.ts";

const VERSION = graphql(`
  fragment JobVersion on Job {
    version
  }
`);

/** Fields that the version of a job says nothing about. */
const UNVERSIONED: ReadonlySet<string> = new Set(["asOf", "events"]);

export class JobCache extends InMemoryCache {
  constructor() {
    super({
      possibleTypes: fragments.possibleTypes,
      typePolicies: {
        Query: { fields: { jobs: { keyArgs: ["filter"], merge: false } } },
        JobType: { keyFields: ["name"] },
        Job: {
          fields: {
            events: jobEvents,
            // Until a cancel is answered, both say what is expected of it.
            cancellation: (told: StoreObject | null | undefined, options) =>
              options.readField("isTerminal")
                ? told
                : (expectedCancellation(options) ?? told),
            isCancelable: (told: boolean | undefined, options) =>
              told && !expectedCancellation(options),
          },
        },
      },
    });
  }

  /**
   * Whatever is written comes through here: answers to queries and mutations, messages of
   * streams, optimistic guesses. A `merge` of the type could not do this: Apollo calls it
   * for a field that holds one job, not for the jobs of a list.
   */
  override write<
    Data = unknown,
    Variables extends OperationVariables = OperationVariables,
  >(options: Cache.WriteOptions<Data, Variables>): Reference | undefined {
    const newer = this.#newerThan(options.result);
    if (newer.size === 0) return super.write(options);
    return this.batch({
      update: () => {
        const reference = super.write(options);
        for (const [id, known] of newer) this.#restore(id, known);
        return reference;
      },
    });
  }

  /** What is known of the jobs that a result tells older than they are. */
  #newerThan(result: unknown): Map<string, StoreObject> {
    const newer = new Map<string, StoreObject>();
    for (const job of jobsIn(result)) {
      const id = this.identify({ ...job });
      if (id === undefined) continue;
      const known = this.readFragment({ id, fragment: VERSION });
      if (known === null || known.version <= job.version) continue;
      newer.set(id, this.extract()[id] ?? {});
    }
    return newer;
  }

  #restore(id: string, known: StoreObject): void {
    this.modify({
      id,
      fields: (written, { fieldName, storeFieldName }) =>
        storeFieldName in known && !UNVERSIONED.has(fieldName)
          ? known[storeFieldName]
          : written,
    });
  }
}

interface VersionedJob {
  readonly __typename: "Job";
  readonly id: string;
  readonly version: number;
}

function* jobsIn(value: unknown): Generator<VersionedJob> {
  if (typeof value !== "object" || value === null) return;
  if (isVersionedJob(value)) yield value;
  for (const member of Object.values(value)) yield* jobsIn(member);
}

function isVersionedJob(value: object): value is VersionedJob {
  return (
    "__typename" in value &&
    value.__typename === "Job" &&
    "id" in value &&
    "version" in value &&
    typeof value.version === "number"
  );
}
