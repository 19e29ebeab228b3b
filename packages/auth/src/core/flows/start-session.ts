import type { Authentication } from "../domain/authentication.ts";
import type { IssuedTokens, SessionStart, StoredSession } from "../domain/model.ts";
import type { TokenIssuer } from "../tokens/token-issuer.ts";
import type { AuthDeps } from "./deps.ts";

interface StartedSession {
  session: StoredSession;
  /** Signs the tokens. Apart, because it is done after what belongs to the login. */
  issue(): Promise<IssuedTokens>;
}

/**
 * Begins a session, within the quota of the user. The store inserts it only while the user is active and has the
 * `credentialVersion` of the authentication: a password change, a disabling or a new credential in between begins none.
 *
 * @returns undefined where the credentials have changed since they were proven
 */
export function createStartSession(
  { store, clock, settings, limits }: Pick<AuthDeps, "store" | "clock" | "settings" | "limits">,
  issuer: TokenIssuer,
) {
  return async (authentication: Authentication, start: SessionStart): Promise<StartedSession | undefined> => {
    const { session, secrets } = issuer.begin(authentication, start);
    const now = clock.now();
    const quota = { atMost: settings.sessionsPerUser, now, idleSince: now - limits.idleMs };
    if ((await store.createSession(session, quota)) !== "created") return undefined;
    return { session, issue: () => issuer.issue(authentication.user, session, secrets) };
  };
}
