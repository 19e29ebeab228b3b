"use client";

import { useSyncExternalStore } from "react";
import { remainingDuration, wholeDuration } from "../../format/duration.ts";
import { cutNotches } from "../../format/notches.ts";
import { type ShownLogin, shownLogin } from "../../session/shown-login.ts";
import { useElapsedSeconds } from "../../ui/elapsed.ts";
import styles from "../../ui/token-card.module.css";
import { TokenCard } from "../../ui/token-card.tsx";

interface LiveTokenCardsProps {
  /** The login that the page came with. */
  first: ShownLogin;
  /** How long each token lives on this server, in seconds. */
  accessLifeSeconds: number;
  refreshLifeSeconds: number;
  /** The page this is on: opening it again is what trades the tokens. */
  page: string;
}

/** This visitor's two tokens, running down as they really do. The tokens themselves no script can see, this one neither. */
export function LiveTokenCards({ first, accessLifeSeconds, refreshLifeSeconds, page }: LiveTokenCardsProps) {
  const newer = useSyncExternalStore(shownLogin.subscribe, shownLogin.newest, noneOnServer);
  const login = newer === undefined ? first : newer;
  // What the page came with was true when its first byte arrived, and what was asked since when it was answered.
  const elapsed = useElapsedSeconds(newer ?? "page");
  if (!login) return null;
  const accessLeft = login.expiresIn - elapsed;
  const refreshLeft = login.refreshExpiresIn - elapsed;
  const { rotations } = login;
  return (
    <div className={styles.pair}>
      <h2 className={styles.caption}>Your two tokens, now</h2>
      <Running name="Access token" life={accessLifeSeconds} left={accessLeft}>
        <p>It is sent with every request and says who you are.</p>
        {/* Two elements, not one whose texts change: a translator may have wrapped them. */}
        {accessLeft > 0 ? (
          <p key="alive">
            <strong>At zero</strong> the browser exchanges the refresh token for a new pair. You do not notice it.
          </p>
        ) : (
          <p key="over">
            <strong>It has expired.</strong> <a href={page}>Open this page again</a> to exchange the refresh token for a
            new pair.
          </p>
        )}
      </Running>
      <Running name="Refresh token" life={refreshLifeSeconds} left={refreshLeft}>
        <p>It works once. Each exchange returns the next one and restarts this row.</p>
        <p>
          <strong>A used one that comes back</strong> after the next one was used is a copy. The session ends at once,
          for everyone who holds it.
        </p>
      </Running>
      <p className={styles.under}>
        <span>
          {rotations === 0 ? "The first pair of this session." : `Pair number ${rotations + 1} of this session.`}
        </span>{" "}
        Both are in cookies that no script can read.
      </p>
    </div>
  );
}

const noneOnServer = () => undefined;

function Running({
  name,
  life,
  left,
  children,
}: {
  name: string;
  life: number;
  left: number;
  children: React.ReactNode;
}) {
  const { count, eachSeconds } = cutNotches(life);
  const ahead = Math.min(count, Math.max(0, Math.ceil(left / eachSeconds)));
  const each = eachSeconds >= 1 ? `Each notch is ${wholeDuration(Math.round(eachSeconds))}` : undefined;
  return (
    <TokenCard
      name={name}
      left={
        <span role="timer" title={each}>
          {remainingDuration(left)}
        </span>
      }
      notches={count}
      ahead={ahead}
    >
      {children}
    </TokenCard>
  );
}
