"use client";

import type { createTRPCClient } from "@trpc/client";
import type { AppRouter } from "@watchword/api";
import { listenToOtherTabs, postToOtherTabs } from "./tab-channel.ts";

interface FollowOptions {
  client: ReturnType<typeof createTRPCClient<AppRouter>>;
  /** The id of the newest change that is known already; null for "everything may have changed". */
  since: string | null;
  onChange: (kind: string) => void;
}

const lockName = "watchword.live";

/**
 * Follows the live stream of one's own changes, with one connection for all tabs of a browser: over HTTP/1.1 a browser
 * opens six to one host, and six tabs with a stream each would leave none for anything else. The tab that has the lock
 * keeps the stream and posts its events to the others; when it closes, the next one goes on after the last change that it received.
 *
 * @returns what stops it
 */
export function followChanges({ client, since, onChange }: FollowOptions): () => void {
  let lastEventId = since;
  const stopped = new AbortController();

  const onEvent = (id: string, kind: string) => {
    lastEventId = id;
    onChange(kind);
  };

  const stopListening = listenToOtherTabs((message) => {
    if (message.type === "change") onEvent(message.id, message.kind);
  });

  const lead = () =>
    new Promise<void>((resolve) => {
      const stream = client.live.changes.subscribe(lastEventId === null ? undefined : { lastEventId }, {
        onData: ({ id, data: { kind } }) => {
          onEvent(id, kind);
          postToOtherTabs({ type: "change", id, kind });
        },
        onError: () => resolve(),
        onComplete: resolve,
      });
      stopped.signal.addEventListener("abort", () => {
        stream.unsubscribe();
        resolve();
      });
    });

  if (navigator.locks) {
    navigator.locks.request(lockName, { signal: stopped.signal }, lead).catch(() => undefined); // stopped while waiting
  } else {
    lead();
  }
  return () => {
    stopListening();
    stopped.abort();
  };
}
