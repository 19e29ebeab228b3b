import { describe, expect, it } from "vitest";
import { createTestAuth, loginAda, registerAda } from "../testing/test-auth.ts";
import { createMemoryTokenStore, isSuperseded } from "./token-store.ts";

it("createMemoryTokenStore() keeps a pair until it is replaced or cleared", async () => {
  const store = createMemoryTokenStore();
  expect(await store.read()).toBeNull();
  await store.write({ accessToken: "a", refreshToken: "b" });
  expect(await store.read()).toEqual({ accessToken: "a", refreshToken: "b" });
  await store.clear();
  expect(await store.read()).toBeNull();
  expect(await createMemoryTokenStore({ accessToken: "a", refreshToken: "b" }).read()).not.toBeNull();
});

describe("isSuperseded()", () => {
  it("goes by the generation, then by the time, and by neither across logins", async () => {
    const { auth, clock } = createTestAuth();
    const first = await registerAda(auth);
    const next = await auth.refresh({ refreshToken: first.refreshToken, delivery: "body" });
    expect([isSuperseded(first, next), isSuperseded(next, first)]).toEqual([true, false]);

    clock.advance(30_001);
    const reissued = await auth.refresh({ refreshToken: first.refreshToken, delivery: "body" });
    expect(reissued.session.generation).toBe(next.session.generation);
    expect([isSuperseded(next, reissued), isSuperseded(reissued, next)]).toEqual([true, false]);

    const other = await loginAda(auth);
    expect([isSuperseded(next, other), isSuperseded(other, next)]).toEqual([true, true]);
  });

  it("tells two pairs of one generation apart that are a millisecond apart", async () => {
    const { auth, clock } = createTestAuth();
    const first = await registerAda(auth);
    clock.advance(100);
    await auth.refresh({ refreshToken: first.refreshToken, delivery: "body" });
    clock.advance(30_000);
    const last = await auth.refresh({ refreshToken: first.refreshToken, delivery: "body" });
    clock.advance(1);
    const reissued = await auth.refresh({ refreshToken: first.refreshToken, delivery: "body" });
    expect(reissued.refreshToken).not.toBe(last.refreshToken);
    expect([isSuperseded(last, reissued), isSuperseded(reissued, last)]).toEqual([true, false]);
  });

  it.each(["", "x", "a.b.c", "a.bnVsbA.c", "a.e30.c", `a.${"ÿ"}.c`])(
    "never throws on a token that cannot be read: %j",
    async (accessToken) => {
      const tokens = await registerAda(createTestAuth().auth);
      const unreadable = { accessToken, refreshToken: "x" };
      expect([isSuperseded(unreadable, tokens), isSuperseded(tokens, unreadable)]).toEqual([true, true]);
    },
  );
});
