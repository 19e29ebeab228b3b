"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { deviceName } from "../../components/device-name.ts";
import { LocalTime } from "../../components/local-time.tsx";
import { Timeline } from "../../components/timeline.tsx";
import { useTRPC } from "../../trpc/client.tsx";
import account from "./account.module.css";
import styles from "./history.module.css";
import { type Told, toldOf } from "./history-words.ts";

/**
 * What happened to the account and its sessions, so that "why was I logged out?" has an answer. The first page is there
 * without any script.
 *
 * @param now the server's time, ISO 8601
 */
export function History({ now }: { now: string }) {
  const trpc = useTRPC();
  const { data, isError, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    trpc.auth.timeline.infiniteQueryOptions({}, { getNextPageParam: ({ nextCursor }) => nextCursor }),
  );
  const told = data && toldOf(data.pages.flatMap(({ entries }) => entries));
  return (
    <section className={account.part} aria-labelledby="history">
      <h2 id="history">What happened here</h2>
      {told?.length === 0 && <p className={styles.note}>Nothing that is still remembered.</p>}
      <div className={styles.line}>
        <Timeline
          moments={(told ?? []).map((one) => ({
            title: one.times > 1 ? `${one.words.title}, ${one.times} times` : one.words.title,
            text: <Facts told={one} now={now} />,
            ...(one.words.alarming ? { alarming: true } : {}),
          }))}
        />
      </div>
      {isError && (
        <p className={styles.trouble} role="alert">
          This could not be brought up to date.{" "}
          <button className={styles.again} type="button" onClick={() => refetch()}>
            Try again
          </button>
        </p>
      )}
      {hasNextPage && !isError && (
        <button
          className={`button button-quiet ${styles.more}`}
          type="button"
          aria-busy={isFetchingNextPage}
          onClick={() => {
            if (!isFetchingNextPage) fetchNextPage();
          }}
        >
          Show more
        </button>
      )}
    </section>
  );
}

function Facts({ told: { entry, words, times, since }, now }: { told: Told; now: string }) {
  const device = words.saysDevice || entry.userAgent === null ? undefined : deviceName(entry.userAgent);
  return (
    <>
      {words.text && <span className={styles.text}>{words.text}</span>}
      <LocalTime at={entry.at} now={now} />
      {times > 1 && minuteOf(since) !== minuteOf(entry.at) && (
        <>
          , the first <LocalTime at={since} now={now} />
        </>
      )}
      {device && ` · ${device}`}
      {entry.ipAddress && (
        <>
          {" · "}
          <code>{entry.ipAddress}</code>
        </>
      )}
      {entry.current && <span className={account.here}>this session</span>}
    </>
  );
}

/** As exact as a time is said here: ISO 8601 up to the minute. */
function minuteOf(at: string): string {
  return at.slice(0, "2026-01-01T00:00".length);
}
