"use client";

import { useEffect, useState } from "react";
import { remainingDuration } from "../format/duration.ts";
import { monoFont } from "../format/mono-font.ts";
import { DevEventLog } from "./dev-event-log.tsx";
import { LifeRow } from "./life-row.tsx";
import styles from "./panel.module.css";
import type { PanelState, WatchedSession } from "./panel-state.ts";
import { fetchPanelState } from "./switch-board.ts";
import { Switches } from "./switches.tsx";

/** The token's life as it happens, and switches to make it happen. In development only: see `absent.ts`. */
export function DevtoolsPanel() {
  const [open, setOpen] = useOpen();
  const { state, readNow } = usePanelState();
  if (!state) return null;
  const { session, events } = state;
  return (
    <aside
      id="watchword-devtools"
      className={`${open ? styles.opened : ""} ${styles.panel} ${monoFont.variable}`}
      aria-label="Devtools"
    >
      <button type="button" className={styles.bar} aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className={session && !session.ended ? styles.alive : styles.asleep} aria-hidden="true" />
        <span>Devtools</span>
        <span className={styles.brief}>{open ? "Close" : briefly(session)}</span>
      </button>
      {open && (
        <div className={styles.inside}>
          <div className={styles.top}>
            {session && (
              <dl className={styles.lives}>
                <LifeRow name="Access token" life={session.access} />
                <LifeRow name="Refresh token" life={session.refresh} />
              </dl>
            )}
            <Switches session={session} onDone={readNow} />
          </div>
          <DevEventLog events={events} session={session} />
        </div>
      )}
    </aside>
  );
}

function briefly(session: WatchedSession | null): string {
  if (!session) return "no session";
  if (session.ended) return "session ended";
  return session.access.left > 0 ? remainingDuration(session.access.left) : "access token expired";
}

const everyMs = 1_000;

/** Reads once a second while the page is visible. Polled, because five open streams would use up a browser's connections. */
function usePanelState() {
  const [state, setState] = useState<PanelState>();
  const readNow = async () => {
    const seen = await fetchPanelState();
    if (seen) setState(seen);
  };
  useEffect(() => {
    let gone = false;
    let timer: number | undefined;
    const again = async () => {
      const seen = document.visibilityState === "visible" ? await fetchPanelState() : undefined;
      if (gone) return;
      if (seen) setState(seen);
      timer = window.setTimeout(again, everyMs);
    };
    again();
    return () => {
      gone = true;
      window.clearTimeout(timer);
    };
  }, []);
  return { state, readNow };
}

const key = "watchword.devtools";

/** Open where there is room for it, until the user closes it. */
function useOpen(): [boolean, (open: boolean) => void] {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const said = localStorage.getItem(key);
    setOpen(said === null ? window.matchMedia("(min-width: 60rem)").matches : said === "open");
  }, []);
  return [
    open,
    (next) => {
      localStorage.setItem(key, next ? "open" : "closed");
      setOpen(next);
    },
  ];
}
