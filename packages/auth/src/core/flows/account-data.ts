import { createAuditLogReader } from "../audit/log.ts";
import { AuthError } from "../domain/errors.ts";
import type { ClientInfo, Principal, StoredSession, User } from "../domain/model.ts";
import { noticeTo } from "../email/outbox.ts";
import type { StoredAuditEntry } from "../ports/audit-store.ts";
import type { AuthDeps } from "./deps.ts";
import { createSessionList } from "./session-list.ts";

export interface OwnData {
  user: User;
  sessions: StoredSession[];
  /** All that is kept, the newest first. */
  timeline: StoredAuditEntry[];
  app: Record<string, unknown>;
}

interface Asker {
  principal: Pick<Principal, "user" | "session">;
  client?: ClientInfo;
}

/** Everything that is kept of a user, and the end of all of it. */
export function createOwnData(deps: Pick<AuthDeps, "appData" | "clock" | "limits" | "sendEmail" | "store" | "emit">) {
  const { store, appData, emit, sendEmail } = deps;
  const listSessions = createSessionList(deps);
  const listAuditEntries = createAuditLogReader(deps);

  return {
    async exportData({ principal: { user, session }, client }: Asker): Promise<OwnData> {
      const data = {
        user,
        sessions: await listSessions(user.id),
        timeline: await wholeTimeline(user.id),
        app: (await appData?.describe(user.id)) ?? {},
      };
      emit({ type: "data_exported", userId: user.id, sessionId: session.id }, client);
      return data;
    },

    async deleteAccount({ principal: { user }, client }: Asker): Promise<void> {
      const clearAway = await appData?.forget(user.id);
      const outcome = await store.deleteUser({ userId: user.id });
      if (outcome === "last_admin") throw new AuthError("last_admin");
      // Another call of the same person was faster: what was asked for is so.
      if (outcome === "unchanged") return;
      emit({ type: "account_deleted", userId: user.id });
      sendEmail(noticeTo("account_deleted", user, client));
      // The account is gone, and stays so: what could not be removed is for whoever runs the site.
      await clearAway?.().catch(() => emit({ type: "app_data_left", userId: user.id }));
    },
  };

  async function wholeTimeline(userId: string): Promise<StoredAuditEntry[]> {
    const all: StoredAuditEntry[] = [];
    let before: number | null = null;
    do {
      const page = await listAuditEntries(userId, { limit: 100, before: before ?? undefined });
      all.push(...page.entries);
      before = page.next;
    } while (before !== null);
    return all;
  }
}
