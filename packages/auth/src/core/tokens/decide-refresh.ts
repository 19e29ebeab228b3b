import type { Delivery, RefreshRejection, Session, SessionEnd, StoredSessionWithUser, User } from "../domain/model.ts";
import { hashSecret, sameHash } from "../domain/secrets.ts";
import type { RefreshToken } from "./refresh-token.ts";

/** Life times of a session, in milliseconds. */
export interface SessionLimits {
  /** Without a refresh for this long, the session is over. */
  idleMs: number;
  /** How long a retry with the last-used token gets the same successor (G in the protocol). */
  retryWindowMs: number;
  /** How long after a rotation an unused successor may be replaced. `Infinity` by default; 0 is strict mode. */
  reissueWindowMs: number;
  /** Sessions that began before this instant are over, in milliseconds since 1970. */
  notBefore: number;
}

/** What happens to a presented refresh token. */
export type RefreshDecision =
  | { do: "rotate" }
  | { do: "resend" }
  | { do: "reissue" }
  | { do: "revoke" }
  | ({ do: "reject" } & RefreshRejection);

/**
 * Decides what happens to a presented refresh token: the whole rule, without a clock, a store or a side effect.
 *
 * A token seen again before its successor was used gets that successor again: two tabs raced, or a reply was lost. A
 * token seen after its successor was used was copied, so the session ends (RFC 9700 section 4.14.2; where this departs
 * from its letter is said in docs/decisions/0002-refresh-protocol.md). The numbers are the rows of the table there.
 *
 * @param now milliseconds since 1970
 */
export function decideRefresh(
  found: StoredSessionWithUser | undefined,
  token: RefreshToken,
  { delivery, now, limits }: { delivery: Delivery; now: number; limits: SessionLimits },
): RefreshDecision {
  // Row 0. Family first: a client that never held a token of this session learns nothing about it, and changes nothing
  // (invariant S7).
  if (!found) return reject("unknown_session");
  const { session } = found;
  if (!sameHash(hashSecret(token.familySecret), session.familyHash)) return reject("wrong_family");
  const end = sessionEnd(found, now, limits);
  if (end) return { do: "reject", reason: end, why: end };
  if (session.delivery !== delivery) return reject("wrong_delivery");

  const hash = hashSecret(token.secret);
  // Row 1.
  if (sameHash(hash, session.nextHash) && token.generation === session.generation) return { do: "rotate" };
  // Rows 2a and 2b. A clock that jumped backwards makes a negative age, which counts as none.
  const age = Math.max(0, now - session.rotatedAt);
  if (session.lastUsedHash && sameHash(hash, session.lastUsedHash)) {
    if (age <= limits.retryWindowMs) return { do: "resend" };
    if (age <= limits.reissueWindowMs) return { do: "reissue" };
  }
  // Row 4: the store is older than the token (a restored backup, a lagging replica). The client has done nothing wrong.
  if (token.generation > session.generation) return reject("generation_ahead");
  // Row 3.
  return { do: "revoke" };
}

/**
 * Whether a session is over, and why; undefined while it lives. The instants `expiresAt` and `rotatedAt + idleMs` are
 * already over: a life time of one second ends when one second has passed.
 */
export function sessionEnd(
  { session, user }: { session: Session; user: User },
  now: number,
  limits: Pick<SessionLimits, "idleMs" | "notBefore">,
): SessionEnd | undefined {
  if (user.disabledAt !== null) return "account_disabled";
  if (session.revokedAt !== null || session.createdAt < limits.notBefore) return "session_revoked";
  if (session.credentialVersion !== user.credentialVersion) return "session_revoked";
  if (now >= session.expiresAt || now >= idleEnd(session, limits)) return "session_expired";
  return undefined;
}

/** When a session ends without another refresh, in milliseconds since 1970. */
export function idleEnd(session: Pick<Session, "rotatedAt">, limits: Pick<SessionLimits, "idleMs">): number {
  return session.rotatedAt + limits.idleMs;
}

function reject(why: Extract<RefreshRejection, { reason: "refresh_token_invalid" }>["why"]): RefreshDecision {
  return { do: "reject", reason: "refresh_token_invalid", why };
}
