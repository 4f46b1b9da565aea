/** What is wrong with the connection, and what can be done; nothing while all is well. */

import type { LiveStatus } from "jobwire-live";
import { type ReactNode, useEffect, useState } from "react";
import { refusalCode } from "./refusal-code.ts";
import { timeOfDay } from "./Time.tsx";
import { TokenForm } from "./TokenForm.tsx";

/** Most losses are mended before anybody needs to know, in ms. */
const SAID_AFTER = 1_000;

interface Props {
  status: LiveStatus;
  offlineSince: number | null;
  onTryNow: () => void;
}

export function ConnectionBanner({ status, offlineSince, onTryNow }: Props) {
  const { state, error, liveUntil } = status;
  const isLost = state === "stale" || (state === "loading" && error !== null);
  const isLostForLong = useLasts(isLost, SAID_AFTER);

  if (offlineSince !== null) {
    const hasShown = state !== "loading" || liveUntil !== null;
    return (
      <Banner>
        <p>
          You are offline.{" "}
          {hasShown && `What you see is of ${timeOfDay(liveUntil ?? offlineSince)}.`}
        </p>
      </Banner>
    );
  }
  if (state === "refused") {
    const code = refusalCode(status);
    if (code === "NOT_FOUND") return null;
    const canSignIn = code === "UNAUTHENTICATED" || code === "FORBIDDEN";
    return (
      <Banner>
        <p>{error?.message}</p>
        {canSignIn ? <TokenForm /> : <TryNow onTryNow={onTryNow} />}
      </Banner>
    );
  }
  if (isLost && isLostForLong) {
    return (
      <Banner>
        <p>
          {liveUntil === null
            ? "The server does not answer. "
            : `The connection is lost. What you see is of ${timeOfDay(liveUntil)}. `}
          It is tried again by itself.
        </p>
        <TryNow onTryNow={onTryNow} />
      </Banner>
    );
  }
  return null;
}

function Banner({ children }: { children: ReactNode }) {
  return (
    <div className="banner" role="alert">
      {children}
    </div>
  );
}

function TryNow({ onTryNow }: { onTryNow: () => void }) {
  return (
    <button type="button" onClick={onTryNow}>
      Try now
    </button>
  );
}

/** Whether something has been so for a time, in ms. */
function useLasts(isSo: boolean, duration: number): boolean {
  const [lasts, setLasts] = useState(false);
  useEffect(() => {
    if (!isSo) return;
    const timer = setTimeout(() => setLasts(true), duration);
    return () => {
      clearTimeout(timer);
      setLasts(false);
    };
  }, [isSo, duration]);
  return lasts;
}
