import { describe, expect, it } from "vitest";
import { createHold } from "../../../test/hold.ts";
import { createTestSession } from "../../../test/test-session.ts";
import { seededRandomBytes } from "../../testing/fixtures.ts";
import { createMemoryStore } from "../../testing/memory-store/store.ts";
import { fromBrowser, loginAda, reasonOf } from "../../testing/test-auth.ts";
import { publicMessage } from "../domain/errors.ts";
import { formatRefreshToken, parseRefreshToken, type RefreshToken } from "../tokens/refresh-token.ts";
import { endedError } from "./session-errors.ts";

const second = 1000;

function change(text: string, changes: Partial<RefreshToken>): string {
  const token = parseRefreshToken(text);
  if (!token) throw new Error("No refresh token");
  return formatRefreshToken({ ...token, ...changes });
}

describe("refresh() revokes the session when a spent token returns", () => {
  it("and says so to whoever comes next, with either token, in words they need", async () => {
    const { auth, clock, first, refresh, row, events } = await createTestSession();
    const next = await refresh(first.refreshToken);
    clock.advance(60 * second);
    const current = await refresh(next.refreshToken);
    expect(await reasonOf(refresh(first.refreshToken))).toBe("refresh_token_reused");
    expect(events.at(-1)).toEqual({ type: "refresh_token_reused", userId: first.user.id, sessionId: first.session.id });
    expect(await row()).toMatchObject({ revokedReason: "refresh_token_reused" });
    for (const token of [first, next, current]) {
      await expect(refresh(token.refreshToken)).rejects.toMatchObject({
        reason: "refresh_token_reused",
        message: /used twice/,
      });
    }
    await expect(auth.verify(current.accessToken)).rejects.toMatchObject({
      reason: "refresh_token_reused",
      message: /used twice/,
    });
    expect(events.filter(({ type }) => type === "refresh_token_reused")).toHaveLength(1);
  });

  it("also within the window: the window is for the last-used token only", async () => {
    const { first, refresh } = await createTestSession();
    const next = await refresh(first.refreshToken);
    await refresh(next.refreshToken);
    expect(await reasonOf(refresh(first.refreshToken))).toBe("refresh_token_reused");
  });

  it("whichever of thief and victim speaks second, neither goes on (S5, S6)", async () => {
    for (const thiefFirst of [true, false]) {
      const { clock, first, refresh } = await createTestSession();
      // Both hold the same token from here on.
      const one = await refresh(first.refreshToken);
      clock.advance(900 * second);
      const other = await refresh(first.refreshToken);
      clock.advance(900 * second);
      const [early, late] = thiefFirst ? [one, other] : [other, one];
      const outcomes = [await reasonOf(refresh(early.refreshToken)), await reasonOf(refresh(late.refreshToken))];
      expect(outcomes.filter((outcome) => outcome === "ok").length).toBeLessThanOrEqual(1);
      expect(await reasonOf(refresh(other.refreshToken))).not.toBe("ok");
    }
  });

  it("but leaves the user's other sessions alone", async () => {
    const { auth, first, refresh } = await createTestSession();
    const other = await loginAda(auth);
    await refresh((await refresh(first.refreshToken)).refreshToken);
    expect(await reasonOf(refresh(first.refreshToken))).toBe("refresh_token_reused");
    expect(await reasonOf(refresh(other.refreshToken))).toBe("ok");
  });

  it("whatever the order of an honest rotation and the thief's attempt at the same instant (R15)", async () => {
    for (const copy of ["findStoredSession", "rotateSession", "revokeSession"]) {
      for (const moment of ["before", "after"] as const) {
        const hold = createHold();
        const test = await createTestSession({ store: createMemoryStore({ pause: hold.pause }) });
        const { first, refresh } = test;
        const next = await refresh(first.refreshToken);
        const current = await refresh(next.refreshToken);
        const held = hold.next(copy, moment);
        const both = [reasonOf(refresh(current.refreshToken)), reasonOf(refresh(first.refreshToken))];
        await held.reached;
        await new Promise((resolve) => setImmediate(resolve));
        held.release();
        expect((await Promise.all(both))[1]).toBe("refresh_token_reused");
        expect(await reasonOf(refresh(current.refreshToken))).toBe("refresh_token_reused");
      }
    }
  });
});

describe("refresh() rejects, and changes nothing,", () => {
  const random = seededRandomBytes("strangers");
  const tampered: Array<[string, why: string, (text: string) => string]> = [
    ["text that is no token", "malformed", () => "x"],
    [
      "a token of an unknown session",
      "unknown_session",
      (text) => change(text, { sessionId: "01890000-0000-7000-8000-000000000000" }),
    ],
    ["a token without the family secret (S7)", "wrong_family", (text) => change(text, { familySecret: random(16) })],
    [
      "a token with neither secret",
      "wrong_family",
      (text) => change(text, { familySecret: random(16), secret: random(32) }),
    ],
    [
      "a token from the future (D06, D07)",
      "generation_ahead",
      (text) => change(text, { secret: random(32), generation: 9 }),
    ],
    ["the right token with a generation ahead", "generation_ahead", (text) => change(text, { generation: 9 })],
  ];
  it.each(tampered)("%s", async (_, why, tamper) => {
    const { first, refresh, row, events } = await createTestSession();
    const before = await row();
    expect(await reasonOf(refresh(tamper(first.refreshToken)))).toBe("refresh_token_invalid");
    expect(await row()).toEqual(before);
    expect(events.at(-1)).toMatchObject({ type: "refresh_refused", why });
    expect(await reasonOf(refresh(first.refreshToken))).toBe("ok");
  });

  it("a token that came another way than it was handed out (R19)", async () => {
    const { auth, first } = await createTestSession();
    const inCookie = await loginAda(auth, fromBrowser);
    expect(await reasonOf(auth.refresh({ refreshToken: first.refreshToken, delivery: "cookie" }))).toBe(
      "refresh_token_invalid",
    );
    expect(await reasonOf(auth.refresh({ refreshToken: inCookie.refreshToken, delivery: "body" }))).toBe(
      "refresh_token_invalid",
    );
    expect(await reasonOf(auth.refresh({ refreshToken: first.refreshToken, delivery: "body" }))).toBe("ok");
    expect(await reasonOf(auth.refresh({ refreshToken: inCookie.refreshToken, delivery: "cookie" }))).toBe("ok");
  });

  it("also a spent token that came another way: that is a mistake, not a theft", async () => {
    const { auth, first, refresh } = await createTestSession();
    const current = await refresh((await refresh(first.refreshToken)).refreshToken);
    expect(await reasonOf(auth.refresh({ refreshToken: first.refreshToken, delivery: "cookie" }))).toBe(
      "refresh_token_invalid",
    );
    expect(await reasonOf(refresh(current.refreshToken))).toBe("ok");
  });

  it("a session whose idle or absolute time has passed, and takes it a millisecond before (T06)", async () => {
    for (const [ends, settings] of [
      [600 * second, { refreshIdleSeconds: 600 }],
      [600 * second, { refreshTokenTtlSeconds: 600, accessTokenTtlSeconds: 60 }],
    ] as const) {
      const early = await createTestSession(settings);
      early.clock.advance(ends - 1);
      expect(await reasonOf(early.refresh(early.first.refreshToken))).toBe("ok");
      const late = await createTestSession(settings);
      late.clock.advance(ends);
      expect(await reasonOf(late.refresh(late.first.refreshToken))).toBe("session_expired");
      expect((await late.row()).revokedAt).toBeNull();
    }
  });

  it("nothing moves the absolute end (S3)", async () => {
    const { clock, first, refresh } = await createTestSession({ refreshTokenTtlSeconds: 3600 });
    let { refreshToken } = first;
    for (let minutes = 10; minutes < 60; minutes += 10) {
      clock.advance(600 * second);
      const output = await refresh(refreshToken);
      refreshToken = output.refreshToken;
      expect(output.refreshExpiresIn).toBe(3600 - minutes * 60);
    }
    clock.advance(600 * second);
    expect(await reasonOf(refresh(refreshToken))).toBe("session_expired");
  });

  it("a session that runs out between the look and the write", async () => {
    const hold = createHold();
    const { clock, first, refresh, row } = await createTestSession({
      store: createMemoryStore({ pause: hold.pause }),
      refreshIdleSeconds: 600,
    });
    clock.advance(600 * second - 1);
    const held = hold.next("findStoredSession", "after");
    const call = reasonOf(refresh(first.refreshToken));
    await held.reached;
    clock.advance(1);
    held.release();
    expect(await call).toBe("session_expired");
    expect((await row()).generation).toBe(0);
  });
});

describe("endedError() says by what a session was ended", () => {
  it.each([
    ["password_changed", /^You were logged out .* password was changed$/],
    ["ended_by_user", /^You ended this login from another device$/],
    ["ended_by_admin", /^An administrator ended this login$/],
    ["too_many_sessions", /more devices than are kept/],
  ] as const)("%s", (revokedReason, message) => {
    const error = endedError("session_revoked", { revokedReason });
    expect(error).toMatchObject({ reason: "session_revoked", endedBecause: revokedReason });
    expect(error.message).toMatch(message);
  });

  it("and nothing more where the session's own end is not what it is rejected for", () => {
    const ended = { revokedReason: "ended_by_user" } as const;
    for (const error of [endedError("account_disabled", ended), endedError("session_revoked", undefined)]) {
      expect(error.endedBecause).toBeUndefined();
      expect(error.message).toBe(publicMessage(error.reason));
    }
  });
});
