/** How the cache puts the events of a job together: in order, none twice, no gap. */

import type { FieldPolicy, Reference } from "@apollo/client";

interface Events {
  readonly nodes: readonly Reference[];
  readonly pageInfo: unknown;
}

export const jobEvents: FieldPolicy<Events> = {
  keyArgs: false,
  merge(known, incoming, { readField }) {
    const versionOf = (event: Reference) => readField<number>("jobVersion", event) ?? 0;
    const events = new Map<number, Reference>();
    for (const event of [...(known?.nodes ?? []), ...incoming.nodes]) {
      events.set(versionOf(event), event);
    }
    // Versions rise by one; what lies behind a gap is read again as an earlier page.
    const nodes: Reference[] = [];
    for (let version = Math.max(...events.keys()); ; version -= 1) {
      const event = events.get(version);
      if (event === undefined) break;
      nodes.push(event);
    }
    nodes.reverse();
    const [first] = nodes;
    const isKnownFirst = known !== undefined && known.nodes[0]?.__ref === first?.__ref;
    return { ...incoming, nodes, pageInfo: (isKnownFirst ? known : incoming).pageInfo };
  },
};
