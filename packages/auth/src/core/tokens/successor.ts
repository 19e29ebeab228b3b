import type { Clock, RandomBytes } from "../domain/clock.ts";
import type { StoredSession } from "../domain/model.ts";
import { hashSecret } from "../domain/secrets.ts";
import type { SessionRotation } from "../ports/session-store.ts";
import type { SessionLimits } from "./decide-refresh.ts";
import { deriveNextToken, type RefreshToken } from "./refresh-token.ts";

/** A successor that is not stored yet: the conditional write that stores it, and the session after it. */
export interface PreparedSuccessor {
  change: SessionRotation;
  session: StoredSession;
  successor: RefreshToken;
}

/** Derives the successor of a presented token, for row 1 of the refresh table (`rotate`) or row 2b (`reissue`). */
export function prepareSuccessor(
  { clock, limits, randomBytes }: { clock: Clock; limits: Pick<SessionLimits, "idleMs">; randomBytes: RandomBytes },
  session: StoredSession,
  { token, what }: { token: RefreshToken; what: "rotate" | "reissue" },
): PreparedSuccessor {
  const now = clock.now();
  const salt = randomBytes(16);
  const generation = what === "rotate" ? session.generation + 1 : session.generation;
  const successor = deriveNextToken(token, generation, salt);
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
