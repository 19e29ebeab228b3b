import { expect, it } from "vitest";
import { createFakeClock } from "../testing/fake-clock.ts";
import { createMemoryStore } from "../testing/memory-store/store.ts";
import { type CleanupOptions, createCleanup } from "./cleanup.ts";
import { AuthError } from "./domain/errors.ts";
import type { AuditCleanupStep, SessionCleanupStep } from "./ports/cleanup-store.ts";

const day = 86_400_000;

/** One round over tables whose steps answer as they are told to; what was asked of each, and each pause. */
async function oneRound(
  { sessions, auditLog }: { sessions: number[]; auditLog: number[] },
  options: Partial<CleanupOptions> = {},
) {
  const clock = createFakeClock();
  const asked = { sessions: [] as SessionCleanupStep[], auditLog: [] as AuditCleanupStep[] };
  const pauses: number[] = [];
  const end = new AbortController();
  const store = {
    ...createMemoryStore(),
    async removeEndedSessions(step: SessionCleanupStep) {
      const removed = sessions[asked.sessions.push(step) - 1] ?? 0;
      return { removed, next: asked.sessions.length < sessions.length ? `after-${asked.sessions.length}` : null };
    },
    async removeOldAuditEntries(step: AuditCleanupStep) {
      const removed = auditLog[asked.auditLog.push(step) - 1] ?? 0;
      return { removed, next: asked.auditLog.length < auditLog.length ? asked.auditLog.length : null };
    },
  };
  const delay = async (ms: number) => {
    pauses.push(ms);
    if (ms > 100) end.abort(); // the round is over
  };
  await createCleanup({ store, clock, delay, refreshIdleSeconds: 3_600, ...options })(end.signal);
  return { asked, pauses, now: clock.now() };
}

it("looks at 500 rows in a step, for sessions that ended a week ago and entries of half a year ago", async () => {
  const unset = { onRemoved: undefined, window: undefined } as object; // as settings do that nobody gave
  const { asked, now } = await oneRound({ sessions: [0], auditLog: [0] }, unset);
  const endedBefore = now - 7 * day;
  const idleSince = endedBefore - 3_600_000;
  expect(asked.sessions).toEqual([{ after: null, window: 500, endedBefore, idleSince }]);
  expect(asked.auditLog).toEqual([{ after: null, window: 500, before: now - 180 * day }]);
});

it("goes through all sessions, and through the audit log until a step finds nothing old", async () => {
  const { asked, pauses } = await oneRound({ sessions: [0, 2, 0], auditLog: [3, 1, 0, 5] });
  expect(asked.sessions.map(({ after }) => after)).toEqual([null, "after-1", "after-2"]);
  expect(asked.auditLog.map(({ after }) => after)).toEqual([null, 1, 2]);
  expect(pauses).toEqual([100, 100, 100, 100, 100, 100, 60_000]);
});

it("says of each step that removed something how much, and of which table; then it comes back in a minute", async () => {
  const removed: Array<[string, number]> = [];
  const onRemoved = (table: string, rows: number) => removed.push([table, rows]);
  const { pauses } = await oneRound({ sessions: [2, 0, 1], auditLog: [4, 0] }, { onRemoved });
  expect(removed).toEqual([
    ["sessions", 2],
    ["sessions", 1],
    ["timeline", 4],
  ]);
  expect(pauses.at(-1)).toBe(60_000);
});

it("comes back in an hour when nothing was removed, and needs nobody who listens to a fault", async () => {
  const { pauses, asked } = await oneRound(
    { sessions: [0], auditLog: [0] },
    { tasks: [() => Promise.reject(new Error("broken"))] },
  );
  expect(pauses.at(-1)).toBe(3_600_000);
  expect(asked.sessions).toHaveLength(1);
});

it("counts a step that failed for nothing removed, and leaves that table for the next round", async () => {
  const broken = new Error("no such table");
  const errors: unknown[] = [];
  const store = { ...createMemoryStore(), removeEndedSessions: () => Promise.reject(broken) };
  const { pauses } = await oneRound({ sessions: [], auditLog: [] }, { store, onError: (error) => errors.push(error) });
  expect(errors).toEqual([broken]);
  expect(pauses).toEqual([100, 100, 3_600_000]);
});

it("asks no further than the last step, though that one removed something too", async () => {
  const { asked } = await oneRound({ sessions: [3], auditLog: [3] });
  expect([asked.sessions.length, asked.auditLog.length]).toEqual([1, 1]);
});

it("tells of every rejection but that the database is busy", async () => {
  const errors: unknown[] = [];
  const rejection = new AuthError("internal_error");
  const tasks = [() => Promise.reject(rejection), () => Promise.reject(new AuthError("temporarily_unavailable"))];
  await oneRound({ sessions: [], auditLog: [] }, { tasks, onError: (error) => errors.push(error) });
  expect(errors).toEqual([rejection]);
});
