import type { AuthParts } from "./auth.ts";
import { AuthError } from "./errors.ts";
import { noticeTo } from "./mail-order.ts";
import { createSessionList } from "./session-list.ts";
import type { SessionRecord, User } from "./store.ts";
import { createTimelineList, type TimelineRecord } from "./timeline.ts";
import type { ClientInfo } from "./token-issuer.ts";
import type { Principal } from "./verify.ts";

/** What the app keeps of its users beside their login. The rules do not know what that is. */
export interface AppData {
  /** For a user's export: whatever JSON can say, under names of the app's own. */
  describe(userId: string): Promise<Record<string, unknown>>;
  /** Called before a user goes. Returns what clears away the rest, such as files on a disk, once their rows are gone. */
  forget(userId: string): Promise<() => Promise<void>>;
}

export interface OwnData {
  user: User;
  sessions: SessionRecord[];
  /** All that is kept, the newest first. */
  timeline: TimelineRecord[];
  app: Record<string, unknown>;
}

interface Asker {
  principal: Pick<Principal, "user" | "session">;
  client?: ClientInfo;
}

/** Everything that is kept of a user, and the end of all of it. */
export function createOwnData(parts: AuthParts) {
  const { store, appData, tell, notify } = parts;
  const listSessions = createSessionList(parts);
  const listTimeline = createTimelineList(parts);

  return {
    async exportData({ principal: { user, session }, client }: Asker): Promise<OwnData> {
      const data = {
        user,
        sessions: await listSessions(user.id),
        timeline: await wholeTimeline(user.id),
        app: (await appData?.describe(user.id)) ?? {},
      };
      tell({ type: "data_exported", userId: user.id, sessionId: session.id }, client);
      return data;
    },

    async deleteAccount({ principal: { user }, client }: Asker): Promise<void> {
      const clearAway = await appData?.forget(user.id);
      const outcome = await store.deleteUser({ userId: user.id });
      if (outcome === "last_admin") throw new AuthError("last_admin");
      // Another call of the same person was faster: what was asked for is so.
      if (outcome === "unchanged") return;
      tell({ type: "account_deleted", userId: user.id });
      notify(noticeTo("account_deleted", user, client));
      // The account is gone, and stays so: what could not be removed is for whoever runs the site.
      await clearAway?.().catch(() => tell({ type: "app_data_left", userId: user.id }));
    },
  };

  async function wholeTimeline(userId: string): Promise<TimelineRecord[]> {
    const all: TimelineRecord[] = [];
    let before: number | null = null;
    do {
      const page = await listTimeline(userId, { limit: 100, before: before ?? undefined });
      all.push(...page.entries);
      before = page.next;
    } while (before !== null);
    return all;
  }
}
