import { expect, it } from "vitest";
import { ada, completed, createTestAuth, fromTerminal, registerAda } from "../../testing/test-auth.ts";

const grace = { ...ada, username: "Grace", email: "Grace.Hopper@Example.com", ...fromTerminal };

it.each([
  ["ada", "ada"],
  [" ADA ", "ada"],
  ["ada@EXAMPLE.com", "ada"],
  ["grace", "Grace"],
  ["ada＠example.com", "ada"],
  ["gra", undefined],
  ["grace@example.com", undefined],
  ["", undefined],
])("admin.findNamed() finds by %j the one user who has that very name or address: %j", async (typed, username) => {
  const { auth } = createTestAuth();
  await registerAda(auth);
  await auth.register(grace);
  expect((await auth.admin.findNamed(typed))?.username).toBe(username);
});

it("each thing that an administrator does is told, with who did it and to whom, and what did nothing is not", async () => {
  const { auth, events } = createTestAuth();
  const admin = await registerAda(auth);
  await auth.admin.setRole({ actor: null, userId: admin.user.id, role: "admin" });
  const person = await auth.register(grace);
  const change = { actor: admin.user.id, userId: person.user.id };
  const about = { actorId: admin.user.id, userId: person.user.id };
  const eventsOf = async (act: () => Promise<unknown>) => {
    const before = events.length;
    await act().catch(() => undefined);
    return events.slice(before);
  };
  const end = { ...change, sessionId: person.session.id };
  const ended = { type: "sessions_ended_by_admin", ...about, sessions: 1 };
  expect(await eventsOf(() => auth.admin.endSession(end))).toEqual([ended]);
  expect(await eventsOf(() => auth.admin.endSession(end))).toEqual([]);
  expect(await eventsOf(() => auth.admin.endSessions(change))).toEqual([]);
  const again = await completed(auth.login({ identifier: "grace", password: ada.password, ...fromTerminal }));
  expect(await eventsOf(() => auth.admin.endSessions(change))).toEqual([ended]);
  await expect(auth.verify(again.accessToken)).rejects.toMatchObject({ endedBecause: "ended_by_admin" });
  const role = () => auth.admin.setRole({ ...change, role: "admin" });
  expect(await eventsOf(role)).toEqual([{ type: "role_changed", ...about, role: "admin" }]);
  expect(await eventsOf(role)).toEqual([]);
  expect(await eventsOf(() => auth.admin.disable(change))).toEqual([{ type: "user_disabled", ...about }]);
  expect(await eventsOf(() => auth.admin.disable(change))).toEqual([]);
  expect(await eventsOf(() => auth.admin.enable(change))).toEqual([{ type: "user_enabled", ...about }]);
  expect(await eventsOf(() => auth.admin.enable(change))).toEqual([]);
});

it("a page of users that is full to the last line has no next one", async () => {
  const { auth, store } = createTestAuth();
  const { user } = await registerAda(auth);
  const found = (many: number) => {
    store.findUsers = async ({ by }) => (by === "username" ? Array.from({ length: many }, () => user) : []);
    return auth.admin.findUsers("ada");
  };
  expect(await found(25)).toMatchObject({ nextCursor: null, users: { length: 25 } });
  expect(await found(26)).toMatchObject({ nextCursor: `username.${user.id}`, users: { length: 25 } });
});
