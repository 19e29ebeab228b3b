import { AuthError } from "../domain/errors.ts";
import type { Principal, SessionWithUser, User } from "../domain/model.ts";
import type { AccessTokens, VerifiedToken } from "../tokens/access-token.ts";
import { idleEnd, sessionEnd } from "../tokens/decide-refresh.ts";
import type { AuthDeps } from "./deps.ts";
import { endedError } from "./session-errors.ts";

/** See `Auth.verify`. */
export interface Verify {
  (accessToken: string): Promise<Principal>;
  /**
   * The same, and without a promise where nothing has to be waited for: a token that was verified before, and a store that has the
   * session at hand. A function that replaces `verify` has no such member, so that no call gets past it.
   *
   * @throws {AuthError} what `verify` rejects with
   */
  readonly atOnce?: (accessToken: string) => Principal | Promise<Principal>;
}

type VerifyDeps = Pick<AuthDeps, "clock" | "limits" | "store">;

export function createVerify(deps: VerifyDeps, accessTokens: AccessTokens): Verify {
  const { store, clock } = deps;

  function verify(accessToken: string): Principal | Promise<Principal> {
    const now = clock.now();
    const nowSeconds = Math.floor(now / 1000);
    const token = accessTokens.verifyKnown(accessToken, nowSeconds);
    if (token) return verifySession(token, now);
    return accessTokens.verify(accessToken, nowSeconds).then((verified) => verifySession(verified, now));
  }

  function verifySession(token: VerifiedToken, now: number): Principal | Promise<Principal> {
    const found = store.findSessionWithUser(token.claims.sid);
    if (found instanceof Promise) return found.then((session) => verifyKey(token, ownOf(token, session), now));
    return verifyKey(token, ownOf(token, found), now);
  }

  function verifyKey(token: VerifiedToken, found: SessionWithUser, now: number): Principal | Promise<Principal> {
    const keysRead = accessTokens.recheckKey(token.kid, found.keyRingVersion, Math.floor(now / 1000));
    if (keysRead) return keysRead.then(() => principalOf(deps, { token, found, now }));
    return principalOf(deps, { token, found, now });
  }

  return Object.assign(async (accessToken: string) => verify(accessToken), { atOnce: verify });
}

/** The session of a token, if it is one of the token's user. */
function ownOf({ claims }: VerifiedToken, found: SessionWithUser | undefined): SessionWithUser {
  // The signature is ours, so the session existed: it, or its user, has been deleted since.
  if (!found) throw new AuthError("session_revoked");
  if (found.user.id !== claims.sub) throw new AuthError("access_token_invalid");
  return found;
}

/** The rules about what was read: all that may have ended a login since the token was made. */
function principalOf(
  { limits }: Pick<AuthDeps, "limits">,
  { token: { claims, kid }, found, now }: { token: VerifiedToken; found: SessionWithUser; now: number },
): Principal {
  rejectEnded(limits, found, now);
  const { user, session } = found;
  rejectOutdated(claims.ver, user);
  const sessionEndsAt = Math.min(session.expiresAt, idleEnd(session, limits));
  return {
    user,
    session,
    kid,
    expiresIn: claims.exp - Math.floor(now / 1000),
    accessTokenEndsAt: claims.exp * 1000,
    refreshExpiresIn: Math.floor((sessionEndsAt - now) / 1000),
  };
}

/** Repeats the checks of `verify` for a stream that stays open: the same read, without the signature. */
export function createRecheck(
  { clock, store, limits }: VerifyDeps,
  accessTokens: AccessTokens,
): (principal: Principal) => Promise<void> {
  return async ({ user, session, kid, accessTokenEndsAt }) => {
    const now = clock.now();
    if (now >= accessTokenEndsAt) throw new AuthError("access_token_expired");
    const found = await store.findSessionWithUser(session.id);
    if (!found) throw new AuthError("session_revoked");
    await accessTokens.recheckKey(kid, found.keyRingVersion, Math.floor(now / 1000));
    rejectEnded(limits, found, now);
    rejectOutdated(user.claimsVersion, found.user);
  };
}

/** A token with an old role or name counts as expired: a silent refresh issues a current one. */
function rejectOutdated(claimsVersion: number, user: User): void {
  if (claimsVersion !== user.claimsVersion) throw new AuthError("access_token_expired");
}

function rejectEnded(limits: AuthDeps["limits"], found: SessionWithUser, now: number): void {
  const end = sessionEnd(found, now, limits);
  if (end) throw endedError(end, found.session);
}
