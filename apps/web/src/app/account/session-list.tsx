"use client";

import { useQuery } from "@tanstack/react-query";
import { deviceName } from "../../components/device-name.ts";
import { LocalTime } from "../../components/local-time.tsx";
import { useTRPC } from "../../trpc/client.tsx";
import styles from "./session-list.module.css";

/**
 * Everywhere that one is logged in, like a log. It follows by itself what happens elsewhere.
 *
 * @param now the server's time, ISO 8601
 */
export function SessionList({ now }: { now: string }) {
  const trpc = useTRPC();
  const { data, isError, refetch } = useQuery(trpc.auth.sessions.queryOptions());
  return (
    <>
      {isError && (
        <p className={styles.trouble} role="alert">
          The list could not be brought up to date.{" "}
          <button className={styles.again} type="button" onClick={() => refetch()}>
            Try again
          </button>
        </p>
      )}
      <ul className={styles.list} aria-live="polite" aria-relevant="additions removals">
        {data?.sessions.map((session) => (
          <li key={session.id}>
            <p className={styles.device}>
              {deviceName(session.userAgent)}
              {session.current && <span className={styles.here}>this device</span>}
            </p>
            <p className={styles.facts}>
              {session.ipAddress && <code>{session.ipAddress} · </code>}
              last seen <LocalTime at={session.lastSeenAt} now={now} />, since{" "}
              <LocalTime at={session.createdAt} now={now} />
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}
