import type { AuthParts } from "./auth.ts";
import { hashSecret, type RefreshToken, succeed } from "./refresh-token.ts";
import type { SessionChange, SessionRecord } from "./store.ts";

/** A successor that is not stored yet: the conditional write that stores it, and what the session is then. */
export interface PreparedSuccessor {
  change: SessionChange;
  session: SessionRecord;
  successor: RefreshToken;
}

/** Draws the successor of a presented token, for row 1 of the refresh table (`rotate`) or row 2b (`rearm`). */
export function prepareSuccessor(
  { clock, limits, randomBytes }: Pick<AuthParts, "clock" | "limits" | "randomBytes">,
  session: SessionRecord,
  { token, what }: { token: RefreshToken; what: "rotate" | "rearm" },
): PreparedSuccessor {
  const now = clock.now();
  const salt = randomBytes(16);
  const generation = what === "rotate" ? session.generation + 1 : session.generation;
  const successor = succeed(token, generation, salt);
  const nextHash = hashSecret(successor.secret);
  const lastUsedHash = what === "rotate" ? session.nextHash : session.lastUsedHash;
  return {
    change: {
      sessionId: session.id,
      expectedNextHash: session.nextHash,
      expectedGeneration: session.generation,
      idleSince: now - limits.idleMs,
      now,
      nextHash,
      salt,
    },
    session: { ...session, generation, nextHash, lastUsedHash, salt, rotatedAt: now, lastSeenAt: now },
    successor,
  };
}
