import { setTimeout as timeout } from "node:timers/promises";
import { isObservable, observableToAsyncIterable } from "@trpc/server/observable";
import type { Delay } from "../../core/domain/clock.ts";
import { AuthError } from "../../core/domain/errors.ts";
import type { RequestHeaders } from "../request-headers.ts";

/** The numbers of streams. Milliseconds, but for counts. */
export const streamSettings = {
  /** Between two checks whether a session lives: half of the 500 ms within which its end has to reach its streams. */
  recheckMs: 250,
  /**
   * So many checks in a row may fail, at least 10 s, before a stream ends because its session cannot be checked.
   * A locked database is open again within 2 s.
   */
  failedRechecks: 40,
  /** Proxies drop a connection on which nothing came for 30 or 60 s. */
  pingMs: 15_000,
  /** A client that received nothing for so long opens the stream again: one ping may get lost, two may not. */
  reconnectAfterInactivityMs: 40_000,
  /** Streams of one user at a time: a browser holds six over HTTP/1.1, and twenty tabs are a lot. */
  perUser: 50,
} as const;

/** Waits by the machine's timers. */
export const delayByTimer: Delay = (ms, signal) => timeout(ms, undefined, { signal }).catch(() => undefined);

/** `httpBatchStreamLink` asks in one of two headers, an `EventSource` in `Accept`. */
export function asksForStream(request: RequestHeaders): boolean {
  return isStreamType(request.get("trpc-accept")) || isStreamType(request.get("accept"));
}

function isStreamType(wanted: string | null): boolean {
  return wanted !== null && wanted !== "*/*" && /application\/jsonl|text\/event-stream/i.test(wanted);
}

/** What decides how long a stream goes on. */
export interface StreamLife {
  /** Counts the stream against the limit; the returned function takes it off. Throws when the limit is reached. */
  enter: () => () => void;
  /** Throws when its session is over; `temporarily_unavailable` when that cannot be checked just now. */
  recheck: () => Promise<void>;
  delay: Delay;
  /** Aborted when the caller leaves, and by us when the stream ends in any other way: what the source waits with. */
  over: AbortController;
  /** Aborted when the server is about to end. */
  closing?: AbortSignal | undefined;
}

/** What a procedure returned, if it goes on. An observable counts only where there is a signal to leave it by. */
export function streamOf(data: unknown, signal?: AbortSignal): AsyncIterable<unknown> | undefined {
  if (signal && isObservable(data)) return observableToAsyncIterable(data, signal);
  const iterable = typeof data === "object" && data !== null && Symbol.asyncIterator in data;
  return iterable ? (data as AsyncIterable<unknown>) : undefined;
}

/**
 * Passes a stream on for as long as its session lives. Ends with the reason, within `recheckMs` also when nothing comes, and
 * passes on no event of a session that has ended. A store that cannot be asked for a moment ends nothing.
 *
 * Leaves nothing behind, however it ends: no timer, no listener, and the source is asked to finish. A source that is
 * waiting just then is notified by its signal only.
 */
export async function* endWithSession<T>(source: AsyncIterable<T>, life: StreamLife): AsyncGenerator<T, void> {
  const { over } = life;
  over.signal.addEventListener("abort", life.enter(), { once: true });
  const check = createRecheck(life.recheck);
  const end = recheckUntilOver(life, check);
  end.catch(() => undefined); // the reader gets the error below
  const iterator = source[Symbol.asyncIterator]();
  try {
    while (!over.signal.aborted) {
      const next = await unlessAborted(iterator.next(), over.signal);
      if (next?.done) return;
      if (next) await check();
      if (next && !over.signal.aborted) yield next.value;
    }
    await end;
  } finally {
    over.abort();
    void iterator.return?.().catch(() => undefined);
  }
}

/** Resolves when the stream is over for another reason; rejects, and aborts, when it is over because its session is. */
async function recheckUntilOver({ delay, over, closing }: StreamLife, check: () => Promise<void>): Promise<void> {
  for (;;) {
    await delay(streamSettings.recheckMs, over.signal);
    if (over.signal.aborted) return;
    try {
      if (closing?.aborted) throw new AuthError("temporarily_unavailable"); // the client connects again, to the next process
      await check();
    } catch (error) {
      over.abort();
      throw error;
    }
  }
}

/** One check of the session, which tolerates a store that is busy. */
function createRecheck(recheck: () => Promise<void>): () => Promise<void> {
  let failed = 0;
  return async () => {
    try {
      await recheck();
      failed = 0;
    } catch (error) {
      failed += 1;
      const transient = error instanceof AuthError && error.reason === "temporarily_unavailable";
      if (!transient || failed > streamSettings.failedRechecks) throw error;
    }
  };
}

/** Resolves to undefined as soon as the signal aborts. Not `Promise.race`, which would keep a callback for each event. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const leave = () => resolve(undefined);
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}
