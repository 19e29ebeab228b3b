import { describe, expect, it } from "vitest";
import { createTestAuth, fromTerminal, reasonOf, registerAda } from "../../testing/test-auth.ts";
import type { Role } from "../domain/model.ts";

async function asked(own: Role, roles: readonly Role[]) {
  const { auth, events } = createTestAuth();
  const { user, session } = await registerAda(auth);
  const before = events.length;
  const principal = { user: { ...user, role: own }, session };
  const { userAgent, ipAddress } = fromTerminal;
  const request = { principal, roles, procedure: "admin.findUsers", client: { userAgent, ipAddress } };
  const reason = await reasonOf((async () => auth.requireRole(request))());
  return { reason, emitted: events.slice(before), principal };
}

describe("requireRole()", () => {
  it.each<[Role, Role[]]>([
    ["admin", ["admin"]],
    ["user", ["admin", "user"]],
  ])("lets %s through where one of %j is needed, and tells of nothing", async (own, roles) => {
    expect(await asked(own, roles)).toMatchObject({ reason: "ok", emitted: [] });
  });

  it.each<[Role, Role[]]>([
    ["user", ["admin"]],
    ["admin", []],
  ])("rejects %s where one of %j is needed, and tells who asked for what", async (own, roles) => {
    const { reason, emitted, principal } = await asked(own, roles);
    const { user, session } = principal;
    expect(reason).toBe("forbidden");
    expect(emitted).toEqual([
      { type: "access_refused", userId: user.id, sessionId: session.id, procedure: "admin.findUsers" },
    ]);
  });
});
