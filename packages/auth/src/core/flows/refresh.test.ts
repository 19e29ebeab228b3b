import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTestSession } from "../../../test/test-session.ts";
import { createMemoryStore } from "../../testing/memory-store/store.ts";
import { createTestAuth, loginAda, reasonOf } from "../../testing/test-auth.ts";
import { formatRefreshToken, parseRefreshToken, type RefreshToken } from "../tokens/refresh-token.ts";

const second = 1000;
const day = 86_400 * second;

function change(text: string, changes: Partial<RefreshToken>): string {
  const token = parseRefreshToken(text);
  if (!token) throw new Error("No refresh token");
  return formatRefreshToken({ ...token, ...changes });
}

/** Octets as numbers: two kinds of arrays may hold the same. */
function plain(session: object): object {
  const octetsAsNumbers = (value: unknown) => (value instanceof Uint8Array ? [...value] : value);
  return Object.fromEntries(Object.entries(session).map(([name, value]) => [name, octetsAsNumbers(value)]));
}

describe("refresh()", () => {
  it("gives a new pair, moves the generation by one, and the new pair works", async () => {
    const { auth, clock, first, refresh, row, events } = await createTestSession();
    clock.advance(900 * second);
    expect(await reasonOf(auth.verify(first.accessToken))).toBe("access_token_expired");
    const next = await refresh(first.refreshToken);
    expect(next.refreshToken).not.toBe(first.refreshToken);
    expect(next).toMatchObject({ expiresIn: 900, refreshExpiresIn: 1_209_600, session: { generation: 1 } });
    expect((await auth.verify(next.accessToken)).session.id).toBe(first.session.id);
    expect((await row()).generation).toBe(1);
    expect(events.at(-1)).toMatchObject({ type: "session_refreshed", how: "rotated" });
  });

  it("answers with the session as the store has it from then on, after a rotation and after a fresh successor", async () => {
    const { clock, first, refresh, row } = await createTestSession();
    clock.advance(900 * second);
    expect(plain((await refresh(first.refreshToken)).session)).toEqual(plain(await row()));
    clock.advance(900 * second);
    expect(plain((await refresh(first.refreshToken)).session)).toEqual(plain(await row()));
  });

  it("works for as long as the session lives, one generation at a time (S2)", async () => {
    const { clock, first, refresh, row } = await createTestSession();
    let { refreshToken } = first;
    for (let generation = 1; generation <= 200; generation += 1) {
      clock.advance(3600 * second);
      ({ refreshToken } = await refresh(refreshToken));
      expect(parseRefreshToken(refreshToken)?.generation).toBe(generation);
    }
    expect((await row()).generation).toBe(200);
  });

  it.each([2, 3, 8, 32, 64])(
    "gives %d parallel calls one and the same successor, and rotates once (R01, R02)",
    async (calls) => {
      const { first, refresh, row, events } = await createTestSession();
      const outputs = await Promise.all(Array.from({ length: calls }, () => refresh(first.refreshToken)));
      expect(new Set(outputs.map(({ refreshToken }) => refreshToken)).size).toBe(1);
      expect((await row()).generation).toBe(1);
      expect(events.filter((event) => event.type === "session_refreshed" && event.how === "rotated")).toHaveLength(1);
    },
  );

  it("does so for any number of calls, whenever they arrive (R02)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20), { minLength: 2, maxLength: 64 }), async (arrivals) => {
        const { first, refresh, row } = await createTestSession();
        const calls = arrivals.map(async (turns) => {
          for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
          return refresh(first.refreshToken);
        });
        const outputs = await Promise.all(calls);
        expect(new Set(outputs.map(({ refreshToken }) => refreshToken)).size).toBe(1);
        expect((await row()).generation).toBe(1);
      }),
      { numRuns: 100 },
    );
  });

  it("gives a call whose reply was lost the same successor again, any number of times within the window (R04)", async () => {
    const { clock, first, refresh, row } = await createTestSession();
    const lost = await refresh(first.refreshToken);
    for (let tries = 0; tries < 30; tries += 1) {
      clock.advance(second);
      expect((await refresh(first.refreshToken)).refreshToken).toBe(lost.refreshToken);
    }
    expect((await row()).generation).toBe(1);
    expect((await refresh(lost.refreshToken)).session.generation).toBe(2);
  });

  it.each([
    ["just after the window", 30 * second + 1],
    ["a minute", 60 * second],
    ["a day", day],
    ["13 days", 13 * day],
  ])("gives it a fresh successor %s later, and the unused one is dead (R04)", async (_, later) => {
    const { clock, first, refresh, row, events } = await createTestSession();
    const lost = await refresh(first.refreshToken);
    clock.advance(later);
    const fresh = await refresh(first.refreshToken);
    expect(fresh.refreshToken).not.toBe(lost.refreshToken);
    expect(events.at(-1)).toMatchObject({ how: "rearmed" });
    expect((await row()).generation).toBe(1);
    expect((await refresh(fresh.refreshToken)).session.generation).toBe(2);
    expect(await reasonOf(refresh(lost.refreshToken))).toBe("refresh_token_reused");
  });

  it("survives any number of lost replies, each of them after the window", async () => {
    const { clock, first, refresh } = await createTestSession();
    let output = first;
    for (let tries = 0; tries < 20; tries += 1) {
      clock.advance(3600 * second);
      output = await refresh(first.refreshToken);
    }
    expect((await refresh(output.refreshToken)).session.generation).toBe(2);
  });

  it("lets parallel retries after the window agree on one fresh successor", async () => {
    const { clock, first, refresh } = await createTestSession();
    const lost = await refresh(first.refreshToken);
    clock.advance(day);
    const outputs = await Promise.all(Array.from({ length: 16 }, () => refresh(first.refreshToken)));
    const successors = new Set(outputs.map(({ refreshToken }) => refreshToken));
    expect(successors.size).toBe(1);
    expect(successors).not.toContain(lost.refreshToken);
  });

  it("takes a token that a late reply put back over its successor (R07, R08)", async () => {
    const { clock, first, refresh } = await createTestSession();
    const second_ = await refresh(first.refreshToken);
    clock.advance(900 * second);
    await refresh(second_.refreshToken);
    // The reply to that one was overtaken: the jar holds the second token again, whose successor nobody has used.
    clock.advance(900 * second);
    const healed = await refresh(second_.refreshToken);
    expect((await refresh(healed.refreshToken)).session.generation).toBe(3);
  });

  it("gives a request that a proxy sent twice the same successor (R09)", async () => {
    const { first, refresh } = await createTestSession();
    const [one, twice] = [await refresh(first.refreshToken), await refresh(first.refreshToken)];
    expect(twice.refreshToken).toBe(one.refreshToken);
    expect(twice.accessToken).not.toBe(one.accessToken);
  });

  it("keeps two sessions of one user apart (R16)", async () => {
    const { auth, first, refresh } = await createTestSession();
    const other = await loginAda(auth);
    const [a, b] = await Promise.all([refresh(first.refreshToken), refresh(other.refreshToken)]);
    expect([a.session.id, b.session.id]).toEqual([first.session.id, other.session.id]);
    await reasonOf(refresh(change(first.refreshToken, { secret: new Uint8Array(32) })));
    expect(await reasonOf(refresh(a.refreshToken))).toBe("refresh_token_reused");
    expect(await reasonOf(refresh(b.refreshToken))).toBe("ok");
  });
});

describe("refresh() while the clock jumps", () => {
  it("backwards: the repeat window counts as open, and nobody is logged out (T02)", async () => {
    const { clock, first, refresh } = await createTestSession();
    clock.advance(day);
    const next = await refresh(first.refreshToken);
    clock.advance(-3600 * second);
    expect((await refresh(first.refreshToken)).refreshToken).toBe(next.refreshToken);
    expect((await refresh(next.refreshToken)).session.generation).toBe(2);
  });

  it("forwards by an hour: access tokens run out early, and a refresh puts it right (T01)", async () => {
    const { auth, clock, first, refresh } = await createTestSession();
    clock.advance(3600 * second);
    expect(await reasonOf(auth.verify(first.accessToken))).toBe("access_token_expired");
    expect(await reasonOf(refresh(first.refreshToken))).toBe("ok");
  });

  it.each([-60, 60])("two servers whose clocks are %d s apart: both outcomes are safe (T03)", async (skew) => {
    const { clock, store, first, refresh } = await createTestSession();
    const other = createTestAuth({ store, seed: "other" });
    other.clock.set(clock.now() + skew * second);
    const next = await refresh(first.refreshToken);
    const again = await other.auth.refresh({ refreshToken: first.refreshToken, delivery: "body" });
    expect(again.refreshToken === next.refreshToken).toBe(skew < 0);
    expect(await reasonOf(other.auth.verify(next.accessToken))).toBe("ok");
    expect(await reasonOf(refresh(again.refreshToken))).toBe("ok");
  });
});

describe("refresh() under contention and faults", () => {
  it("ends within four reads, then asks to come back, having changed nothing (L2)", async () => {
    const { store, first, auth, row } = await createTestSession();
    let reads = 0;
    const neverFirst = createTestAuth({
      store: {
        ...store,
        findStoredSession: (id) => {
          reads += 1;
          return store.findStoredSession(id);
        },
        rotateSession: async () => false,
      },
    });
    const call = neverFirst.auth.refresh({ refreshToken: first.refreshToken, delivery: "body" });
    await expect(call).rejects.toMatchObject({ reason: "temporarily_unavailable", retryAfterSeconds: 1, status: 503 });
    expect(reads).toBe(4);
    expect((await row()).generation).toBe(0);
    expect(await reasonOf(auth.refresh({ refreshToken: first.refreshToken, delivery: "body" }))).toBe("ok");
  });

  it.each([1, 2, 3])("wins after it lost the race %d times", async (losses) => {
    const { store, first } = await createTestSession();
    let lost = 0;
    const { auth } = createTestAuth({
      store: {
        ...store,
        rotateSession: async (given) => {
          lost += 1;
          return lost > losses && (await store.rotateSession(given));
        },
      },
    });
    expect(await reasonOf(auth.refresh({ refreshToken: first.refreshToken, delivery: "body" }))).toBe("ok");
  });

  it("is safe to repeat after a crash before or after the write (R05, R06)", async () => {
    for (const moment of ["before", "after"] as const) {
      let crash = true;
      const store = createMemoryStore({
        pause: async (method, at) => {
          if (!crash || method !== "rotateSession" || at !== moment) return;
          crash = false;
          throw new Error("SIGKILL");
        },
      });
      const { first, refresh, row } = await createTestSession({ store });
      await expect(refresh(first.refreshToken)).rejects.toThrow("SIGKILL");
      expect((await row()).generation).toBe(moment === "before" ? 0 : 1);
      const next = await refresh(first.refreshToken);
      expect((await refresh(next.refreshToken)).session.generation).toBe(2);
    }
  });

  it("hands out no token that cannot work when somebody edited the row by hand", async () => {
    const { store, first, refresh } = await createTestSession();
    await refresh(first.refreshToken);
    const { auth } = createTestAuth({
      store: {
        ...store,
        findStoredSession: async (id) => {
          const found = await store.findStoredSession(id);
          return found && { ...found, session: { ...found.session, salt: new Uint8Array(16) } };
        },
      },
    });
    expect(await reasonOf(auth.refresh({ refreshToken: first.refreshToken, delivery: "body" }))).toBe(
      "temporarily_unavailable",
    );
  });
});

describe("refresh() in strict mode", () => {
  it("is single use, as RFC 9700 has it", async () => {
    const { clock, first, refresh } = await createTestSession({ retryWindowSeconds: 0, reissueWindowSeconds: 0 });
    const next = await refresh(first.refreshToken);
    clock.advance(1);
    expect(await reasonOf(refresh(first.refreshToken))).toBe("refresh_token_reused");
    expect(await reasonOf(refresh(next.refreshToken))).toBe("refresh_token_reused");
  });
});

it("refresh() replaces an unused successor up to the horizon that is set, and no longer", async () => {
  const settings = { retryWindowSeconds: 10, reissueWindowSeconds: 100 };
  const early = await createTestSession(settings);
  await early.refresh(early.first.refreshToken);
  early.clock.advance(100 * second);
  expect(await reasonOf(early.refresh(early.first.refreshToken))).toBe("ok");
  const late = await createTestSession(settings);
  await late.refresh(late.first.refreshToken);
  late.clock.advance(100 * second + 1);
  expect(await reasonOf(late.refresh(late.first.refreshToken))).toBe("refresh_token_reused");
});
