/** When a page is back: on line again, or looked at again. */

/**
 * Call back each time it is; never where there is no page.
 *
 * @returns What ends that.
 */
export function onWakeUp(listener: () => void): () => void {
  if (typeof document === "undefined") return () => {};
  const look = () => {
    if (document.visibilityState === "visible") listener();
  };
  addEventListener("online", listener);
  document.addEventListener("visibilitychange", look);
  return () => {
    removeEventListener("online", listener);
    document.removeEventListener("visibilitychange", look);
  };
}
