import type { RevokedReason, StoredSession } from "@watchword/auth/core";
import { prepareAuditAppend } from "../audit-append.ts";
import { prepareChangeAppend } from "../change-append.ts";
import type { Orm } from "../placeholders.ts";

export type SessionLog = ReturnType<typeof prepareSessionLog>;

/**
 * What the beginning and the end of a session leave in the audit log and in the feed of changes. Each runs in the transaction
 * that begins or ends the session, so that neither is ever without its entry. The times are those of the session's row: no
 * clock counts but the one that the rules go by.
 */
export function prepareSessionLog(orm: Orm) {
  const appendEntry = prepareAuditAppend(orm);
  const appendChange = prepareChangeAppend(orm);
  return {
    started({ id: sessionId, userId, createdAt, revokedAt, userAgent, ipAddress }: StoredSession): void {
      if (revokedAt !== null) return;
      appendEntry({
        at: createdAt,
        event: "session_created",
        outcome: "success",
        userId,
        sessionId,
        actorId: null,
        detail: null,
        userAgent,
        ipAddress,
      });
      appendChange({ userId, kind: "session_started", subjectId: sessionId, createdAt });
    },
    ended({ id: sessionId, userId }: { id: string; userId: string }, detail: RevokedReason, now: number): void {
      appendEntry({
        at: now,
        event: "session_expired",
        outcome: "success",
        userId,
        sessionId,
        actorId: null,
        detail,
        userAgent: null,
        ipAddress: null,
      });
      appendChange({ userId, kind: "session_ended", subjectId: sessionId, createdAt: now });
    },
  };
}
