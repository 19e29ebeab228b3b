import { expect, it } from "vitest";
import { createTestSession } from "../../../test/test-session.ts";
import { ada, createTestAuth, fromTerminal, loginAda, registerAda } from "../../testing/test-auth.ts";

const second = 1000;

it("listSessions() gives the living ones of that user alone, the one used last first", async () => {
  const { auth, clock } = createTestAuth();
  const first = await registerAda(auth);
  await auth.register({ ...ada, username: "grace", email: "grace@example.com", ...fromTerminal });
  clock.advance(second);
  const later = await loginAda(auth);
  clock.advance(second);
  const ended = await loginAda(auth);
  await auth.logout({ refreshToken: ended.refreshToken, accessToken: undefined });
  const ids = async () => (await auth.listSessions(first.user.id)).map(({ id }) => id);
  expect(await ids()).toEqual([later.session.id, first.session.id]);
  await auth.refresh({ refreshToken: first.refreshToken, delivery: "body" });
  expect(await ids()).toEqual([first.session.id, later.session.id]);
});

it("listSessions() leaves out what has idled out or run out, from that very instant on (T06)", async () => {
  const { auth, clock } = createTestAuth({
    refreshIdleSeconds: 100,
    refreshTokenTtlSeconds: 150,
    accessTokenTtlSeconds: 50,
  });
  const { user, refreshToken } = await registerAda(auth);
  const count = async () => (await auth.listSessions(user.id)).length;
  await loginAda(auth);
  clock.advance(60 * second);
  await auth.refresh({ refreshToken, delivery: "body" });
  clock.advance(40 * second - 1);
  expect(await count()).toBe(2);
  clock.advance(1);
  expect(await count()).toBe(1);
  clock.advance(50 * second - 1);
  expect(await count()).toBe(1);
  clock.advance(1);
  expect(await count()).toBe(0);
});

it("listSessions() gives none of a user that is disabled, or that nobody knows", async () => {
  const { auth } = createTestAuth();
  const { user } = await registerAda(auth);
  await auth.admin.disable({ actor: null, userId: user.id });
  expect(await auth.listSessions(user.id)).toEqual([]);
  expect(await auth.listSessions("nobody")).toEqual([]);
});

it("listSessions() gives those of one instant in one order, the one begun last first", async () => {
  const { auth, first } = await createTestSession();
  const others = [await loginAda(auth), await loginAda(auth), await loginAda(auth)];
  const ids = [first, ...others].map(({ session }) => session.id);
  const listed = (await auth.listSessions(first.user.id)).map(({ id }) => id);
  expect(listed).toEqual([...ids].sort().reverse());
});
