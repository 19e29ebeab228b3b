import { AuthError } from "../domain/errors.ts";
import type { Principal, SessionWithUser, User } from "../domain/model.ts";
import type { AccessTokens } from "../tokens/access-token.ts";
import { idleEnd, sessionEnd } from "../tokens/decide-refresh.ts";
import type { AuthDeps } from "./deps.ts";
import { endedError } from "./session-errors.ts";

export function createVerify(
  deps: Pick<AuthDeps, "clock" | "limits" | "store">,
  accessTokens: AccessTokens,
): (accessToken: string) => Promise<Principal> {
  const { store, clock, limits } = deps;

  return async (accessToken) => {
    const now = clock.now();
    const nowSeconds = Math.floor(now / 1000);
    const { claims, kid } = await accessTokens.verify(accessToken, nowSeconds);
    const found = await store.findSessionWithUser(claims.sid);
    // The signature is ours, so the session existed: it, or its user, has been deleted since.
    if (!found) throw new AuthError("session_revoked");
    if (found.user.id !== claims.sub) throw new AuthError("access_token_invalid");
    await accessTokens.recheckKey(kid, found.keyRingVersion, nowSeconds);
    rejectEnded(deps, found, now);
    const { user, session } = found;
    rejectOutdated(claims.ver, user);
    const sessionEndsAt = Math.min(session.expiresAt, idleEnd(session, limits));
    return {
      user,
      session,
      kid,
      expiresIn: claims.exp - nowSeconds,
      accessTokenEndsAt: claims.exp * 1000,
      refreshExpiresIn: Math.floor((sessionEndsAt - now) / 1000),
    };
  };
}

/** Repeats the checks of `verify` for a stream that stays open: the same read, without the signature. */
export function createRecheck(
  deps: Pick<AuthDeps, "clock" | "limits" | "store">,
  accessTokens: AccessTokens,
): (principal: Principal) => Promise<void> {
  return async ({ user, session, kid, accessTokenEndsAt }) => {
    const now = deps.clock.now();
    if (now >= accessTokenEndsAt) throw new AuthError("access_token_expired");
    const found = await deps.store.findSessionWithUser(session.id);
    if (!found) throw new AuthError("session_revoked");
    await accessTokens.recheckKey(kid, found.keyRingVersion, Math.floor(now / 1000));
    rejectEnded(deps, found, now);
    rejectOutdated(user.claimsVersion, found.user);
  };
}

/** A token with an old role or name counts as expired: a silent refresh issues a current one. */
function rejectOutdated(claimsVersion: number, user: User): void {
  if (claimsVersion !== user.claimsVersion) throw new AuthError("access_token_expired");
}

function rejectEnded({ limits }: Pick<AuthDeps, "limits">, found: SessionWithUser, now: number): void {
  const end = sessionEnd(found, now, limits);
  if (end) throw endedError(end, found.session);
}
