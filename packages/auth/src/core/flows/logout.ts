import { AuthError } from "../domain/errors.ts";
import { hashSecret, sameHash } from "../domain/secrets.ts";
import type { AccessTokens } from "../tokens/access-token.ts";
import { parseRefreshToken } from "../tokens/refresh-token.ts";
import type { AuthDeps } from "./deps.ts";

/** Whatever tokens the client still has. Each may be missing, out of date or nonsense: logging out never fails for that. */
export interface LogoutInput {
  refreshToken: string | undefined;
  accessToken: string | undefined;
}

/**
 * Ends every session that one of the tokens proves a hold on. When the store cannot do it, the error says so, and the
 * caller keeps its cookies: "logged out" is only said when it is true.
 */
export function createLogout(
  { store, clock, emit }: Pick<AuthDeps, "clock" | "store" | "emit">,
  accessTokens: AccessTokens,
): (input: LogoutInput) => Promise<void> {
  /** A token of any generation will do, but the family secret must be right (invariant S7: ids can be guessed). */
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
      // A key that was stolen and replaced in another process must not log anybody out in this one.
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
