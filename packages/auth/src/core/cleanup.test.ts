import { describe, expect, it } from "vitest";
import { createFakeClock, testStart } from "../testing/fake-clock.ts";
import { createFakeDelay } from "../testing/fake-delay.ts";
import { aNewUser, aSession } from "../testing/fixtures.ts";
import { createMemoryStore } from "../testing/memory-store/store.ts";
import { type CleanupOptions, createCleanup } from "./cleanup.ts";
import { AuthError } from "./domain/errors.ts";
import type { StoredSession } from "./domain/model.ts";
import type { AuthStore } from "./ports/store.ts";

const second = 1_000;
const day = 86_400_000;
const refreshIdleSeconds = 3_600;
/** In the tests below everything is kept for a day, and a window is of ten rows. */
const settings = { refreshIdleSeconds, keepEndedSessionsSeconds: 86_400, keepTimelineSeconds: 86_400, window: 10 };

/** A store with so many sessions of one user, each as it is asked for, and the housekeeping on it. */
async function prepared(sessions: Partial<StoredSession>[], options: Partial<CleanupOptions> = {}) {
  const clock = createFakeClock(testStart + 2 * day);
  const time = createFakeDelay(clock);
  const store = createMemoryStore();
  const user = aNewUser();
  const live = { userId: user.id, rotatedAt: clock.now(), expiresAt: clock.now() + day };
  await store.createAccount({ user, session: aSession(live) });
  const all = sessions.map((session) => aSession({ ...live, ...session }));
  for (const session of all) await store.createSession(session);
  const removed: number[] = [];
  const errors: unknown[] = [];
  const cleanup = createCleanup({
    ...settings,
    store,
    clock,
    delay: time.delay,
    onRemoved: (table, rows) => table === "sessions" && removed.push(rows),
    onError: (error) => errors.push(error),
    ...options,
  });
  const end = new AbortController();
  const running = { begin: () => cleanup(end.signal), end };
  const left = async () => (await Promise.all(all.map(({ id }) => store.findStoredSession(id)))).map(Boolean);
  return { store, clock, time, removed, errors, left, user, ...running };
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
    const countedTask = { tasks: [async () => rounds.push(0)] };
    const { begin, time, end } = await prepared([ended], countedTask);
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

  it("removes old entries of the audit log, and keeps the others", async () => {
    const { begin, time, store, user, clock, end } = await prepared([]);
    const entry = { event: "authn_login_fail", outcome: "failure", userId: user.id, sessionId: null } as const;
    const rest = { actorId: null, detail: null, userAgent: null, ipAddress: null };
    for (let at = 0; at < 25; at += 1) await store.appendAuditEntry({ ...entry, ...rest, at: testStart + at });
    await store.appendAuditEntry({ ...entry, ...rest, at: clock.now() });
    void begin();
    await time.pass(10 * second);
    const kept = await store.listAuditEntries({ userId: user.id, limit: 99 });
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
    const { begin, time, removed, errors, end } = await prepared([], { store: { ...whole, removeEndedSessions } });
    void begin();
    await time.pass(299);
    expect(removed).toEqual([]);
    await time.pass(1);
    expect([removed, errors]).toEqual([[1], []]);
    end.abort();
  });

  it("tells of a fault, does the rest of the round, and tries again in the next", async () => {
    const broken = new Error("broken");
    const done: string[] = [];
    const tasks = [() => Promise.reject(broken), async () => done.push("chore")];
    const { begin, time, removed, errors, end } = await prepared([ended], { tasks });
    void begin();
    await time.pass(second);
    expect([errors, done, removed]).toEqual([[broken], ["chore"], [1]]);
    await time.pass(61 * second);
    expect([errors, done]).toEqual([
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
