import type { StoredSession } from "../domain/model.ts";
import { sessionEnd } from "../tokens/decide-refresh.ts";
import type { AuthDeps } from "./deps.ts";

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
