import { describe, expect, it } from "vitest";
import { createTestSession } from "../../test/test-session.ts";
import { createMemoryStore } from "../testing/memory-store/store.ts";
import { reasonOf, type TestAuthOptions } from "../testing/test-auth.ts";
import { type Choose, createTurns, everyOrder, takeTurns } from "../testing/turns.ts";
import type { AuthErrorReason } from "./domain/errors.ts";

const second = 1_000;
const refreshIdleSeconds = 3_600;

/** A refresh, a step of the housekeeping that keeps nothing beyond its end, and time that passes at any moment. */
async function racing(choose: Choose, options: TestAuthOptions, msToTheEnd: number) {
  const turns = createTurns();
  const store = createMemoryStore({ pause: turns.pause });
  const test = await createTestSession({ ...options, store });
  const { clock, first, auth } = test;
  clock.advance(msToTheEnd - 1);
  const step = () => {
    const now = clock.now();
    const idleSince = now - auth.settings.refreshIdleSeconds * 1000;
    return store.removeEndedSessions({ after: null, window: 9, endedBefore: now, idleSince });
  };
  const pass = async () => {
    await turns.pause("the last moment");
    clock.advance(1);
  };
  let next: string | undefined;
  const refresh = async () => {
    const call = test.refresh(first.refreshToken).then((issued) => {
      next = issued.refreshToken;
    });
    return await reasonOf(call);
  };
  const [reason] = await takeTurns<[AuthErrorReason | "ok", unknown, unknown]>(turns, [refresh, step, pass], choose);
  const isThere = async () => (await store.findStoredSession(first.session.id)) !== undefined;
  return { ...test, reason, next, step, isThere };
}

describe("a refresh and the cleanup, while a session comes to its end, in every order of their steps,", () => {
  const patience = { timeout: 120_000 };
  const rejected = new Set(["session_expired", "refresh_token_invalid"]);

  it("leave it refreshed and alive, or gone for good, when nobody had used it (D15)", patience, async () => {
    const outcomes = new Set<string>();
    const orders = await everyOrder(async (choose) => {
      const race = await racing(choose, { refreshIdleSeconds }, refreshIdleSeconds * second);
      outcomes.add(race.reason);
      await race.step();
      if (race.reason === "ok") {
        expect(await reasonOf(race.refresh(race.next ?? ""))).toBe("ok");
        expect((await race.row()).generation).toBe(2);
      } else {
        expect(rejected).toContain(race.reason);
        expect(await race.isThere()).toBe(false);
        expect(await reasonOf(race.refresh(race.first.refreshToken))).toBe("refresh_token_invalid");
        expect(await race.isThere()).toBe(false);
      }
    });
    expect(orders).toBeGreaterThan(100);
    expect(outcomes).toEqual(new Set(["ok", ...rejected]));
  });

  it("leave nothing of it after its last day, whatever the refresh brought (D15)", patience, async () => {
    const outcomes = new Set<string>();
    const life = { refreshTokenTtlSeconds: 3_600, accessTokenTtlSeconds: 60 };
    await everyOrder(async (choose) => {
      const race = await racing(choose, life, life.refreshTokenTtlSeconds * second);
      outcomes.add(race.reason);
      await race.step();
      expect(await race.isThere()).toBe(false);
      for (const token of [race.first.refreshToken, race.next ?? race.first.refreshToken]) {
        expect(await reasonOf(race.refresh(token))).toBe("refresh_token_invalid");
      }
      expect(await race.isThere()).toBe(false);
    });
    expect(outcomes).toEqual(new Set(["ok", ...rejected]));
  });
});
