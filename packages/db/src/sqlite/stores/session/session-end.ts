import type { ProvenMethod, RevokedReason, SessionQuota } from "@watchword/auth/core";
import type { Orm } from "../placeholders.ts";
import { prepareEndStatements } from "./session-end-statements.ts";
import type { SessionLog } from "./session-log.ts";

export type SessionEnd = ReturnType<typeof prepareSessionEnd>;

interface End {
  reason: RevokedReason;
  now: number;
}

interface Kept {
  userId: string;
  keepSessionId: string;
  stepUpHash: Uint8Array;
  methods: readonly ProvenMethod[];
  now: number;
}

/**
 * Ends sessions and logs each end: the one way in which a session ends here. It runs in the transaction of the cause, and
 * returns the sessions that this call has ended. The first reason stays.
 */
export function prepareSessionEnd(orm: Orm, log: SessionLog) {
  const statements = prepareEndStatements(orm);
  const logged = (ended: Array<{ id: string; userId: string }>, { reason, now }: End) => {
    for (const session of ended) log.ended(session, reason, now);
    return ended;
  };
  return {
    one: (end: End & { sessionId: string; userId?: string | undefined }) =>
      logged((end.userId === undefined ? statements.revokeOne : statements.revokeOwn).all({ ...end }), end),
    /** Those that began first, of the living ones beyond the quota. */
    beyond(quota: SessionQuota, added: { id: string; userId: string }) {
      const end = { ...quota, reason: "too_many_sessions" as const };
      return logged(statements.revokeBeyond.all({ ...end, userId: added.userId, addedId: added.id }), end);
    },
    all: (end: End & { userId: string }) => logged(statements.revokeAll.all({ ...end }), end),
    others: (end: End & { userId: string; keepSessionId: string }) =>
      logged(statements.revokeOthers.all({ ...end }), end),
    /** The session that goes on while the others end: it has heard of the new password. */
    keep: (kept: Kept) => void statements.keepSession.run({ ...kept }),
  };
}
