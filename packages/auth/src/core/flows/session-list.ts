import type { SessionRecord } from "../domain/model.ts";
import { sessionEnd } from "../tokens/decide-refresh.ts";
import type { AuthParts } from "./deps.ts";

/** Where somebody is logged in: only what a token of it would still be good for. */
export function createSessionList({ store, clock, limits }: AuthParts): (userId: string) => Promise<SessionRecord[]> {
  return async (userId) => {
    const found = await store.listSessions(userId);
    const now = clock.now();
    return found
      .filter((one) => sessionEnd(one, now, limits) === undefined)
      .map(({ session }) => session)
      .sort((a, b) => b.lastSeenAt - a.lastSeenAt || (a.id < b.id ? 1 : -1));
  };
}
