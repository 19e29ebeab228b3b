import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { aNewUser, aSession, seededRandomBytes } from "@watchword/auth/testing";
import { describe, expect, it } from "vitest";
import { startChild } from "../../../test/child.ts";
import { RecordedDisk } from "../../../test/power-loss/disk.ts";
import { buildRecorder, canRecord, readTrace, type Step } from "../../../test/power-loss/trace.ts";
import { useTestFolder } from "../../../test/test-database.ts";
import { openSqlite } from "../connection/connection.ts";
import { createSqliteAuthStore } from "./auth-store.ts";
import type { Acknowledgement, Question } from "./power-loss.child.ts";

const folder = useTestFolder();
const [clients, sessionsOfEach] = [12, 60];
/** So many moments at which the power is cut. */
const cuts = 60;

/** A server process that is recorded from its first write to its last: the steps, and the database before them. */
async function recorded(synchronous: "FULL" | "NORMAL"): Promise<{ before: Buffer; steps: Step[] }> {
  const connection = folder.open();
  const user = aNewUser();
  const session = aSession({ userId: user.id });
  await createSqliteAuthStore(connection).createAccount({ user, session });
  connection.close();
  const [file, trace, recorder] = [folder.path(), folder.path("trace"), folder.path("recorder.so")];
  const before = readFileSync(file);
  buildRecorder(recorder);
  const env = { ...process.env, LD_PRELOAD: recorder, RECORDED_DATABASE: file, RECORDED_TRACE: trace };
  const script = new URL("power-loss.child.ts", import.meta.url);
  const child = await startChild<Question, string>(script, [file, synchronous], env);
  const ids = Array.from({ length: clients * sessionsOfEach }, () => aSession({ userId: user.id }).id);
  expect(await child.ask({ session, clients, sessionsOfEach, ids })).toBe("done");
  child.kill();
  await child.gone;
  return { before, steps: readTrace(trace) };
}

/** The newest that was acknowledged of each session. */
class Acknowledged {
  readonly #newest = new Map<string, Acknowledgement>();

  apply(step: Step): boolean {
    if (step.file !== "acks" || step.kind !== "write") return false;
    for (const line of step.data.toString().trim().split("\n")) {
      const said: Acknowledgement = JSON.parse(line);
      const { generation = 0, isRevoked = false } = this.#newest.get(said.sessionId) ?? {};
      this.#newest.set(said.sessionId, {
        sessionId: said.sessionId,
        generation: Math.max(generation, said.generation),
        isRevoked: isRevoked || said.isRevoked,
      });
    }
    return true;
  }

  /** What of it the store at that path does not know. */
  async lostIn(file: string): Promise<Acknowledgement[]> {
    const connection = openSqlite({ file });
    try {
      expect(connection.client.pragma("integrity_check", { simple: true })).toBe("ok");
      const store = createSqliteAuthStore(connection);
      const lost: Acknowledgement[] = [];
      for (const said of this.#newest.values()) {
        const session = (await store.findStoredSession(said.sessionId))?.session;
        const isKept =
          session && session.generation >= said.generation && (session.revokedAt !== null || !said.isRevoked);
        if (!isKept) lost.push(said);
      }
      return lost;
    } finally {
      connection.close();
    }
  }
}

/** Cuts the power at moments among the steps, half of them just behind an acknowledgement; what each cut has lost. */
async function cutThePower({ before, steps }: { before: Buffer; steps: Step[] }, seed: string): Promise<number[]> {
  const random = seededRandomBytes(seed);
  const below = (limit: number) => Buffer.from(random(4)).readUInt32BE() % limit;
  const answers = steps.flatMap(({ file }, at) => (file === "acks" ? [at] : []));
  const moments = new Set<number>();
  while (moments.size < cuts) {
    moments.add(moments.size % 2 === 0 ? (answers[below(answers.length)] ?? 0) : below(steps.length));
  }
  const [disk, acknowledged] = [new RecordedDisk(before), new Acknowledged()];
  const lost: number[] = [];
  for (const [at, step] of steps.entries()) {
    if (!acknowledged.apply(step)) disk.apply(step);
    if (!moments.has(at)) continue;
    // Nothing of what was not flushed, all of it, or some of its sectors.
    const percent = [0, 100, 20, 50, 80][below(5)] ?? 0;
    const left = disk.afterPowerCut(() => below(100) < percent);
    const file = folder.path("after.db");
    writeFileSync(file, left.database);
    writeFileSync(`${file}-wal`, left.log);
    lost.push((await acknowledged.lostIn(file)).length);
    for (const part of ["", "-wal", "-shm"]) rmSync(file + part, { force: true });
  }
  return lost;
}

describe.runIf(canRecord)("a power cut at any moment, on Linux with a C compiler", () => {
  it("loses nothing that was acknowledged, and nothing that an answer rests on (D12)", {
    timeout: 60_000,
  }, async () => {
    const trace = await recorded("FULL");
    const flushes = trace.steps.filter(({ kind }) => kind === "flush ended");
    const answers = trace.steps.filter(({ file }) => file === "acks");
    // Groups share a flush, and the log was copied into the database meanwhile.
    expect(flushes.length).toBeGreaterThan(100);
    expect(answers.length).toBeGreaterThan(5 * flushes.length);
    expect(flushes.some(({ file }) => file === "database")).toBe(true);
    const lost = await cutThePower(trace, "power, FULL");
    expect(lost).toEqual(Array(cuts).fill(0));
  });

  it("would be seen to lose them without a flush at each commit", { timeout: 60_000 }, async () => {
    const lost = await cutThePower(await recorded("NORMAL"), "power, NORMAL");
    expect(lost.filter((count) => count > 0).length).toBeGreaterThan(cuts / 4);
  });
});
