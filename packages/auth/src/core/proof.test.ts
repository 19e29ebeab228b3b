import { describe, expect, it } from "vitest";
import { createFakePasswordHasher } from "../testing/fake-password-hasher.ts";
import { createHold } from "../testing/hold.ts";
import { ada, createTestSession, loginAda, reasonOf, type TestAuthOptions } from "../testing/test-auth.ts";
import { AuthError } from "./errors.ts";
import { isProofFresh } from "./proof.ts";
import type { IssuedTokens } from "./token-issuer.ts";

const maxAge = 600_000;

describe("isProofFresh()", () => {
  it.each([
    ["at once", 0, true],
    ["a millisecond before it is too old", maxAge - 1, true],
    ["the instant it is too old", maxAge, false],
    ["after a clock jumped backwards", -5_000, true],
    ["by as much as servers' clocks may differ", -60_000, true],
    ["and by more: it would stay fresh until then (T07)", -60_001, false],
    ["a day in the future (T07)", -86_400_000, false],
  ])("%s", (_, age, fresh) => {
    expect(isProofFresh({ authenticatedAt: 1_000_000 }, 1_000_000 + age, maxAge)).toBe(fresh);
  });
});

async function start(options: TestAuthOptions = {}) {
  const test = await createTestSession(options);
  const { auth, first } = test;
  /** What a call that needs fresh proof would be told, in a session as the store has it now. */
  async function proofOf({ accessToken }: Pick<IssuedTokens, "accessToken"> = first) {
    const principal = await auth.verify(accessToken);
    return reasonOf((async () => auth.requireProof(principal))());
  }
  const confirm = (password: string = ada.password) => auth.confirmPassword({ principal: first, password });
  return { ...test, proofOf, confirm };
}

describe("requireProof()", () => {
  it("lets through for ten minutes after the login, and no longer", async () => {
    const { clock, proofOf } = await start();
    clock.advance(maxAge - 1);
    expect(await proofOf()).toBe("ok");
    clock.advance(1);
    expect(await proofOf()).toBe("reauthentication_required");
  });

  it("goes by the setting", async () => {
    const { clock, proofOf } = await start({ proofMaxAgeSeconds: 60 });
    clock.advance(60_000);
    expect(await proofOf()).toBe("reauthentication_required");
  });

  it("is not moved by a refresh", async () => {
    const { clock, proofOf, first, refresh } = await start();
    clock.advance(maxAge);
    expect(await proofOf(await refresh(first.refreshToken))).toBe("reauthentication_required");
  });

  it("refuses in a way that ends no login", () => {
    expect(new AuthError("reauthentication_required")).toMatchObject({ status: 403, terminal: false });
  });
});

describe("confirmPassword()", () => {
  it("makes the proof fresh again, for this session and no other", async () => {
    const { auth, clock, proofOf, confirm, events, first } = await start();
    const other = await loginAda(auth);
    clock.advance(maxAge);
    await confirm();
    expect(await proofOf()).toBe("ok");
    expect(await proofOf(other)).toBe("reauthentication_required");
    expect(events.at(-1)).toEqual({
      type: "password_confirmed",
      userId: first.user.id,
      sessionId: first.session.id,
    });
  });

  it("says at the field that the password is wrong, renews nothing, and ends nothing", async () => {
    const { clock, proofOf, confirm, events } = await start();
    clock.advance(maxAge);
    await expect(confirm("not it at all")).rejects.toMatchObject({
      reason: "invalid_credentials",
      terminal: false,
      message: "That password is not right",
      fields: { password: ["That password is not right"] },
    });
    expect(await proofOf()).toBe("reauthentication_required");
    expect(events.at(-1)).toMatchObject({ type: "password_confirm_failed" });
  });

  it("refuses whoever is gone like a wrong password, and takes as long for it", async () => {
    const { auth, first, confirm, passwords } = await start();
    await auth.deleteAccount({ principal: first });
    const before = passwords.calls.length;
    expect(await reasonOf(confirm())).toBe("invalid_credentials");
    expect(passwords.calls.length).toBe(before + 1);
  });

  it.each([
    ["the session ended", "session_revoked"],
    ["the user was disabled", "account_disabled"],
    ["the password was changed", "session_revoked"],
  ] as const)("renews nothing when, while the password was being checked, %s", async (what, reason) => {
    const hold = createHold();
    const { auth, confirm, first, row, clock } = await start({
      passwords: createFakePasswordHasher({ pause: hold.pause }),
    });
    const elsewhere = await loginAda(auth);
    const { authenticatedAt } = await row();
    clock.advance(1000);
    const held = hold.next("verify");
    const call = reasonOf(confirm());
    await held.reached;
    if (what === "the session ended") await auth.logoutEverywhere(first.user.id);
    else if (what === "the user was disabled") await auth.admin.disable({ actor: null, userId: first.user.id });
    else {
      const passwords = { currentPassword: ada.password, newPassword: "another correct horse" };
      await auth.changePassword({ principal: elsewhere, ...passwords });
    }
    held.release();
    expect(await call).toBe(reason);
    expect((await row()).authenticatedAt).toBe(authenticatedAt);
  });
});

it("changePassword() takes the current password, and so makes the proof fresh too", async () => {
  const { auth, clock, proofOf, first } = await start();
  clock.advance(maxAge);
  const passwords = { currentPassword: ada.password, newPassword: "another correct horse" };
  await auth.changePassword({ principal: first, ...passwords });
  expect(await proofOf()).toBe("ok");
});
