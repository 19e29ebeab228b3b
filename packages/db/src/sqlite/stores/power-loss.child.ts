import { randomBytes } from "node:crypto";
import { openSync, writeSync } from "node:fs";
import type { StoredSession } from "@watchword/auth/core";
import { openSqlite } from "../connection/connection.ts";
import { createSqliteAuthStore } from "./auth-store.ts";
import { createSqliteRateLimitCounter } from "./rate-limit-counter.ts";

/** What this process has told a client of a session: it must hold whatever happens to the disk's power. */
export interface Acknowledgement {
  sessionId: string;
  generation: number;
  isRevoked: boolean;
}

/** What the test asks for: logins, refreshes and logouts of so many clients at once, each so many times. */
export interface Question {
  /** Whose id and secrets are replaced in each session. */
  session: Omit<StoredSession, "familyHash" | "nextHash" | "lastUsedHash" | "salt" | "stepUpHash">;
  clients: number;
  sessionsOfEach: number;
  ids: readonly string[];
}

const rotationsOfEach = 3;
const [file = "", synchronous = "FULL"] = process.argv.slice(2);
const connection = openSqlite({ file });
connection.client.pragma(`synchronous = ${synchronous}`);
const store = createSqliteAuthStore(connection);
// Its commits wait for no disk, and stand in the same log.
const counter = createSqliteRateLimitCounter(connection);
const acks = openSync(`${file}-acks`, "w", 0o600);

process.on("message", (question: Question) => {
  void Promise.all(Array.from({ length: question.clients }, (_, at) => beClient(question, at))).then(
    () => process.send?.("done"),
    (error: unknown) => process.send?.(String(error)),
  );
});
process.once("disconnect", () => process.exit());
process.send?.("ready");

async function beClient({ session, sessionsOfEach, ids }: Question, client: number): Promise<void> {
  for (let count = 0; count < sessionsOfEach; count += 1) {
    const id = ids[client * sessionsOfEach + count] ?? "";
    const secrets = {
      familyHash: randomBytes(32),
      nextHash: randomBytes(32),
      lastUsedHash: null,
      salt: randomBytes(16),
    };
    await counter.count({ scope: "pair", id: `${client}`, window: { tries: 1_000, perSeconds: 60 } });
    await store.createSession({ ...session, ...secrets, stepUpHash: null, id });
    acknowledge({ sessionId: id, generation: 0, isRevoked: false });
    await live(id, secrets.nextHash, session.rotatedAt);
  }
}

/** Rotates, and ends every other session; beside each write another request reads, or tries the same and writes nothing. */
async function live(sessionId: string, firstHash: Uint8Array, now: number): Promise<void> {
  let expectedNextHash = firstHash;
  for (let generation = 0; generation < rotationsOfEach; generation += 1) {
    const change = { sessionId, expectedNextHash, expectedGeneration: generation, idleSince: 0, now };
    const nextHash = randomBytes(32);
    const rotated = store.rotateSession({ ...change, nextHash, salt: randomBytes(16) });
    await Promise.all([
      rotated.then(() => acknowledge({ sessionId, generation: generation + 1, isRevoked: false })),
      see(sessionId),
    ]);
    expectedNextHash = nextHash;
  }
  if (sessionId.charCodeAt(sessionId.length - 1) % 2 === 0) return;
  const end = { sessionId, reason: "logout", now } as const;
  const isRevoked = () => acknowledge({ sessionId, generation: rotationsOfEach, isRevoked: true });
  await Promise.all([
    store.revokeSession(end).then(isRevoked),
    store.revokeSession(end).then(isRevoked),
    see(sessionId),
  ]);
}

/** What a read finds, an answer rests on. */
async function see(sessionId: string): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    const found = await store.findStoredSession(sessionId);
    if (!found) throw new Error("A session that was begun is not there");
    const { generation, revokedAt } = found.session;
    acknowledge({ sessionId, generation, isRevoked: revokedAt !== null });
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function acknowledge(acknowledgement: Acknowledgement): void {
  writeSync(acks, `${JSON.stringify(acknowledgement)}\n`);
}
