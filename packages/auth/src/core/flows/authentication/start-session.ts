import type { Authentication } from "../../domain/authentication.ts";
import type { IssuedTokens, SessionStart, StoredSession } from "../../domain/model.ts";
import type { Evidence } from "../../ports/session-store.ts";
import type { TokenIssuer } from "../../tokens/token-issuer.ts";
import type { AuthDeps } from "../deps.ts";

interface StartedSession {
  session: StoredSession;
  /** Signs the tokens. Apart, because it is done after what belongs to the login. */
  issue(): Promise<IssuedTokens>;
}

/**
 * Begins a session, within the quota of the user. The store inserts it only while the user is active and has the
 * `credentialVersion` of the authentication: a password change, a disabling or a new credential in between begins none. The same
 * transaction consumes the evidence.
 *
 * @returns the reason where it did not begin
 */
export function createStartSession(
  { store, clock, settings, limits }: Pick<AuthDeps, "store" | "clock" | "settings" | "limits">,
  issuer: TokenIssuer,
) {
  return async (
    authentication: Authentication,
    start: SessionStart,
    evidence: Evidence,
  ): Promise<StartedSession | "credentials_changed" | "already_used"> => {
    const { session, secrets } = issuer.begin(authentication, start);
    const now = clock.now();
    const quota = { atMost: settings.sessionsPerUser, now, idleSince: now - limits.idleMs };
    const outcome = await store.createSession(session, quota, evidence);
    if (outcome !== "created") return outcome;
    return { session, issue: () => issuer.issue(authentication.user, session, secrets) };
  };
}
