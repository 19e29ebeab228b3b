import { describe, expect, it } from "vitest";
import { createFakeClock, testStart } from "../testing/fake-clock.ts";
import { createFakeWait } from "../testing/fake-wait.ts";
import { aNewUser, aSession } from "../testing/fixtures.ts";
import { createMemoryStore } from "../testing/memory-store.ts";
import { createTestSession, reasonOf, type TestAuthOptions } from "../testing/test-auth.ts";
import { type Choose, createTurns, everyOrder, takeTurns } from "../testing/turns.ts";
import { AuthError, type AuthErrorReason } from "./errors.ts";
import { createHousekeeping, type HousekeepingOptions } from "./housekeeping.ts";
import type { AuthStore, SessionRecord } from "./store.ts";

const second = 1_000;
const day = 86_400_000;
const refreshIdleSeconds = 3_600;
/** In the tests below everything is kept for a day, and a window is of ten rows. */
const settings = { refreshIdleSeconds, keepEndedSessionsSeconds: 86_400, keepTimelineSeconds: 86_400, window: 10 };

/** A store with so many sessions of one user, each as it is asked for, and the housekeeping on it. */
async function prepared(sessions: Partial<SessionRecord>[], options: Partial<HousekeepingOptions> = {}) {
  const clock = createFakeClock(testStart + 2 * day);
  const time = createFakeWait(clock);
  const store = createMemoryStore();
  const user = aNewUser();
  const live = { userId: user.id, rotatedAt: clock.now(), expiresAt: clock.now() + day };
  await store.createAccount({ user, session: aSession(live) });
  const all = sessions.map((session) => aSession({ ...live, ...session }));
  for (const session of all) await store.createSession(session);
  const removed: number[] = [];
  const faults: unknown[] = [];
  const housekeeping = createHousekeeping({
    ...settings,
    store,
    clock,
    wait: time.wait,
    onRemoved: (table, rows) => table === "sessions" && removed.push(rows),
    onFault: (error) => faults.push(error),
    ...options,
  });
  const end = new AbortController();
  const running = { begin: () => housekeeping(end.signal), end };
  const left = async () => (await Promise.all(all.map(({ id }) => store.findSession(id)))).map(Boolean);
  return { store, clock, time, removed, faults, left, user, ...running };
}

const ended = { revokedAt: testStart, revokedReason: "logout" } as const;

describe("createHousekeeping()", () => {
  it("removes what ended longer ago than it is kept, in small steps with a pause after each, and nothing else", async () => {
    const sessions = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? ended : {}));
    const { begin, time, removed, left, end } = await prepared(sessions);
    const done = begin();
    await time.pass(0);
    expect(removed).toHaveLength(1);
    await time.pass(100);
    expect(removed).toHaveLength(2);
    await time.pass(10 * second);
    expect(removed.reduce((sum, one) => sum + one)).toBe(20);
    expect(Math.max(...removed)).toBeLessThanOrEqual(settings.window);
    expect(await left()).toEqual(sessions.map((session) => session !== ended));
    end.abort();
    await done;
  });

  it("comes back in a minute when there was something, and in an hour when there was nothing", async () => {
    const rounds: number[] = [];
    const clockedChore = { chores: [async () => rounds.push(0)] };
    const { begin, time, end } = await prepared([ended], clockedChore);
    void begin();
    await time.pass(second);
    expect(rounds).toHaveLength(1);
    await time.pass(61 * second);
    expect(rounds).toHaveLength(2);
    await time.pass(59 * 60 * second);
    expect(rounds).toHaveLength(2);
    await time.pass(2 * 60 * second);
    expect(rounds).toHaveLength(3);
    end.abort();
  });

  it("removes old entries of the timeline, and keeps the others", async () => {
    const { begin, time, store, user, clock, end } = await prepared([]);
    const entry = { event: "authn_login_fail", outcome: "failure", userId: user.id, sessionId: null } as const;
    const rest = { actorId: null, detail: null, userAgent: null, ipAddress: null };
    for (let at = 0; at < 25; at += 1) await store.appendTimeline({ ...entry, ...rest, at: testStart + at });
    await store.appendTimeline({ ...entry, ...rest, at: clock.now() });
    void begin();
    await time.pass(10 * second);
    const kept = await store.listTimeline({ userId: user.id, limit: 99 });
    expect(kept.map(({ at }) => at)).toEqual([testStart + 2 * day]);
    end.abort();
  });

  it("does the same step again when the database is busy, and tells nobody", async () => {
    const whole = createMemoryStore();
    let busy = 3;
    const removeEndedSessions: AuthStore["removeEndedSessions"] = (step) => {
      busy -= 1;
      return busy >= 0 ? Promise.reject(new AuthError("temporarily_unavailable")) : whole.removeEndedSessions(step);
    };
    const user = aNewUser();
    await whole.createAccount({ user, session: aSession({ userId: user.id, expiresAt: testStart }) });
    const { begin, time, removed, faults, end } = await prepared([], { store: { ...whole, removeEndedSessions } });
    void begin();
    await time.pass(299);
    expect(removed).toEqual([]);
    await time.pass(1);
    expect([removed, faults]).toEqual([[1], []]);
    end.abort();
  });

  it("tells of a fault, does the rest of the round, and tries again in the next", async () => {
    const broken = new Error("broken");
    const done: string[] = [];
    const chores = [() => Promise.reject(broken), async () => done.push("chore")];
    const { begin, time, removed, faults, end } = await prepared([ended], { chores });
    void begin();
    await time.pass(second);
    expect([faults, done, removed]).toEqual([[broken], ["chore"], [1]]);
    await time.pass(61 * second);
    expect([faults, done]).toEqual([
      [broken, broken],
      ["chore", "chore"],
    ]);
    end.abort();
  });

  it("stops between two steps when it is told to, and resolves", async () => {
    const { begin, time, removed, end } = await prepared(Array.from({ length: 40 }, () => ended));
    const done = begin();
    await time.pass(0);
    end.abort();
    await done;
    await time.pass(day);
    expect(removed).toHaveLength(1);
  });

  it("harms nothing when several run at once", async () => {
    const sessions = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? ended : {}));
    const { begin, time, removed, left, end } = await prepared(sessions);
    for (let count = 0; count < 3; count += 1) void begin();
    await time.pass(10 * second);
    expect(removed.reduce((sum, one) => sum + one)).toBe(20);
    expect(await left()).toEqual(sessions.map((session) => session !== ended));
    end.abort();
  });
});

/** A refresh, a step of the housekeeping that keeps nothing beyond its end, and time that passes at any moment. */
async function racing(choose: Choose, options: TestAuthOptions, msToTheEnd: number) {
  const turns = createTurns();
  const store = createMemoryStore({ pause: turns.pause });
  const test = await createTestSession({ ...options, store });
  const { clock, first, auth } = test;
  clock.advance(msToTheEnd - 1);
  const sweep = () => {
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
  const [reason] = await takeTurns<[AuthErrorReason | "ok", unknown, unknown]>(turns, [refresh, sweep, pass], choose);
  const isThere = async () => (await store.findSession(first.session.id)) !== undefined;
  return { ...test, reason, next, sweep, isThere };
}

describe("a refresh and the housekeeping, while a session comes to its end, in every order of their steps,", () => {
  const patience = { timeout: 120_000 };
  const refused = new Set(["session_expired", "refresh_token_invalid"]);

  it("leave it refreshed and alive, or gone for good, when nobody had used it (D15)", patience, async () => {
    const outcomes = new Set<string>();
    const orders = await everyOrder(async (choose) => {
      const race = await racing(choose, { refreshIdleSeconds }, refreshIdleSeconds * second);
      outcomes.add(race.reason);
      await race.sweep();
      if (race.reason === "ok") {
        expect(await reasonOf(race.refresh(race.next ?? ""))).toBe("ok");
        expect((await race.row()).generation).toBe(2);
      } else {
        expect(refused).toContain(race.reason);
        expect(await race.isThere()).toBe(false);
        expect(await reasonOf(race.refresh(race.first.refreshToken))).toBe("refresh_token_invalid");
        expect(await race.isThere()).toBe(false);
      }
    });
    expect(orders).toBeGreaterThan(100);
    expect(outcomes).toEqual(new Set(["ok", ...refused]));
  });

  it("leave nothing of it after its last day, whatever the refresh brought (D15)", patience, async () => {
    const outcomes = new Set<string>();
    const life = { refreshTokenTtlSeconds: 3_600, accessTokenTtlSeconds: 60 };
    await everyOrder(async (choose) => {
      const race = await racing(choose, life, life.refreshTokenTtlSeconds * second);
      outcomes.add(race.reason);
      await race.sweep();
      expect(await race.isThere()).toBe(false);
      for (const token of [race.first.refreshToken, race.next ?? race.first.refreshToken]) {
        expect(await reasonOf(race.refresh(token))).toBe("refresh_token_invalid");
      }
      expect(await race.isThere()).toBe(false);
    });
    expect(outcomes).toEqual(new Set(["ok", ...refused]));
  });
});
