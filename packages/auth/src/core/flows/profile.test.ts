import { expect, it } from "vitest";
import { createTestSession } from "../../../test/test-session.ts";
import { reasonOf } from "../../testing/test-auth.ts";

async function start() {
  const test = await createTestSession();
  const change = (name: string) => test.auth.changeName({ principal: test.first, name });
  const kept = async () => (await test.store.findStoredSession(test.first.session.id))?.user.name;
  return { ...test, change, kept };
}

it("changeName() keeps the name without the space around it, and tells of it without saying it", async () => {
  const { change, kept, events, first } = await start();
  expect(await change("  Ada King ")).toBe("Ada King");
  expect(await kept()).toBe("Ada King");
  expect(events.at(-1)).toEqual({ type: "name_changed", userId: first.user.id, sessionId: first.session.id });
});

it("changeName() makes tokens with the old name run out, and a refresh brings the new one", async () => {
  const { change, auth, first, refresh } = await start();
  await change("Ada King");
  expect(await reasonOf(auth.verify(first.accessToken))).toBe("access_token_expired");
  const next = await refresh(first.refreshToken);
  expect((await auth.verify(next.accessToken)).user.name).toBe("Ada King");
});

it.each(["   ", "a".repeat(101), "Ada\u202eKing"])("changeName() rejects %j, as registration does", async (name) => {
  const { change, kept } = await start();
  await expect(change(name)).rejects.toMatchObject({
    reason: "validation_failed",
    fields: { name: [expect.any(String)] },
  });
  expect(await kept()).toBe("Ada Lovelace");
});

it("changeName() tells a user who was disabled meanwhile why it did nothing", async () => {
  const { change, kept, auth, first } = await start();
  await auth.admin.disable({ actor: null, userId: first.user.id });
  expect(await reasonOf(change("Ada King"))).toBe("account_disabled");
  expect(await kept()).toBe("Ada Lovelace");
});
