"use client";

import { useQuery } from "@tanstack/react-query";
import { deviceName } from "../../../messages/device-name.ts";
import { announce } from "../../../session/announcer.tsx";
import { useTRPC } from "../../../session/trpc/client.tsx";
import { LocalTime } from "../../../ui/local-time.tsx";
import { endOtherSessions, endSession } from "./actions.ts";
import { EndButton } from "./end-button.tsx";
import styles from "./session-list.module.css";

/**
 * Everywhere that one is logged in, like a log. It follows by itself what happens elsewhere.
 *
 * @param now the server's time, ISO 8601
 */
export function SessionList({ now }: { now: string }) {
  const trpc = useTRPC();
  const { data, isError, refetch } = useQuery(trpc.auth.sessions.queryOptions());
  const sessions = data?.sessions ?? [];
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
      <ul className={styles.list} aria-live="polite" aria-relevant="additions removals">
        {sessions.map((session) => (
          <li key={session.id}>
            <div>
              <p className={styles.device}>
                <span>{deviceName(session.userAgent)}</span>{" "}
                {session.current && <span className={styles.here}>this device</span>}
              </p>
              <p className={styles.facts}>
                {session.ipAddress && <code>{`${session.ipAddress} · `}</code>}
                <span>
                  last seen <LocalTime at={session.lastSeenAt} now={now} />, since{" "}
                  <LocalTime at={session.createdAt} now={now} />, until <LocalTime at={session.expiresAt} now={now} />
                </span>
              </p>
            </div>
            {!session.current && (
              <EndButton
                label="End"
                spoken={`End the session on ${deviceName(session.userAgent)}`}
                done={`The session on ${deviceName(session.userAgent)} is ended`}
                className={styles.end}
                action={endSession}
                sessionId={session.id}
                byScript={(client) => client.auth.endSession.mutate({ sessionId: session.id })}
              />
            )}
          </li>
        ))}
      </ul>
      {sessions.length > 1 && (
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

function announceFresh({ isError }: { isError: boolean }): void {
  if (!isError) announce("The list of your sessions is up to date");
}
