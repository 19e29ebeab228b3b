import { describe, expect, it } from "vitest";
import { createTestSession } from "../../../test/test-session.ts";
import { createTestAuth, loginAda, reasonOf, registerAda } from "../../testing/test-auth.ts";
import { AuthError } from "../domain/errors.ts";

const neither = { refreshToken: undefined, accessToken: undefined };

describe("logout() with an access token", () => {
  it("ends the session, also when the key that signed it is retired", async () => {
    const { auth, clock, first, row } = await createTestSession({ signingKeySeconds: 3_600 });
    clock.advance(7_200_000);
    await loginAda(auth); // under the next key
    await auth.logout({ ...neither, accessToken: first.accessToken });
    expect(await row()).toMatchObject({ revokedReason: "logout" });
  });

  it("does nothing for an account that is gone", async () => {
    const { auth, first, events } = await createTestSession();
    await auth.deleteAccount({ principal: first });
    const before = events.length;
    await auth.logout({ ...neither, accessToken: first.accessToken });
    expect(events).toHaveLength(before);
  });

  it.each([
    ["is busy", new AuthError("temporarily_unavailable")],
    ["is broken", new Error("disk I/O error")],
  ])("says so when the store %s, and does not pretend", async (_, error) => {
    const { auth, store } = createTestAuth();
    const { accessToken } = await registerAda(auth);
    const broken = createTestAuth({ store: { ...store, findSessionWithUser: () => Promise.reject(error) } });
    await expect(broken.auth.logout({ ...neither, accessToken })).rejects.toBe(error);
    expect(await reasonOf(auth.verify(accessToken))).toBe("ok");
  });
});

it("logout() without a token that proves anything asks the store for no end of anything", async () => {
  const { store } = createTestAuth();
  const revokeSession = () => Promise.reject(new Error("It was asked"));
  const { auth } = createTestAuth({ store: { ...store, revokeSession } });
  for (const tokens of [neither, { refreshToken: "x", accessToken: "y" }]) {
    await expect(auth.logout(tokens)).resolves.toBeUndefined();
  }
});

it("logoutEverywhere() ends sessions as a logout, which needs no explanation", async () => {
  const { auth, first, row } = await createTestSession();
  await auth.logoutEverywhere(first.user.id);
  expect(await row()).toMatchObject({ revokedReason: "logout" });
});
