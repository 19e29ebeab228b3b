"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { type ActivityQuery, activityHref, auditLogInputOf } from "../../lists/activity-query.ts";
import { announce } from "../../session/announcer.tsx";
import { useTRPC } from "../../session/trpc/client.tsx";
import styles from "./audit-log.module.css";
import { AuditLogLines } from "./audit-log-lines.tsx";

interface AuditLogProps {
  /** The server's time, ISO 8601. */
  now: string;
  query: ActivityQuery;
}

/**
 * What happened to the account and its sessions, so that "why was I logged out?" has an answer. Each page is there without any
 * script, by a link; with one the older entries come beneath the newer ones.
 */
export function AuditLog({ now, query }: AuditLogProps) {
  const trpc = useTRPC();
  const { data, isError, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    trpc.auth.timeline.infiniteQueryOptions(auditLogInputOf(query), {
      getNextPageParam: ({ nextCursor }) => nextCursor,
      ...(query.before && { initialCursor: query.before }),
    }),
  );
  const entries = data?.pages.flatMap((page) => page.entries);
  const older = data?.pages.at(-1)?.nextCursor ?? null;
  return (
    <>
      <AuditLogLines entries={entries} now={now} whose="yours" />
      {isError && (
        <p className={styles.trouble} role="alert">
          The list could not be updated.{" "}
          <button className={styles.again} type="button" onClick={() => refetch().then(announceFresh)}>
            Try again
          </button>
        </p>
      )}
      {query.before !== undefined && (
        <a className="reach" href={activityHref(withoutPage(query))}>
          Newest entries
        </a>
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
      {older !== null && (
        <a className={`button button-quiet ${styles.older}`} href={activityHref({ ...query, before: older })}>
          Older entries
        </a>
      )}
    </>
  );
}

function withoutPage({ before: _, ...query }: ActivityQuery): ActivityQuery {
  return query;
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
