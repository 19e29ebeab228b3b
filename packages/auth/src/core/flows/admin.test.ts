import { expect, it } from "vitest";
import { completed, createTestAuth, fromTerminal, loginAda, reasonOf, registerAda } from "../../testing/test-auth.ts";
import { userCursorShape } from "../domain/user-page.ts";

const grace = {
  username: "Grace",
  email: "Grace.Hopper@Example.com",
  name: "Grace Hopper",
  password: "a long enough one",
};

async function start() {
  const test = createTestAuth();
  const admin = await registerAda(test.auth);
  await test.auth.admin.setRole({ actor: null, userId: admin.user.id, role: "admin" });
  const person = await test.auth.register({ ...grace, ...fromTerminal });
  const actor = admin.user.id;
  const auditEntries = async () => (await test.auth.listAuditEntries(person.user.id, { limit: 50 })).entries;
  return { ...test, admin, person, actor, auditEntries };
}

it.each(["gra", "GRA", " grace ", "grace.h", "grace.hopper@EXAMPLE.com", "ｇｒａ"])(
  "finds a user by %j",
  async (text) => {
    const { auth, person } = await start();
    expect((await auth.admin.findUsers(text)).users.map(({ id }) => id)).toEqual([person.user.id]);
  },
);

it("finds a user by the address as it is written, whatever its domain is in ASCII, and nobody by what is no address", async () => {
  const { auth } = await start();
  const { user } = await auth.register({ ...grace, username: "umlaut", email: "grace@exämple.com", ...fromTerminal });
  const foundBy = async (text: string) => (await auth.admin.findUsers(text)).users.map(({ id }) => id);
  for (const text of ["grace@exämple.com", "GRACE@EXÄMPLE.com", "grace@xn--exmple-cua.com", "grace@"]) {
    expect(await foundBy(text)).toEqual([user.id]);
  }
  for (const text of ["grace@%", "grace@*", "grace@."]) expect(await foundBy(text)).toEqual([]);
});

it("shows a screen of people, and names the next one", async () => {
  const { auth } = await start();
  for (let index = 0; index < 26; index += 1) {
    await auth.register({ ...grace, username: `many-${index}`, email: `many-${index}@example.com`, ...fromTerminal });
  }
  const { users, nextCursor } = await auth.admin.findUsers("many");
  expect([users.length, nextCursor]).toEqual([25, expect.stringMatching(userCursorShape)]);
  expect((await auth.admin.findUsers("")).nextCursor).not.toBeNull();
  expect((await auth.admin.findUsers("many-25")).nextCursor).toBeNull();
});

it.each([25, 26, 40, 49, 50, 51, 60])(
  "finds each of 60 users once, page by page: %s by the username, the others by the email",
  async (named) => {
    const { auth } = await start();
    const ids = new Set<string>();
    for (let index = 0; index < 60; index += 1) {
      const [username, local] =
        index < named ? [`many-${index}`, `many-${index}`] : [`other-${index}`, `many.o${index}`];
      const { user } = await auth.register({ ...grace, username, email: `${local}@example.com`, ...fromTerminal });
      ids.add(user.id);
    }
    const pages: string[][] = [];
    for (let cursor: string | undefined; ; ) {
      const { users, nextCursor } = await auth.admin.findUsers("many", cursor);
      pages.push(users.map(({ id }) => id));
      if (nextCursor === null) break;
      expect(nextCursor).toMatch(userCursorShape);
      cursor = nextCursor;
    }
    expect(pages.map((page) => page.length)).toEqual([25, 25, 10]);
    expect(new Set(pages.flat())).toEqual(ids);
  },
);

it("a page that stands behind a deleted user begins anew", async () => {
  const { auth } = await start();
  const { users } = await auth.admin.findUsers("");
  const gone = "username.00000000-0000-4000-8000-000000000000";
  expect((await auth.admin.findUsers("", gone)).users).toEqual(users);
});

it("shows a user with the sessions that are alive, and nobody who is not there", async () => {
  const { auth, person } = await start();
  const second = await completed(auth.login({ identifier: "grace", password: grace.password, ...fromTerminal }));
  await auth.logout({ refreshToken: person.refreshToken, accessToken: undefined });
  const found = await auth.admin.findUser(person.user.id);
  expect([found.user.username, found.sessions.map(({ id }) => id)]).toEqual(["Grace", [second.session.id]]);
  expect(JSON.stringify(found.user)).not.toContain(grace.password);
  expect(await reasonOf(auth.admin.findUser("0198c0de-0000-7000-8000-000000000000"))).toBe("not_found");
});

it("ends one session or all of them at once; the person is told by whom (ASVS 7.4.5)", async () => {
  const { auth, person, actor, auditEntries } = await start();
  const userId = person.user.id;
  const others = [0, 1].map(() =>
    completed(auth.login({ identifier: "grace", password: grace.password, ...fromTerminal })),
  );
  const sessions = await Promise.all(others);
  await auth.admin.endSession({ actor, userId, sessionId: person.session.id });
  await expect(auth.verify(person.accessToken)).rejects.toMatchObject({
    reason: "session_revoked",
    endedBecause: "ended_by_admin",
    message: "An administrator ended this login",
  });
  expect(await reasonOf(auth.verify(sessions[0]?.accessToken ?? ""))).toBe("ok");
  expect(await auth.admin.endSessions({ actor, userId })).toBe(2);
  for (const { accessToken } of sessions) expect(await reasonOf(auth.verify(accessToken))).toBe("session_revoked");
  expect((await auditEntries()).filter(({ event }) => event === "authz_admin")).toMatchObject([
    { actorId: actor, detail: "ended_by_admin" },
    { actorId: actor, detail: "ended_by_admin" },
  ]);
});

it("ends nobody else's session under a user's name, and none twice", async () => {
  const { auth, admin, person, actor } = await start();
  const end = { actor, userId: person.user.id, sessionId: admin.session.id };
  expect(await reasonOf(auth.admin.endSession(end))).toBe("not_found");
  await auth.admin.endSession({ ...end, sessionId: person.session.id });
  expect(await reasonOf(auth.admin.endSession({ ...end, sessionId: person.session.id }))).toBe("not_found");
});

it("disables and enables: the login is rejected, then taken, and old sessions stay ended", async () => {
  const { auth, person, actor, auditEntries } = await start();
  const change = { actor, userId: person.user.id };
  const login = () => auth.login({ identifier: "grace", password: grace.password, ...fromTerminal });
  await auth.admin.disable(change);
  expect(await reasonOf(login())).toBe("account_disabled");
  await auth.admin.enable(change);
  expect(await reasonOf(login())).toBe("ok");
  expect(await reasonOf(auth.verify(person.accessToken))).toBe("session_revoked");
  expect(await reasonOf(auth.admin.enable(change))).toBe("not_found");
  const updates = (await auditEntries()).filter(({ event }) => event === "user_updated");
  expect(updates.map(({ detail, actorId }) => [detail, actorId])).toEqual([
    ["enabled", actor],
    ["disabled", actor],
  ]);
});

it("the last administrator can neither be disabled nor become an ordinary user, by themselves neither", async () => {
  const { auth, admin, person, actor } = await start();
  const userId = admin.user.id;
  expect(await reasonOf(auth.admin.disable({ actor, userId }))).toBe("last_admin");
  expect(await reasonOf(auth.admin.setRole({ actor, userId, role: "user" }))).toBe("last_admin");
  await auth.admin.setRole({ actor, userId: person.user.id, role: "admin" });
  expect(await reasonOf(auth.admin.setRole({ actor, userId, role: "user" }))).toBe("ok");
  expect((await auth.verify((await loginAda(auth)).accessToken)).user.role).toBe("user");
});

it("a new role stands in the person's audit log, with who gave it", async () => {
  const { auth, person, actor, auditEntries } = await start();
  await auth.admin.setRole({ actor, userId: person.user.id, role: "admin" });
  expect((await auditEntries())[0]).toMatchObject({ event: "authz_change", detail: "admin", actorId: actor });
  expect(await reasonOf(auth.admin.setRole({ actor, userId: person.user.id, role: "admin" }))).toBe("not_found");
});
