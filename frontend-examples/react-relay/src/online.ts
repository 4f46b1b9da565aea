/** Whether the browser has a network at all. */

import { useSyncExternalStore } from "react";

let since = navigator.onLine ? null : Date.now();

addEventListener("offline", () => {
  since ??= Date.now();
});
addEventListener("online", () => {
  since = null;
});

/** Since when there is none, in ms since 1970; null: there is one. */
export function useOfflineSince(): number | null {
  return useSyncExternalStore(subscribe, () => since);
}

function subscribe(listener: () => void): () => void {
  addEventListener("offline", listener);
  addEventListener("online", listener);
  return () => {
    removeEventListener("offline", listener);
    removeEventListener("online", listener);
  };
}
