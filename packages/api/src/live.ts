import { tracked } from "@trpc/server";
import { AuthError, type Clock } from "@watchword/auth/core";
import { protectedProcedure, router } from "@watchword/auth/trpc";
import { z } from "zod";
import type { Change, ChangeFeed } from "./change-feed.ts";

/** What a page hears of its user's sessions and files. */
export interface LiveChange {
  /** `everything`: a page that shows a list asks for it again, because what happened before is not known one by one. */
  kind: Change["kind"] | "everything";
  /** The file's or the session's id; null with `everything`. */
  id: string | null;
  /** ISO 8601. */
  at: string;
}

export interface LiveOptions {
  feed: ChangeFeed;
  clock: Clock;
  /** Told how long after it happened a change was handed to a stream, in milliseconds. For metrics. */
  onDelivered?: ((lagMs: number) => void) | undefined;
}

/**
 * Between two looks at the feed, in milliseconds. A person takes a third of a second for "at once", and a look that finds
 * nothing is one read by an index: tens of microseconds on SQLite, 3 of them a second for each open page.
 */
const pollMs = 300;

const resumeFrom = z.strictObject({ lastEventId: z.string().max(64).nullish() }).optional();

/** Follows one's own sessions and files, for pages that show them. */
export function createLiveRouter(options: LiveOptions) {
  return router({
    /** Where the stream stands. A page that asks for this first, then for its lists, misses nothing by following from here. */
    position: protectedProcedure.query(async ({ ctx }) => ({
      lastEventId: String(await options.feed.newest(ctx.user.id)),
    })),

    /**
     * Each change once and in order, under an id from which it can be resumed. Begins with `everything`, unless it resumes
     * where nothing has been forgotten since.
     */
    changes: protectedProcedure.input(resumeFrom).subscription(async function* ({ ctx, input }) {
      const { user, signal, streaming } = ctx;
      const poll = createPoll(options, user.id, seqOf(input?.lastEventId));
      // What the first look finds may be as old as the reader was away. That is no lag of ours.
      for (let waiting = false; !signal.aborted; waiting = true) {
        for (const [seq, change] of await poll()) {
          if (waiting && change.id !== null) options.onDelivered?.(options.clock.now() - Date.parse(change.at));
          yield tracked(String(seq), change);
        }
        await streaming.delay(pollMs, signal);
      }
    }),
  });
}

type Seen = [seq: number, change: LiveChange];

/** Each look sees what came since the last. With a store that cannot be asked just now it sees nothing yet. */
function createPoll({ feed, clock }: LiveOptions, userId: string, resumed: number | undefined): () => Promise<Seen[]> {
  let from = resumed;
  let begun = false;

  async function see(): Promise<Seen[]> {
    // An id that this database has not come to is from before a restored backup.
    if (!begun && from !== undefined && from > (await feed.newest(userId))) from = undefined;
    const changes = from === undefined ? "forgotten" : await feed.changesAfter(userId, from);
    if (changes !== "forgotten") return changes.map(seen);
    // The id first, the reader's question later: what happens in between comes again as a change, and is not lost.
    const newest = await feed.newest(userId);
    return [[newest, { kind: "everything", id: null, at: iso(clock.now()) }]];
  }

  return async () => {
    try {
      const found = await see();
      begun = true;
      from = found.at(-1)?.[0] ?? from;
      return found;
    } catch (error) {
      if (error instanceof AuthError && error.reason === "temporarily_unavailable") return [];
      throw error;
    }
  };
}

function seen({ seq, kind, subjectId, createdAt }: Change): Seen {
  return [seq, { kind, id: subjectId, at: iso(createdAt) }];
}

/** A text that is no id of ours is none. */
function seqOf(lastEventId: string | null | undefined): number | undefined {
  return lastEventId && /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : undefined;
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
