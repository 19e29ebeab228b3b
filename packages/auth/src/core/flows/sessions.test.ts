import { describe, expect, it } from "vitest";
import {
  ada,
  createTestAuth,
  fromBrowser,
  fromTerminal,
  loginAda,
  reasonOf,
  registerAda,
} from "../../testing/test-auth.ts";

async function rejectionOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => "ok",
    (error) => ({ reason: error.reason, endedBecause: error.endedBecause }),
  );
}

describe("endSession()", () => {
  it("ends that session at once and tells it why, and leaves the one that asks alone", async () => {
    const { auth, events } = createTestAuth();
    const [here, there] = [await registerAda(auth), await loginAda(auth)];
    expect(await auth.endSession(here, there.session.id)).toBe(true);
    expect(events.at(-1)).toEqual({ type: "session_ended", userId: here.user.id, sessionId: there.session.id });
    const why = { reason: "session_revoked", endedBecause: "ended_by_user" };
    expect(await rejectionOf(auth.verify(there.accessToken))).toEqual(why);
    expect(await rejectionOf(auth.refresh({ refreshToken: there.refreshToken, delivery: "body" }))).toEqual(why);
    expect(await reasonOf(auth.verify(here.accessToken))).toBe("ok");
    const before = events.length;
    expect(await auth.endSession(here, there.session.id)).toBe(false);
    expect(events).toHaveLength(before);
  });

  it("ends nothing of anybody else's, whatever id is given", async () => {
    const { auth } = createTestAuth();
    const theirs = await registerAda(auth);
    const mine = await auth.register({ ...ada, username: "grace", email: "grace@example.com", ...fromTerminal });
    expect(await auth.endSession(mine, theirs.session.id)).toBe(false);
    expect(await reasonOf(auth.verify(theirs.accessToken))).toBe("ok");
  });
});

it("endOtherSessions() keeps the one that asks, and ends the rest", async () => {
  const { auth, events } = createTestAuth();
  const [here, there, elsewhere] = [await registerAda(auth), await loginAda(auth), await loginAda(auth)];
  expect(await auth.endOtherSessions(here)).toBe(2);
  const about = { userId: here.user.id, sessionId: here.session.id, sessions: 2 };
  expect(events.at(-1)).toEqual({ type: "other_sessions_ended", ...about });
  const why = { reason: "session_revoked", endedBecause: "ended_by_user" };
  expect(await rejectionOf(auth.verify(there.accessToken))).toEqual(why);
  const tokens = [here, there, elsewhere].map(({ accessToken }) => reasonOf(auth.verify(accessToken)));
  expect(await Promise.all(tokens)).toEqual(["ok", "session_revoked", "session_revoked"]);
});

it("a login beyond as many as are kept ends the one that began first, and tells it why", async () => {
  const { auth, clock } = createTestAuth({ sessionsPerUser: 2 });
  const first = await registerAda(auth);
  clock.advance(1000);
  const second = await loginAda(auth);
  clock.advance(1000);
  await auth.refresh({ refreshToken: first.refreshToken, delivery: "body" });
  const third = await loginAda(auth);
  const why = { reason: "session_revoked", endedBecause: "too_many_sessions" };
  expect(await rejectionOf(auth.verify(first.accessToken))).toEqual(why);
  for (const { accessToken } of [second, third]) expect(await reasonOf(auth.verify(accessToken))).toBe("ok");
});

it("a login that is not to be remembered ends after a day on the server too, however often it is used (T06)", async () => {
  const { auth, clock } = createTestAuth({ accessTokenTtlSeconds: 3600, browserSessionTtlSeconds: 7200 });
  await registerAda(auth);
  const forgotten = await loginAda(auth, { ...fromBrowser, rememberMe: false });
  const remembered = await loginAda(auth, fromBrowser);
  clock.advance(7_199_000);
  const next = await auth.refresh({ refreshToken: forgotten.refreshToken, delivery: "cookie" });
  expect(next.refreshExpiresIn).toBe(1);
  clock.advance(1000);
  expect(await reasonOf(auth.verify(next.accessToken))).toBe("session_expired");
  expect(await reasonOf(auth.refresh({ refreshToken: remembered.refreshToken, delivery: "cookie" }))).toBe("ok");
});
