import { AuthError } from "../domain/errors.ts";
import { hashSecret, sameHash } from "../domain/secrets.ts";
import type { AccessTokens } from "../tokens/access-token.ts";
import { parseRefreshToken } from "../tokens/refresh-token.ts";
import type { AuthDeps } from "./deps.ts";

/** The tokens that the client has. Each may be missing, expired or malformed: a logout never fails for that. */
export interface LogoutInput {
  refreshToken: string | undefined;
  accessToken: string | undefined;
}

/**
 * Revokes the sessions of the tokens. When the store fails, the call fails and the client keeps its cookies: it shows
 * "logged out" only when that is true.
 */
export function createLogout(
  { store, clock, emit }: Pick<AuthDeps, "clock" | "store" | "emit">,
  accessTokens: AccessTokens,
): (input: LogoutInput) => Promise<void> {
  /** A token of any generation counts, but its family secret must match (invariant S7: ids can be guessed). */
  async function sessionOfRefreshToken(text: string | undefined): Promise<string | undefined> {
    const token = text === undefined ? undefined : parseRefreshToken(text);
    const found = token && (await store.findStoredSession(token.sessionId));
    const proven = found && sameHash(hashSecret(token.familySecret), found.session.familyHash);
    return proven ? token.sessionId : undefined;
  }

  async function sessionOfAccessToken(text: string | undefined): Promise<string | undefined> {
    if (text === undefined) return undefined;
    try {
      const now = Math.floor(clock.now() / 1000);
      const { claims, kid } = await accessTokens.verify(text, now, { acceptExpired: true });
      const found = await store.findSessionWithUser(claims.sid);
      // A stolen key that another process has revoked must not log a user out in this one.
      if (found) await accessTokens.recheckKey(kid, found.keyRingVersion, now, { acceptExpired: true });
      return claims.sid;
    } catch (error) {
      if (error instanceof AuthError && error.status === 401) return undefined;
      throw error;
    }
  }

  return async ({ refreshToken, accessToken }) => {
    const sessionIds = new Set([await sessionOfRefreshToken(refreshToken), await sessionOfAccessToken(accessToken)]);
    for (const sessionId of sessionIds) {
      if (sessionId === undefined) continue;
      const found = await store.findStoredSession(sessionId);
      const ended = await store.revokeSession({ sessionId, reason: "logout", now: clock.now() });
      if (ended && found) emit({ type: "logged_out", userId: found.user.id, sessionId });
    }
  };
}
