import type { AccessTokens } from "./access-token.ts";
import type { AuthParts } from "./auth.ts";
import { AuthError } from "./errors.ts";
import { endedError } from "./refresh.ts";
import { idleEnd, sessionEnd } from "./session.ts";
import type { SessionRecord, User } from "./store.ts";

/** Who is asking, as the store has them now. */
export interface Principal {
  user: User;
  session: SessionRecord;
  /** Seconds until this access token runs out. */
  expiresIn: number;
  /** Seconds until the session ends if nobody refreshes it. */
  refreshExpiresIn: number;
}

export function createVerify(
  { store, clock, limits }: AuthParts,
  accessTokens: AccessTokens,
): (accessToken: string) => Promise<Principal> {
  return async (accessToken) => {
    const now = clock.now();
    const claims = await accessTokens.verify(accessToken, Math.floor(now / 1000));
    const found = await store.findSession(claims.sid);
    // The signature is ours, so the session did exist: it, or its user, has been deleted since.
    if (!found) throw new AuthError("session_revoked");
    if (found.user.id !== claims.sub) throw new AuthError("access_token_invalid");
    const end = sessionEnd(found, now, limits);
    if (end) throw endedError(end, found.session);
    const { user, session } = found;
    const sessionEndsAt = Math.min(session.expiresAt, idleEnd(session, limits));
    return {
      user,
      session,
      expiresIn: claims.exp - Math.floor(now / 1000),
      refreshExpiresIn: Math.floor((sessionEndsAt - now) / 1000),
    };
  };
}
