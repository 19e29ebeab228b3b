import { describe, expect, it } from "vitest";
import type { AuthEvent } from "../domain/events.ts";
import type { AuditEntry } from "../ports/audit-store.ts";
import { toAuditEntry } from "./entry.ts";
import { createAuditLogReader, createAuditRecorder } from "./log.ts";

const actorId = "0198c0de-0000-7000-8000-00000000000a";
const [userId, sessionId] = ["the user", "the session"];
const usual = { at: 7, userId, outcome: "success", sessionId: null, actorId: null, detail: null };
const fromNowhere = { userAgent: null, ipAddress: null };

describe("toAuditEntry()", () => {
  it.each<[AuthEvent, Partial<AuditEntry>]>([
    [
      { type: "attempts_limited", scope: "proof", userId, sessionId },
      { event: "authn_login_fail_max", outcome: "failure", sessionId },
    ],
    [
      { type: "login_failed", userId, why: "credentials_changed" },
      { event: "authn_login_fail", outcome: "failure", detail: "credentials_changed" },
    ],
    [
      { type: "password_reset", userId },
      { event: "authn_password_change", detail: "reset" },
    ],
    [
      { type: "user_invited", userId, actorId },
      { event: "user_created", actorId, detail: "invitation" },
    ],
    [
      { type: "invitation_sent_again", userId, actorId: null },
      { event: "authz_admin", actorId: null, detail: "invitation" },
    ],
    [
      { type: "invitation_accepted", userId },
      { event: "authn_password_change", detail: "invitation" },
    ],
    [
      { type: "mail_link_made", userId, kind: "change_email" },
      { event: "authn_token_created", detail: "change_email" },
    ],
    [
      { type: "email_verified", userId },
      { event: "user_updated", detail: "email_verified" },
    ],
    [
      { type: "email_changed", userId },
      { event: "user_updated", detail: "email" },
    ],
    [{ type: "account_deleted", userId }, { event: "user_deleted" }],
    [
      { type: "data_exported", userId, sessionId },
      { event: "sensitive_read", sessionId, detail: "export" },
    ],
    [
      { type: "user_disabled", userId, actorId },
      { event: "user_updated", actorId, detail: "disabled" },
    ],
  ])("tells of %j", (event, entry) => {
    expect(toAuditEntry(event, 7)).toEqual({ ...usual, ...fromNowhere, ...entry });
  });

  it.each<AuthEvent>([
    { type: "attempts_limited", scope: "registration", userId: null, sessionId: null },
    { type: "login_failed", userId: null, why: "wrong_password" },
    { type: "login_failed", userId, why: "unknown_user" },
    { type: "refresh_refused", userId: null, sessionId: null, why: "session_expired" },
    { type: "session_ended", userId, sessionId },
    { type: "other_sessions_ended", userId, sessionId, sessions: 2 },
    { type: "access_refused", userId, sessionId, procedure: "admin.findUsers" },
    { type: "app_data_left", userId },
    { type: "mail_settled", kind: "verify_email", outcome: "sent" },
    { type: "mail_order_lost", kind: "verify_email" },
  ])("leaves out %j", (event) => expect(toAuditEntry(event, 7)).toBeUndefined());
});

describe("createTimelineRecorder()", () => {
  const rejected: AuthEvent = { type: "login_failed", userId, why: "wrong_password" };
  const limited: AuthEvent = { type: "attempts_limited", scope: "pair", userId, sessionId: null };
  const login: AuthEvent = { type: "login_succeeded", userId, sessionId };

  it("puts off what only a user leaves behind, and nothing else", () => {
    const written: string[] = [];
    const later: Array<() => void> = [];
    const store = { appendAuditEntry: async ({ event }: AuditEntry) => void written.push(event) };
    const parts = { store, clock: { now: () => 7 }, defer: (work: () => void) => void later.push(work) };
    const record = createAuditRecorder(parts as unknown as Parameters<typeof createAuditRecorder>[0], () => {});
    for (const event of [rejected, limited, login]) record(event);
    expect(written).toEqual(["authn_login_success"]);
    for (const work of later) work();
    expect(written).toEqual(["authn_login_success", "authn_login_fail", "authn_login_fail_max"]);
  });
});

describe("createTimelineList()", () => {
  async function asked(limit: number | undefined, found = 0) {
    const limits: number[] = [];
    const listAuditEntries = async (query: { limit: number }) => {
      limits.push(query.limit);
      return Array.from({ length: found }, (_, index) => ({ at: 0, seq: found - index }));
    };
    const store = { listAuditEntries } as unknown as Parameters<typeof createAuditLogReader>[0]["store"];
    const page = await createAuditLogReader({ store })("the user", { limit });
    return { limit: limits[0], next: page.next, seqs: page.entries.map(({ seq }) => seq) };
  }

  it.each([
    [undefined, 20],
    [0, 1],
    [-5, 1],
    [2.9, 2],
    [100, 100],
    [101, 100],
  ])("takes %s for a page of %d, and asks for one more than that", async (limit, shown) => {
    expect((await asked(limit)).limit).toBe(shown + 1);
  });

  it("has a next page only where there is one more entry than it shows", async () => {
    expect(await asked(2, 2)).toMatchObject({ next: null, seqs: [2, 1] });
    expect(await asked(2, 3)).toMatchObject({ next: 2, seqs: [3, 2] });
  });
});
