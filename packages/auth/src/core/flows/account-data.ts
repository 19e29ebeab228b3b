import { createAuditLogReader } from "../audit/log.ts";
import type { Credential } from "../domain/credential.ts";
import { AuthError } from "../domain/errors.ts";
import type { ClientInfo, Principal, StoredSession, User } from "../domain/model.ts";
import { noticeTo } from "../email/outbox.ts";
import type { StoredAuditEntry } from "../ports/audit-store.ts";
import type { AuthDeps } from "./deps.ts";
import { createSessionList } from "./sessions.ts";

/** What leaves the rules of a credential: nothing that proves anything or finds it. */
export type ListedCredential = Pick<Credential, "kind" | "label" | "createdAt" | "lastUsedAt">;

export interface OwnData {
  user: User;
  credentials: ListedCredential[];
  sessions: StoredSession[];
  /** All entries, the newest first. */
  auditLog: StoredAuditEntry[];
  app: Record<string, unknown>;
}

interface AccountDataInput {
  principal: Pick<Principal, "user" | "session">;
  client?: ClientInfo;
}

/** The export of all data about a user, and the deletion of the account. */
export function createOwnData(deps: Pick<AuthDeps, "appData" | "clock" | "limits" | "sendEmail" | "store" | "emit">) {
  const { store, appData, emit, sendEmail } = deps;
  const listSessions = createSessionList(deps);
  const listAuditEntries = createAuditLogReader(deps);
  const listCredentials = createCredentialList(deps);

  return {
    listCredentials,

    async exportData({ principal: { user, session }, client }: AccountDataInput): Promise<OwnData> {
      const data = {
        user,
        credentials: await listCredentials(user.id),
        sessions: await listSessions(user.id),
        auditLog: await wholeAuditLog(user.id),
        app: (await appData?.describe(user.id)) ?? {},
      };
      emit({ type: "data_exported", userId: user.id, sessionId: session.id }, client);
      return data;
    },

    async deleteAccount({ principal: { user }, client }: AccountDataInput): Promise<void> {
      const clearAway = await appData?.forget(user.id);
      const outcome = await store.deleteUser({ userId: user.id });
      if (outcome === "last_admin") throw new AuthError("last_admin");
      // A concurrent call of the same user has deleted the account: idempotent.
      if (outcome === "unchanged") return;
      emit({ type: "account_deleted", userId: user.id });
      sendEmail(noticeTo("account_deleted", user, client));
      // The account stays deleted. The operator has to remove what the app could not.
      await clearAway?.().catch(() => emit({ type: "app_data_left", userId: user.id }));
    },
  };

  async function wholeAuditLog(userId: string): Promise<StoredAuditEntry[]> {
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

/** The credentials of a user, the oldest first. */
export function createCredentialList({
  store,
}: Pick<AuthDeps, "store">): (userId: string) => Promise<ListedCredential[]> {
  return async (userId) => {
    const found = await store.listCredentials(userId);
    return found.map(({ kind, label, createdAt, lastUsedAt }) => ({ kind, label, createdAt, lastUsedAt }));
  };
}
