/** A query whose answer stays right in the store while it is shown. */

import type { LiveStatus } from "jobwire-live";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import {
  fetchQuery,
  type PreloadedQuery,
  useQueryLoader,
  useRelayEnvironment,
} from "react-relay";
import {
  createOperationDescriptor,
  type Disposable,
  type GraphQLTaggedNode,
  getRequest,
  type IEnvironment,
  type OperationType,
  type VariablesOf,
} from "relay-runtime";
import { VersionedStore } from "../relay/versioned-store.ts";
import { onNewToken } from "../session.ts";
import { LiveQuery, type StreamListener } from "./live-query.ts";

/** What is read and followed; keep it as long as it is the same. */
export interface LiveQueryConfig<Query extends OperationType> {
  readonly query: GraphQLTaggedNode;
  readonly variables: VariablesOf<Query>;
  /** What is read instead by now, for example because more is shown. */
  readonly variablesNow?: () => VariablesOf<Query>;
  /** Follow what was read. What cannot change is completed at once. */
  readonly follow: (
    environment: IEnvironment,
    data: Query["response"],
    listener: StreamListener,
  ) => Disposable;
}

export interface LiveQueryView<Query extends OperationType> {
  readonly status: LiveStatus;
  /** Read again now. */
  readonly restart: () => void;
  /** What `usePreloadedQuery` takes; null until it was read. */
  readonly queryRef: PreloadedQuery<Query> | null;
}

export function useLiveQuery<Query extends OperationType>(
  config: LiveQueryConfig<Query>,
): LiveQueryView<Query> {
  const { query, variables } = config;
  const environment = useRelayEnvironment();
  const [queryRef, loadQuery] = useQueryLoader<Query>(query);
  const live = useMemo(() => {
    const { query, variables, variablesNow = () => variables, follow } = config;
    return new LiveQuery<Query["response"]>({
      // It goes past Suspense, so that what is shown stays while it is read again.
      read: () =>
        fetchQuery<Query>(environment, query, variablesNow()).map((data) => {
          loadQuery(variables, { fetchPolicy: "store-or-network" });
          return data;
        }),
      follow: (data, listener) => follow(environment, data, listener),
      onReset: () => {
        const store = environment.getStore();
        if (store instanceof VersionedStore) store.forgetVersions();
      },
    });
  }, [environment, config, loadQuery]);
  useEffect(() => onNewToken(live.restart), [live]);
  // What the store still has is shown at once, on the way back to a page.
  useEffect(() => {
    const operation = createOperationDescriptor(getRequest(query), variables);
    const { status } = environment.check(operation);
    if (status === "available") loadQuery(variables, { fetchPolicy: "store-only" });
  }, [environment, query, variables, loadQuery]);
  const status = useSyncExternalStore(live.subscribe, live.getSnapshot);
  return {
    status,
    restart: live.restart,
    // That of another filter is not what was asked for.
    queryRef: queryRef?.variables === variables ? queryRef : null,
  };
}
