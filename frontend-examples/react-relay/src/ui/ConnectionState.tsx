/** How right the page is, in a word. */

import type { LiveStatus } from "jobwire-live";
import { refusalCode } from "./refusal-code.ts";

const WORDS = {
  loading: "Connecting",
  live: "Live",
  stale: "Reconnecting",
  refused: "Not signed in",
  offline: "Offline",
};

interface Props {
  status: LiveStatus;
  isOffline: boolean;
}

export function ConnectionState({ status, isOffline }: Props) {
  const state = isOffline ? "offline" : shownState(status);
  const isForbidden = state === "refused" && refusalCode(status) !== "UNAUTHENTICATED";
  return (
    <p className="connection" role="status" data-state={state}>
      {isForbidden ? "Refused" : WORDS[state]}
    </p>
  );
}

function shownState(status: LiveStatus) {
  // Nothing is wrong with the connection when a job has ended, or does not exist.
  if (status.state === "ended" || refusalCode(status) === "NOT_FOUND") return "live";
  return status.state;
}
