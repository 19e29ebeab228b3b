import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { createMemoryRateLimitCounter } from "../../testing/memory-store/rate-limit-counter.ts";
import {
  ada,
  createTestAuth,
  fromBrowser,
  fromTerminal,
  loginAda,
  reasonOf,
  registerAda,
} from "../../testing/test-auth.ts";

const minute = 60_000;

async function createLimitedAuth() {
  const clock = createFakeClock();
  const test = createTestAuth({ clock, rateLimitCounter: createMemoryRateLimitCounter(clock) });
  return { ...test, clock, first: await registerAda(test.auth, fromBrowser) };
}

describe("confirmPassword() and changePassword() count wrong passwords of a session together", () => {
  it("five a minute; the user's other sessions go on", async () => {
    const { auth, first, events } = await createLimitedAuth();
    const other = await loginAda(auth);
    const confirm = (session: typeof first, password: string) =>
      reasonOf(auth.confirmPassword({ principal: session, password }));
    for (let n = 0; n < 3; n += 1) expect(await confirm(first, "wrong")).toBe("invalid_credentials");
    const change = { currentPassword: "wrong", newPassword: "an entirely new passphrase" };
    for (let n = 0; n < 2; n += 1) {
      expect(await reasonOf(auth.changePassword({ principal: first, ...change }))).toBe("invalid_credentials");
    }
    expect(await confirm(first, ada.password)).toBe("rate_limited");
    expect(await reasonOf(auth.changePassword({ principal: first, ...change }))).toBe("rate_limited");
    expect(await confirm(other, ada.password)).toBe("ok");
    const { user, session } = first;
    expect(events.filter(({ type }) => type === "attempts_limited")).toEqual([
      { type: "attempts_limited", scope: "proof", userId: user.id, sessionId: session.id },
    ]);
  });

  it("ten a minute and forty an hour in all sessions of a user together, by both ways; not of another user (P12)", async () => {
    const { auth, first, clock, events } = await createLimitedAuth();
    const grace = await auth.register({ ...ada, ...fromTerminal, username: "grace", email: "grace@example.com" });
    const sessions = [first];
    for (let n = 0; n < 4; n += 1) sessions.push(await loginAda(auth));
    const confirm = (principal: typeof first, password = "wrong") =>
      reasonOf(auth.confirmPassword({ principal, password }));
    const change = (principal: typeof first) =>
      reasonOf(auth.changePassword({ principal, currentPassword: "wrong", newPassword: "an entirely new passphrase" }));
    const round = async () => {
      const outcomes: string[] = [];
      for (const principal of sessions)
        outcomes.push(await confirm(principal), await change(principal), await confirm(principal));
      return outcomes.filter((outcome) => outcome === "invalid_credentials").length;
    };
    for (const guesses of [10, 10, 10, 10, 0]) {
      expect(await round()).toBe(guesses);
      clock.advance(minute);
    }
    expect(await confirm(first, ada.password)).toBe("rate_limited");
    expect(await confirm(grace, ada.password)).toBe("ok");
    expect(events).toContainEqual(expect.objectContaining({ type: "attempts_limited", scope: "userProof" }));
    clock.advance(56 * minute);
    expect(await confirm(first, ada.password)).toBe("ok");
  });

  it("a session that is out of tries spends none of the user's, and right passwords count nowhere", async () => {
    const { auth, first } = await createLimitedAuth();
    const other = await loginAda(auth);
    const confirm = (principal: typeof first, password = "wrong") =>
      reasonOf(auth.confirmPassword({ principal, password }));
    for (let n = 0; n < 30; n += 1) await confirm(first);
    for (let n = 0; n < 30; n += 1) expect(await confirm(other, ada.password)).toBe("ok");
    for (let n = 0; n < 5; n += 1) expect(await confirm(other)).toBe("invalid_credentials");
  });

  it("whoever holds several stolen sessions keeps the owner from no login, known device or not (P12)", async () => {
    const { auth } = await createLimitedAuth();
    for (let n = 0; n < 5; n += 1) {
      const principal = await loginAda(auth);
      for (let time = 0; time < 5; time += 1) await reasonOf(auth.confirmPassword({ principal, password: "wrong" }));
    }
    const { deviceToken } = await loginAda(auth, fromBrowser);
    expect(await reasonOf(auth.login({ identifier: "ada", password: ada.password, ...fromBrowser, deviceToken }))).toBe(
      "ok",
    );
  });
});
