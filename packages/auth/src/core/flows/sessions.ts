import type { Principal, StoredSession } from "../domain/model.ts";
import { sessionEnd } from "../tokens/decide-refresh.ts";
import type { AuthDeps } from "./deps.ts";

/** How users revoke their own sessions. Each is one statement of the store, and counts at once. */
export function createSessionEnding({ store, clock, emit }: Pick<AuthDeps, "clock" | "store" | "emit">) {
  return {
    async logoutEverywhere(userId: string, askingSessionId?: string): Promise<number> {
      const end = { userId, reason: "logout", now: clock.now(), askingSessionId } as const;
      const sessions = await store.revokeSessionsOf(end);
      emit({ type: "logged_out_everywhere", userId, sessions });
      return sessions;
    },

    async endSession({ user }: Pick<Principal, "user">, sessionId: string): Promise<boolean> {
      // With the user's id in the statement: the session of another user counts as unknown (ASVS 8.2.2).
      const end = { userId: user.id, sessionId, reason: "ended_by_user", now: clock.now() } as const;
      const ended = await store.revokeSession(end);
      if (ended) emit({ type: "session_ended", userId: user.id, sessionId });
      return ended;
    },

    async endOtherSessions({ user, session }: Pick<Principal, "user" | "session">): Promise<number> {
      const end = { userId: user.id, reason: "ended_by_user", now: clock.now(), keepSessionId: session.id } as const;
      const sessions = await store.revokeSessionsOf(end);
      emit({ type: "other_sessions_ended", userId: user.id, sessionId: session.id, sessions });
      return sessions;
    },
  };
}

/** The user's sessions, without those that are over. */
export function createSessionList({
  store,
  clock,
  limits,
}: Pick<AuthDeps, "clock" | "limits" | "store">): (userId: string) => Promise<StoredSession[]> {
  return async (userId) => {
    const found = await store.listSessions(userId);
    const now = clock.now();
    return found
      .filter((one) => sessionEnd(one, now, limits) === undefined)
      .map(({ session }) => session)
      .sort((a, b) => b.lastSeenAt - a.lastSeenAt || (a.id < b.id ? 1 : -1));
  };
}
