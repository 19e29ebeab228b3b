"use client";

import { useQuery } from "@tanstack/react-query";
import type { SessionsOutput } from "@watchword/auth/trpc";
import { activityHref } from "../../../lists/activity-query.ts";
import { type SessionsQuery, sessionsHref } from "../../../lists/sessions-query.ts";
import { deviceName } from "../../../messages/device-name.ts";
import { announce } from "../../../session/announcer.tsx";
import { useTRPC } from "../../../session/trpc/client.tsx";
import { LocalTime } from "../../../ui/local-time.tsx";
import { PageLinks } from "../../_shared/page-links.tsx";
import { endOtherSessions, endSession } from "./actions.ts";
import { EndButton } from "./end-button.tsx";
import styles from "./session-list.module.css";

interface SessionListProps {
  /** The server's time, ISO 8601. */
  now: string;
  query: SessionsQuery;
}

/** Where else one is logged in, like a log, a page at a time. It follows by itself what happens elsewhere. */
export function SessionList({ now, query }: SessionListProps) {
  const trpc = useTRPC();
  const { data, isError, refetch } = useQuery(trpc.auth.sessions.queryOptions(query));
  const others = (data?.sessions ?? []).filter(({ current }) => !current);
  const isFirst = query.cursor === undefined;
  return (
    <>
      {isError && (
        <p className={styles.trouble} role="alert">
          The list could not be updated.{" "}
          <button className={styles.again} type="button" onClick={() => refetch().then(announceFresh)}>
            Try again
          </button>
        </p>
      )}
      {data && others.length === 0 && (
        <p className={styles.note}>{isFirst ? "You are logged in nowhere else." : "There are no more sessions."}</p>
      )}
      {others.length > 0 && (
        <p className={styles.note}>Ending a session logs its device out within a second. It has to log in again.</p>
      )}
      <ul className={styles.list} aria-live="polite" aria-relevant="additions removals">
        {others.map((session) => (
          <li key={session.id}>
            <SessionSummary session={session} now={now} />
            <EndButton
              label="End"
              spoken={`End the session on ${deviceName(session.userAgent)}`}
              done={`The session on ${deviceName(session.userAgent)} is ended`}
              className={styles.end}
              action={endSession}
              sessionId={session.id}
              byScript={(client) => client.auth.endSession.mutate({ sessionId: session.id })}
            />
          </li>
        ))}
      </ul>
      {data && (
        <PageLinks
          label="Pages of your sessions"
          first={isFirst ? undefined : { href: "/account/sessions", text: "First page" }}
          next={data.nextCursor === null ? undefined : { href: sessionsHref(data.nextCursor), text: "Next page" }}
        >
          {`${data.total} sessions with this one.`}
        </PageLinks>
      )}
      {(data?.total ?? 0) > 1 && (
        <div className={styles.others}>
          <EndButton
            label="End all others"
            done="All your other sessions are ended. This one stays"
            className="button button-quiet"
            action={endOtherSessions}
            byScript={(client) => client.auth.endOtherSessions.mutate()}
          />
        </div>
      )}
    </>
  );
}

function SessionSummary({ session, now }: { session: SessionsOutput["sessions"][number]; now: string }) {
  return (
    <div className={styles.summary}>
      <p className={styles.device}>{deviceName(session.userAgent)}</p>
      <p className={styles.facts}>
        {session.ipAddress && <code>{`${session.ipAddress} · `}</code>}
        <span>
          last seen <LocalTime at={session.lastSeenAt} now={now} />, since{" "}
          <LocalTime at={session.createdAt} now={now} />, until <LocalTime at={session.expiresAt} now={now} />
        </span>{" "}
        <a href={activityHref({ session: session.id })} aria-label={`Activity on ${deviceName(session.userAgent)}`}>
          Activity
        </a>
      </p>
    </div>
  );
}

function announceFresh({ isError }: { isError: boolean }): void {
  if (!isError) announce("The list of your sessions is up to date");
}
