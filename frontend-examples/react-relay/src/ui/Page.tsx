/** What stands on every page: where to go, how the connection is, and the page's own. */

import type { LiveStatus } from "jobwire-live";
import { type ReactNode, useEffect, useLayoutEffect } from "react";
import { useOfflineSince } from "../online.ts";
import { ConnectionBanner } from "./ConnectionBanner.tsx";
import { ConnectionState } from "./ConnectionState.tsx";

interface Props {
  title: string;
  /** How right the page is. */
  status: LiveStatus;
  /** Connect now, instead of after a wait. */
  onTryNow: () => void;
  children: ReactNode;
}

export function Page({ title, status, onTryNow, children }: Props) {
  const offlineSince = useOfflineSince();
  useEffect(() => {
    document.title = `${title} · Jobwire`;
  }, [title]);
  // The browser scrolls again by itself on the way back.
  useLayoutEffect(() => {
    scrollTo(0, 0);
  }, []);

  return (
    <>
      <header className="top">
        <span className="brand">Jobwire</span>
        <nav aria-label="Pages">
          <PageLink to="#/" name="Jobs" title={title} />
          <PageLink to="#/new" name="New job" title={title} />
        </nav>
        <ConnectionState status={status} isOffline={offlineSince !== null} />
      </header>
      <ConnectionBanner
        status={status}
        offlineSince={offlineSince}
        onTryNow={onTryNow}
      />
      <main>{children}</main>
    </>
  );
}

interface PageLinkProps {
  to: string;
  name: string;
  title: string;
}

function PageLink({ to, name, title }: PageLinkProps) {
  return (
    <a href={to} {...(name === title && { "aria-current": "page" })}>
      {name}
    </a>
  );
}
