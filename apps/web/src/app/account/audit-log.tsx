"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { announce } from "../../session/announcer.tsx";
import { useTRPC } from "../../session/trpc/client.tsx";
import account from "./account.module.css";
import styles from "./audit-log.module.css";
import { AuditLogLines } from "./audit-log-lines.tsx";

/**
 * What happened to the account and its sessions, so that "why was I logged out?" has an answer. The first page is there
 * without any script.
 *
 * @param now the server's time, ISO 8601
 */
export function AuditLog({ now }: { now: string }) {
  const trpc = useTRPC();
  const { data, isError, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    trpc.auth.timeline.infiniteQueryOptions({}, { getNextPageParam: ({ nextCursor }) => nextCursor }),
  );
  const entries = data?.pages.flatMap((page) => page.entries);
  return (
    <section className={account.part} aria-labelledby="history">
      <h2 id="history">What happened here</h2>
      <AuditLogLines entries={entries} now={now} whose="yours" />
      {isError && (
        <p className={styles.trouble} role="alert">
          The list could not be updated.{" "}
          <button className={styles.again} type="button" onClick={() => refetch().then(announceFresh)}>
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
            if (!isFetchingNextPage) fetchNextPage().then(announceMore);
          }}
        >
          Show more
        </button>
      )}
    </section>
  );
}

interface Result {
  isError: boolean;
}

function announceMore({ isError }: Result): void {
  if (!isError) announce("Older entries are shown");
}

function announceFresh({ isError }: Result): void {
  if (!isError) announce("The list is up to date");
}
