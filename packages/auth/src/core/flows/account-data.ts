import { createTimelineList } from "../audit/log.ts";
import { AuthError } from "../domain/errors.ts";
import type { ClientInfo, Principal, SessionRecord, User } from "../domain/model.ts";
import { noticeTo } from "../email/outbox.ts";
import type { TimelineRecord } from "../ports/audit-store.ts";
import type { AuthParts } from "./deps.ts";
import { createSessionList } from "./session-list.ts";

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
