import { AuthError } from "../domain/errors.ts";
import type { RevokedReason, Session, SessionEnd } from "../domain/model.ts";
import { sessionEnd } from "../tokens/decide-refresh.ts";
import type { AuthDeps } from "./deps.ts";

/**
 * The error for a conditional write that changed nothing: in most cases the session was revoked since the read, by a change of
 * the password or an administrator. Where it was not, the failure is transient.
 */
export async function writeRejection(
  { store, clock, limits }: Pick<AuthDeps, "clock" | "limits" | "store">,
  sessionId: string,
): Promise<AuthError> {
  const found = await store.findSessionWithUser(sessionId);
  const end = found ? sessionEnd(found, clock.now(), limits) : "session_revoked";
  return end ? endedError(end, found?.session) : new AuthError("temporarily_unavailable");
}

/** The error also says what revoked the session, for the user to see in every tab. */
export function endedError(
  reason: SessionEnd | "refresh_token_invalid",
  session: Pick<Session, "revokedReason"> | undefined,
): AuthError {
  const because = reason === "session_revoked" ? (session?.revokedReason ?? undefined) : undefined;
  if (because === "refresh_token_reused") return new AuthError("refresh_token_reused");
  const message = because && sentences[because];
  return message ? new AuthError(reason, { endedBecause: because, message }) : new AuthError(reason);
}

/** The reasons that the user has to see. */
const sentences: Partial<Record<RevokedReason, string>> = {
  password_changed: "You were logged out on this device because the password was changed",
  ended_by_user: "You ended this login from another device",
  ended_by_admin: "An administrator ended this login",
  too_many_sessions: "You logged in on more devices than are kept, and this login was the oldest",
};
