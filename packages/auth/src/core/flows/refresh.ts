import { AuthError } from "../domain/errors.ts";
import type { ClientInfo, Delivery, IssuedTokens, StoredSession, StoredSessionWithUser } from "../domain/model.ts";
import { hashSecret, sameHash } from "../domain/secrets.ts";
import { refreshAttempts } from "../domain/settings.ts";
import { decideRefresh, type RefreshDecision } from "../tokens/decide-refresh.ts";
import { deriveNextToken, parseRefreshToken, type RefreshToken } from "../tokens/refresh-token.ts";
import { prepareSuccessor } from "../tokens/successor.ts";
import type { TokenIssuer } from "../tokens/token-issuer.ts";
import { requireAssurance } from "./authentication/require-assurance.ts";
import type { AuthDeps } from "./deps.ts";
import { endedError } from "./session-errors.ts";

export interface RefreshInput {
  refreshToken: string;
  /** How the token arrived: a session's tokens are accepted only by the delivery that they were issued for. */
  delivery: Delivery;
  /** Where the request came from, where that is known: for the audit log only. */
  client?: ClientInfo;
}

/**
 * The shell around `decideRefresh`: read, decide, one conditional write, and again after a lost race. The pure decision and
 * the store's WHERE clause make it safe; this function keeps no state.
 */
export function createRefresh(
  deps: Pick<AuthDeps, "clock" | "credentialKinds" | "limits" | "randomBytes" | "settings" | "store" | "emit">,
  issuer: TokenIssuer,
): (input: RefreshInput) => Promise<IssuedTokens> {
  const { store, clock, limits, emit } = deps;

  return async ({ refreshToken, delivery, client }) => {
    const token = parseRefreshToken(refreshToken);
    if (!token) {
      emit({ type: "refresh_refused", userId: null, sessionId: null, why: "malformed" });
      throw new AuthError("refresh_token_invalid");
    }
    for (let attempt = 0; attempt < refreshAttempts; attempt += 1) {
      const found = await store.findStoredSession(token.sessionId);
      const decision = decideRefresh(found, token, { delivery, now: clock.now(), limits });
      if (!found || decision.do === "reject" || decision.do === "revoke") {
        throw await reject(deps, found, decision, token, client);
      }
      requireAssurance(deps, { purpose: "refresh", kinds: found.kinds, proven: [] });
      const next = await carryOut(deps, found.session, token, decision.do);
      if (!next) continue;
      const how = ({ rotate: "rotated", resend: "repeated", reissue: "rearmed" } as const)[decision.do];
      emit({ type: "session_refreshed", userId: found.user.id, sessionId: token.sessionId, how }, client);
      return issuer.issue(found.user, next.session, { refreshToken: next.successor });
    }
    throw new AuthError("temporarily_unavailable");
  };
}

/** Carries out the decision; undefined when the row changed in between, and has to be decided again. */
async function carryOut(
  deps: Pick<AuthDeps, "clock" | "limits" | "randomBytes" | "store">,
  session: StoredSession,
  token: RefreshToken,
  what: "rotate" | "resend" | "reissue",
): Promise<{ session: StoredSession; successor: RefreshToken } | undefined> {
  if (what === "resend") {
    const successor = deriveNextToken(token, session.generation, session.salt);
    // Differs only in a row that was edited by hand. Then no token is issued, because it could not work.
    if (!sameHash(hashSecret(successor.secret), session.nextHash)) throw new AuthError("temporarily_unavailable");
    return { session, successor };
  }
  const { change, ...next } = prepareSuccessor(deps, session, { token, what });
  const { store } = deps;
  const changed = what === "rotate" ? await store.rotateSession(change) : await store.reissueSession(change);
  return changed ? next : undefined;
}

async function reject(
  { store, clock, emit }: Pick<AuthDeps, "clock" | "store" | "emit">,
  found: StoredSessionWithUser | undefined,
  decision: RefreshDecision,
  { sessionId }: RefreshToken,
  client: ClientInfo | undefined,
): Promise<AuthError> {
  if (found && decision.do === "revoke") {
    // The session has two holders, and the server cannot know which of them is the user.
    await store.revokeSession({ sessionId, reason: "refresh_token_reused", now: clock.now() });
    emit({ type: "refresh_token_reused", userId: found.user.id, sessionId }, client);
    return new AuthError("refresh_token_reused");
  }
  if (decision.do !== "reject") return new AuthError("refresh_token_invalid");
  const known = { userId: found?.user.id ?? null, sessionId: found ? sessionId : null };
  emit({ type: "refresh_refused", ...known, why: decision.why }, client);
  return endedError(decision.reason, found?.session);
}

/**
 * Whether a refresh token is rejected for good. Changes nothing: it decides whether stale cookies are cleared. A token whose
 * refresh would revoke the session is not dead yet.
 */
export function createRefreshJudge({
  store,
  clock,
  limits,
}: Pick<AuthDeps, "clock" | "limits" | "store">): (
  presented: Pick<RefreshInput, "refreshToken" | "delivery">,
) => Promise<boolean> {
  return async ({ refreshToken, delivery }) => {
    const token = parseRefreshToken(refreshToken);
    if (!token) return true;
    const found = await store.findStoredSession(token.sessionId);
    return decideRefresh(found, token, { delivery, now: clock.now(), limits }).do === "reject";
  };
}
