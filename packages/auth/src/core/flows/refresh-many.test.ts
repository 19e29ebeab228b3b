import { expect, it } from "vitest";
import { seededRandomBytes } from "../../testing/fixtures.ts";
import { createMemoryStore } from "../../testing/memory-store/store.ts";
import { ada, createTestAuth, fromTerminal, loginAda, reasonOf, registerAda } from "../../testing/test-auth.ts";
import { AuthError } from "../domain/errors.ts";
import type { IssuedTokens } from "../domain/model.ts";

const newPassword = "another correct horse";

/** Lets a number of others go first that repeats itself with the seed. */
function jitter(seed: string): () => Promise<void> {
  const random = seededRandomBytes(seed);
  return async () => {
    for (let turns = (random(1)[0] ?? 0) % 8; turns > 0; turns -= 1) await Promise.resolve();
  };
}

it("50 times, refreshes of three sessions at once with a password change: only the kept one lives (R11)", async () => {
  for (let round = 0; round < 50; round += 1) {
    const test = createTestAuth({ seed: `R11 ${round}`, store: createMemoryStore({ pause: jitter(`R11 ${round}`) }) });
    const { auth } = test;
    const [kept, ...others] = [await registerAda(auth), await loginAda(auth), await loginAda(auth)];
    const seen: IssuedTokens[] = [...others];
    const refreshing = others.map(async ({ refreshToken }) => {
      let next = refreshToken;
      for (let turn = 0; turn < 3; turn += 1) {
        // Two at once, and neither goes on without the other: a token of two refreshes ago would be a stolen one.
        const both = [1, 2].map(() => auth.refresh({ refreshToken: next, delivery: "body" }).catch(() => undefined));
        const issued = (await Promise.all(both)).filter((answer) => answer !== undefined);
        seen.push(...issued);
        if (issued.length < 2) return;
        next = issued[0]?.refreshToken ?? next;
      }
    });
    const change = auth.changePassword({ principal: kept, currentPassword: ada.password, newPassword });
    await Promise.all([...refreshing, change]);
    for (const { accessToken, refreshToken } of seen) {
      expect(await reasonOf(auth.verify(accessToken))).toBe("session_revoked");
      expect(await reasonOf(auth.refresh({ refreshToken, delivery: "body" }))).toBe("session_revoked");
    }
    expect(await reasonOf(auth.refresh({ refreshToken: kept.refreshToken, delivery: "body" }))).toBe("ok");
  }
});

it("500 times, two tabs that refresh at once get one and the same successor (R01)", async () => {
  const { auth, store } = createTestAuth({ store: createMemoryStore({ pause: jitter("R01") }) });
  let { refreshToken, session } = await registerAda(auth);
  for (let round = 1; round <= 500; round += 1) {
    const both = await Promise.all([1, 2].map(() => auth.refresh({ refreshToken, delivery: "body" })));
    expect(both[0]?.refreshToken).toBe(both[1]?.refreshToken);
    ({ refreshToken = "", session = session } = both[0] ?? {});
    expect((await store.findStoredSession(session.id))?.session.generation).toBe(round);
  }
});

it("two users, 50 refreshes of each at once, some of which fail: nobody gets another's answer (R17)", async () => {
  const memory = createMemoryStore({ pause: jitter("R17") });
  let calls = 0;
  const store = {
    ...memory,
    findStoredSession: async (id: string) => {
      calls += 1;
      if (calls % 7 === 0) throw new AuthError("temporarily_unavailable");
      return memory.findStoredSession(id);
    },
  };
  const { auth } = createTestAuth({ store });
  const grace = { username: "grace", email: "grace@example.com", name: "Grace Hopper", password: newPassword };
  const people = [await registerAda(auth), await auth.register({ ...grace, ...fromTerminal })];
  const outputs = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const asked = people[index % 2];
      const output = await auth
        .refresh({ refreshToken: asked?.refreshToken ?? "", delivery: "body" })
        .catch((error) => {
          expect(error).toMatchObject({ reason: "temporarily_unavailable" });
          return undefined;
        });
      return { asked, output };
    }),
  );
  const answered = outputs.filter(({ output }) => output);
  expect(answered.length).toBeGreaterThan(50);
  expect(answered.length).toBeLessThan(100);
  for (const { asked, output } of answered) {
    expect([output?.user.id, output?.session.id]).toEqual([asked?.user.id, asked?.session.id]);
  }
  // A failure is remembered by nobody: the next to ask is answered.
  for (const { refreshToken } of people) {
    const again = async () => reasonOf(auth.refresh({ refreshToken, delivery: "body" }));
    expect([await again(), await again()]).toContain("ok");
  }
});
