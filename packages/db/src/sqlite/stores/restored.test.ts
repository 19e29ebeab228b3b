import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { AuthError, type StoredSession } from "@watchword/auth/core";
import { completed, seededRandomBytes } from "@watchword/auth/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { login, openRefreshing, type Refreshing, register } from "../../../test/refreshing.ts";
import { useTestFolder } from "../../../test/test-database.ts";
import { countCommits } from "../../../test/wal-commits.ts";

const folder = useTestFolder();
const minute = 60_000;
/** A hundred databases are opened, each with a commit that waits for the disk. */
const patience = { timeout: 120_000 };

/** A database with one session, all of it in the file itself, and the rules on it. */
async function prepared() {
  folder.open().close();
  const before = openRefreshing(folder.path());
  const first = await register(before, "ada");
  before.connection.close();
  return { server: open(folder.path()), first };
}

function open(file: string): Refreshing {
  const server = openRefreshing(file);
  onTestFinished(() => server.connection.close());
  return server;
}

/** The database as it lies on the disk at this moment, under another name. */
function copyOf(name: string): string {
  for (const part of ["", "-wal"]) copyFileSync(folder.path() + part, folder.path(name) + part);
  return folder.path(name);
}

/** Refreshes so many times, a quarter of an hour apart; every token, the first one among them. */
async function refreshTimes({ auth, clock }: Refreshing, first: string, times: number): Promise<string[]> {
  const tokens = [first];
  for (let time = 1; time <= times; time += 1) {
    clock.set(clock.now() + 15 * minute);
    tokens.push((await auth.refresh({ refreshToken: tokens.at(-1) ?? "", delivery: "body" })).refreshToken);
  }
  return tokens;
}

function rowOf({ connection }: Refreshing): Pick<StoredSession, "generation" | "revokedAt"> | undefined {
  return connection.client
    .prepare<[], { generation: number; revokedAt: number | null }>(
      "SELECT generation, revoked_at AS revokedAt FROM sessions",
    )
    .get();
}

async function reasonOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "ok",
    (error: unknown) => (error instanceof AuthError ? error.reason : String(error)),
  );
}

it("a token that is ahead of a database whose last commits are gone is refused, and nobody is punished (D12)", async () => {
  const { server, first } = await prepared();
  const kept = await refreshTimes(server, first, 3);
  const snapshot = copyOf("before-the-power-cut.db");
  const lost = await refreshTimes(server, kept.at(-1) ?? "", 2);

  const restored = open(snapshot);
  restored.clock.set(server.clock.now());
  for (const refreshToken of lost.slice(1)) {
    expect(await reasonOf(restored.auth.refresh({ refreshToken, delivery: "body" }))).toBe("refresh_token_invalid");
    expect(rowOf(restored)).toEqual({ generation: 3, revokedAt: null });
  }
  const refreshToken = kept.at(-1) ?? "";
  expect(await reasonOf(restored.auth.refresh({ refreshToken, delivery: "body" }))).toBe("ok");
});

it("a write-ahead log that was cut anywhere opens to its last whole commit, 100 times (D10)", patience, async () => {
  const { server, first } = await prepared();
  const tokens = await refreshTimes(server, first, 30);
  const [size, random] = [statSync(`${folder.path()}-wal`).size, seededRandomBytes("D10")];
  const generations = new Set<number>();
  for (let round = 0; round < 100; round += 1) {
    const file = copyOf(`cut-${round}.db`);
    truncateSync(`${file}-wal`, Buffer.from(random(4)).readUInt32BE() % size);
    const whole = countCommits(file);
    const row = await usable(file, server.clock.now(), tokens);
    expect(row.generation).toBe(whole);
    generations.add(row.generation);
  }
  expect(generations.size).toBeGreaterThan(15);
});

it(
  "a write-ahead log that was damaged anywhere opens to a commit before the damage, 100 times (D10)",
  patience,
  async () => {
    const { server, first } = await prepared();
    const tokens = await refreshTimes(server, first, 30);
    const random = seededRandomBytes("D10, damaged");
    for (let round = 0; round < 100; round += 1) {
      const file = copyOf(`damaged-${round}.db`);
      const log = readFileSync(`${file}-wal`);
      const at = Buffer.from(random(4)).readUInt32BE() % log.length;
      log[at] = (log[at] ?? 0) ^ 0xff;
      writeFileSync(`${file}-wal`, log);
      const row = await usable(file, server.clock.now(), tokens);
      expect(row.revokedAt).toBeNull();
    }
  },
);

/** The session is there, at some generation, and the token of that generation gets it on. */
async function usable(file: string, now: number, tokens: readonly string[]) {
  const server = openRefreshing(file);
  server.clock.set(now);
  expect(server.connection.client.pragma("integrity_check", { simple: true })).toBe("ok");
  const row = rowOf(server);
  if (!row) throw new Error("The database opened as an empty one");
  const refreshToken = tokens[row.generation] ?? "";
  expect(await reasonOf(server.auth.refresh({ refreshToken, delivery: "body" }))).toBe("ok");
  server.connection.close();
  return row;
}

describe("a database that was restored from a backup", () => {
  async function restored() {
    const { server, first } = await prepared();
    const doomed = await completed(server.auth.login({ identifier: "ada", ...login }));
    server.connection.client.pragma("wal_checkpoint(TRUNCATE)");
    const backup = copyOf("backup.db");
    server.clock.set(server.clock.now() + 15 * minute);
    const { refreshToken } = await server.auth.refresh({ refreshToken: first, delivery: "body" });
    await server.auth.logout({ refreshToken: doomed.refreshToken, accessToken: undefined });
    return { backup, now: server.clock.now() + 1, ahead: refreshToken, doomed, first };
  }

  it("refuses a token that is ahead of it, and ends nothing for that (D07)", async () => {
    const { backup, now, ahead } = await restored();
    const after = open(backup);
    after.clock.set(now);
    expect(await reasonOf(after.auth.refresh({ refreshToken: ahead, delivery: "body" }))).toBe("refresh_token_invalid");
    expect(rowOf(after)?.revokedAt).toBeNull();
  });

  it("with the instant of the restore set, brings back no session that was ended since: every older one is refused (D07)", async () => {
    const { backup, now, doomed, first } = await restored();
    const careless = open(backup);
    expect(await reasonOf(careless.auth.refresh({ refreshToken: doomed.refreshToken, delivery: "body" }))).toBe("ok");
    const careful = openRefreshing(backup, undefined, { sessionsNotBefore: now });
    onTestFinished(() => careful.connection.close());
    careful.clock.set(now);
    for (const refreshToken of [doomed.refreshToken, first]) {
      expect(await reasonOf(careful.auth.refresh({ refreshToken, delivery: "body" }))).toBe("session_revoked");
    }
    const again = await completed(careful.auth.login({ identifier: "ada", ...login }));
    expect(await reasonOf(careful.auth.verify(again.accessToken))).toBe("ok");
  });
});

it("times after 2038 and 2106 are kept as they are (T05)", async () => {
  folder.open().close();
  const server = open(folder.path());
  for (const [username, moment] of [
    ["ada", Date.UTC(2038, 0, 19, 3, 14, 8)],
    ["bob", Date.UTC(2106, 1, 7, 6, 28, 16)],
  ] as const) {
    server.clock.set(moment - minute);
    const refreshToken = await register(server, username);
    server.clock.set(moment);
    const { session } = await server.auth.refresh({ refreshToken, delivery: "body" });
    const stored = server.connection.client.prepare("SELECT rotated_at FROM sessions WHERE id = ?").pluck();
    expect(stored.get(session.id)).toBe(moment);
  }
});
