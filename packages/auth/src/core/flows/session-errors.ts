import { AuthError } from "../domain/errors.ts";
import type { RevokedReason, Session, SessionEnd } from "../domain/model.ts";
import { sessionEnd } from "../tokens/decide-refresh.ts";
import type { AuthDeps } from "./deps.ts";

/**
 * Why a write that was allowed at our look was refused a moment later: something ended the session in between, such as a
 * change of the password elsewhere, or an administrator. Where nothing did, the same call may simply be made again.
 */
export async function rejectionOfWrite(
  { store, clock, limits }: Pick<AuthDeps, "clock" | "limits" | "store">,
  sessionId: string,
): Promise<AuthError> {
  const found = await store.findSessionWithUser(sessionId);
  const end = found ? sessionEnd(found, clock.now(), limits) : "session_revoked";
  return end ? endedError(end, found?.session) : new AuthError("temporarily_unavailable");
}

/** Says, too, by what a session was ended: its owner has to hear of it, in every tab. */
export function endedError(
  reason: SessionEnd | "refresh_token_invalid",
  session: Pick<Session, "revokedReason"> | undefined,
): AuthError {
  const because = reason === "session_revoked" ? (session?.revokedReason ?? undefined) : undefined;
  if (because === "refresh_token_reused") return new AuthError("refresh_token_reused");
  const message = because && sentences[because];
  return message ? new AuthError(reason, { endedBecause: because, message }) : new AuthError(reason);
}

/** The ends that somebody has to be told more of than that it is one. */
const sentences: Partial<Record<RevokedReason, string>> = {
  password_changed: "You were logged out on this device because the password was changed",
  ended_by_user: "You ended this login from another device",
  ended_by_admin: "An administrator ended this login",
  too_many_sessions: "You logged in on more devices than are kept, and this login was the oldest",
};
