import { expect, it } from "vitest";
import { createTestSession } from "../../../test/test-session.ts";
import { createTestAuth, reasonOf } from "../../testing/test-auth.ts";

it("exportData() and deleteAccount() need no app that keeps something beside the login", async () => {
  const { auth, first, events } = await createTestSession();
  expect((await auth.exportData({ principal: first })).app).toEqual({});
  await auth.deleteAccount({ principal: first });
  expect(events.at(-1)).toEqual({ type: "account_deleted", userId: first.user.id });
});

it("deleteAccount() is told once of an account, however often it is asked for", async () => {
  const { auth, first, events } = await createTestSession();
  await auth.deleteAccount({ principal: first });
  const before = events.length;
  expect(await reasonOf(auth.deleteAccount({ principal: first }))).toBe("ok");
  expect(events).toHaveLength(before);
});

it("exportData() gives the whole of a long audit log, each entry once", async () => {
  const { auth, store, clock, first } = await createTestSession();
  const entry = { event: "authn_login_fail", outcome: "failure", userId: first.user.id, sessionId: null } as const;
  const rest = { actorId: null, detail: null, userAgent: null, ipAddress: null };
  for (let index = 0; index < 150; index += 1) await store.appendAuditEntry({ ...entry, ...rest, at: clock.now() });
  const { auditLog } = await auth.exportData({ principal: first });
  expect(new Set(auditLog.map(({ seq }) => seq)).size).toBe(auditLog.length);
  expect(auditLog.filter(({ event }) => event === "authn_login_fail")).toHaveLength(150);
});

it("deleteAccount() asks what there is to clear away before the account goes, and does so afterwards", async () => {
  const steps: string[] = [];
  const appData = {
    describe: async () => ({}),
    forget: async () => {
      steps.push("asked");
      return async () => void steps.push("cleared");
    },
  };
  const { auth, store, first } = await createTestSession({ appData });
  const { deleteUser } = store;
  const counted = createTestAuth({
    appData,
    store: {
      ...store,
      deleteUser: (end) => {
        steps.push("deleted");
        return deleteUser(end);
      },
    },
  });
  await counted.auth.deleteAccount({ principal: first });
  expect(steps).toEqual(["asked", "deleted", "cleared"]);
  expect(await reasonOf(auth.verify(first.accessToken))).toBe("session_revoked");
});
