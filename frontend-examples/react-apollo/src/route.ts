/** Which page is shown, by the part of the address behind `#`. */

import { useSyncExternalStore } from "react";

export type Route =
  /** `search` holds the filter, as in `#/?status=failed`. */
  | { readonly page: "jobs"; readonly search: string }
  | { readonly page: "job"; readonly id: string }
  | { readonly page: "new" };

export function routeOf(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#/, "").split("?");
  const [, page, id] = path.split("/");
  if (page === "jobs" && id) return { page: "job", id };
  return page === "new" ? { page } : { page: "jobs", search };
}

export function jobAddress(id: string): string {
  return `#/jobs/${id}`;
}

export function goToJob(id: string): void {
  location.hash = jobAddress(id);
}

/** Show the list of another filter, without a step that "back" would stop at. */
export function replaceSearch(search: string): void {
  location.replace(search === "" ? "#/" : `#/?${search}`);
}

export function useRoute(): Route {
  return routeOf(useSyncExternalStore(subscribe, () => location.hash));
}

function subscribe(listener: () => void): () => void {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
}
