"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import type { TimelineEntryAnswer } from "@watchword/auth/trpc";
import { deviceName } from "../../components/device-name.ts";
import { LocalTime } from "../../components/local-time.tsx";
import { Timeline } from "../../components/timeline.tsx";
import { useTRPC } from "../../trpc/client.tsx";
import account from "./account.module.css";
import styles from "./history.module.css";
import { type Happening, happening } from "./history-words.ts";

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
  const told = data?.pages
    .flatMap(({ entries }) => entries)
    .flatMap((entry) => {
      const words = happening(entry);
      return words ? [{ entry, words }] : [];
    });
  return (
    <section className={account.part} aria-labelledby="history">
      <h2 id="history">What happened here</h2>
      {told?.length === 0 && <p className={styles.note}>Nothing that is still remembered.</p>}
      <div className={styles.line}>
        <Timeline
          moments={(told ?? []).map(({ entry, words }) => ({
            title: words.title,
            text: <Facts entry={entry} words={words} now={now} />,
            ...(words.alarming ? { alarming: true } : {}),
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

function Facts({ entry, words, now }: { entry: TimelineEntryAnswer; words: Happening; now: string }) {
  const device = words.saysDevice || entry.userAgent === null ? undefined : deviceName(entry.userAgent);
  return (
    <>
      {words.text && <span className={styles.text}>{words.text}</span>}
      <LocalTime at={entry.at} now={now} />
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
