import type { AuthParts } from "./auth.ts";
import { AuthError } from "./errors.ts";
import { endedError } from "./refresh.ts";
import { sessionEnd } from "./session.ts";

/**
 * Why a write that was allowed at our look was refused a moment later: something ended the session in between, such as a
 * change of the password elsewhere, or an administrator. Where nothing did, the same call may simply be made again.
 */
export async function refusalOfWrite({ store, clock, limits }: AuthParts, sessionId: string): Promise<AuthError> {
  const found = await store.findLogin(sessionId);
  const end = found ? sessionEnd(found, clock.now(), limits) : "session_revoked";
  return end ? endedError(end, found?.session) : new AuthError("temporarily_unavailable");
}
