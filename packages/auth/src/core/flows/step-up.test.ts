import { describe, expect, it } from "vitest";
import { createHold } from "../../../test/hold.ts";
import { createTestSession } from "../../../test/test-session.ts";
import { createFakePasswordHasher } from "../../testing/fake-password-hasher.ts";
import { ada, loginAda, reasonOf, type TestAuthOptions } from "../../testing/test-auth.ts";
import { AuthError } from "../domain/errors.ts";
import type { IssuedTokens } from "../domain/model.ts";

const maxAge = 600_000;

async function start(options: TestAuthOptions = {}) {
  const test = await createTestSession(options);
  const { auth, first } = test;
  /** What a call that needs fresh proof would be told, in a session as the store has it now. */
  async function stepUpOf(
    { accessToken, stepUp }: Pick<IssuedTokens, "accessToken" | "stepUp"> = first,
    stepUpToken: string | undefined = stepUp?.token,
  ) {
    const principal = await auth.verify(accessToken);
    return reasonOf(auth.requireStepUp({ principal, stepUpToken }));
  }
  const confirm = (password: string = ada.password) => auth.confirmPassword({ principal: first, password });
  return { ...test, stepUpOf, confirm };
}

describe("requireProof()", () => {
  it("lets through for ten minutes after the login, and no longer", async () => {
    const { clock, stepUpOf } = await start();
    clock.advance(maxAge - 1);
    expect(await stepUpOf()).toBe("ok");
    clock.advance(1);
    expect(await stepUpOf()).toBe("reauthentication_required");
  });

  it("goes by the setting", async () => {
    const { clock, stepUpOf } = await start({ stepUpMaxAgeSeconds: 60 });
    clock.advance(60_000);
    expect(await stepUpOf()).toBe("reauthentication_required");
  });

  it("is not moved by a refresh", async () => {
    const { clock, stepUpOf, first, refresh } = await start();
    clock.advance(maxAge);
    const refreshed = await refresh(first.refreshToken);
    expect(refreshed.stepUp).toBeUndefined();
    expect(await stepUpOf(refreshed, first.stepUp?.token)).toBe("reauthentication_required");
  });

  it("rejects in a way that ends no login", () => {
    expect(new AuthError("reauthentication_required")).toMatchObject({ status: 403, terminal: false });
  });
});

describe("confirmPassword()", () => {
  it("makes the proof fresh again, for this session and no other", async () => {
    const { auth, clock, stepUpOf, confirm, events, first } = await start();
    const other = await loginAda(auth);
    clock.advance(maxAge);
    const { token, expiresIn } = await confirm();
    expect(expiresIn).toBe(maxAge / 1000);
    expect(await stepUpOf(first, token)).toBe("ok");
    expect(await stepUpOf(other, token)).toBe("reauthentication_required");
    expect(await stepUpOf(other)).toBe("reauthentication_required");
    expect(events.at(-1)).toEqual({
      type: "password_confirmed",
      userId: first.user.id,
      sessionId: first.session.id,
    });
  });

  it("says at the field that the password is wrong, renews nothing, and ends nothing", async () => {
    const { clock, stepUpOf, confirm, events } = await start();
    clock.advance(maxAge);
    await expect(confirm("not it at all")).rejects.toMatchObject({
      reason: "invalid_credentials",
      terminal: false,
      message: "That password is not right",
      fields: { password: ["That password is not right"] },
    });
    expect(await stepUpOf()).toBe("reauthentication_required");
    expect(events.at(-1)).toMatchObject({ type: "password_confirm_failed" });
  });

  it("rejects whoever is gone like a wrong password, and takes as long for it", async () => {
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
    const { authenticatedAt, stepUpHash } = await row();
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
    expect(await row()).toMatchObject({ authenticatedAt, stepUpHash });
  });
});

it("changePassword() takes the current password, and so makes the proof fresh too", async () => {
  const { auth, clock, stepUpOf, first } = await start();
  clock.advance(maxAge);
  const passwords = { currentPassword: ada.password, newPassword: "another correct horse" };
  const { stepUp } = await auth.changePassword({ principal: first, ...passwords });
  const { accessToken } = await auth.refresh({ refreshToken: first.refreshToken, delivery: "body" });
  expect(await stepUpOf({ accessToken, stepUp })).toBe("ok");
});
