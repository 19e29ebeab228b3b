import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createAppRouter, createDiskBlobStore } from "@watchword/api";
import {
  ada,
  createFakeClock,
  createFakeDelay,
  createTestAuth,
  type FakeClock,
  type FakeDelay,
  loginAda,
  readEventStream,
  registerAda,
  testIssuer,
} from "@watchword/auth/testing";
import { createFetchHandler, createTokenCookies } from "@watchword/auth/trpc";
import {
  createSqliteAuthStore,
  createSqliteChangeFeed,
  createSqliteFileStore,
  migrateSqlite,
  openSqlite,
  type SqliteConnection,
} from "@watchword/db/sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";

const migrationsFolder = fileURLToPath(new URL("../../../../packages/db/migrations/sqlite", import.meta.url));

let folder: string;
let opened: SqliteConnection[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watchword-live-"));
});
afterEach(() => {
  for (const connection of opened) connection.close();
  opened = [];
  rmSync(folder, { recursive: true, force: true });
});

/** Two servers that go by one clock. */
function startTwo() {
  const clock = createFakeClock();
  const time = createFakeDelay(clock);
  return { time, here: startServer(1, clock, time), there: startServer(2, clock, time) };
}

/** One server: the app's whole router on a connection of its own to the one database file. */
function startServer(seed: number, clock: FakeClock, time: FakeDelay) {
  const connection = openSqlite({ file: join(folder, "watchword.db") });
  opened.push(connection);
  migrateSqlite(connection, { migrationsFolder });
  const { auth } = createTestAuth({
    seed,
    clock,
    store: createSqliteAuthStore(connection),
    accessTokenTtlSeconds: 60,
  });
  const handle = createFetchHandler({
    router: createAppRouter({
      files: createSqliteFileStore(connection),
      blobs: createDiskBlobStore(folder),
      feed: createSqliteChangeFeed(connection),
      clock,
      randomBytes,
      maxFileBytes: 1_000,
      quotaBytes: 10_000,
    }),
    auth,
    tokenCookies: createTokenCookies({ appUrl: testIssuer }),
    endpoint: "/api/trpc",
    appUrl: testIssuer,
    trustedProxyHops: 0,
    delay: time.delay,
  });
  const send = (path: string, accessToken: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${accessToken}`, ...init.headers };
    return handle(new Request(`${testIssuer}/api/trpc/${path}`, { ...init, headers }));
  };
  return {
    auth,
    follow: async (accessToken: string, lastEventId?: string) => {
      const input = lastEventId === undefined ? "" : `?input=${JSON.stringify({ lastEventId })}`;
      return readEventStream(await send(`live.changes${input}`, accessToken));
    },
    async upload(accessToken: string): Promise<string> {
      const headers = { "content-type": "application/octet-stream", "x-file-name": "a.txt" };
      const answer = await (await send("files.upload", accessToken, { method: "POST", body: "hello", headers })).json();
      return answer.result.data.id;
    },
    remove: (accessToken: string, id: string) =>
      send("files.remove", accessToken, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ id }),
      }),
  };
}

type Change = { kind: string; id: string | null };
const read = (messages: unknown[]) => messages.map((data) => [(data as Change).kind, (data as Change).id]);

it("live.changes sends what another server changed of the user's sessions and files, within half a second", async () => {
  const { here, there, time } = startTwo();
  const mine = await registerAda(here.auth);
  const stream = await here.follow(mine.accessToken);
  await time.pass(1_000);
  const other = await loginAda(there.auth);
  const file = await there.upload(other.accessToken);
  await there.remove(other.accessToken, file);
  await there.auth.logout({ refreshToken: other.refreshToken, accessToken: undefined });
  await time.pass(500);
  expect(read(stream.messages())).toEqual([
    ["everything", null],
    ["session_started", other.session.id],
    ["file_added", file],
    ["file_removed", file],
    ["session_ended", other.session.id],
  ]);
  await stream.leave();
});

it("a stream ends within half a second when another server ends its session, and gives nothing of what came after", async () => {
  const { here, there, time } = startTwo();
  const mine = await registerAda(here.auth);
  const other = await loginAda(here.auth);
  const stream = await here.follow(mine.accessToken);
  await time.pass(1_000);
  const principal = await there.auth.verify(other.accessToken);
  await there.auth.changePassword({ principal, currentPassword: ada.password, newPassword: "another correct horse" });
  const renewed = await there.auth.refresh({ refreshToken: other.refreshToken, delivery: "body" });
  await there.upload(renewed.accessToken);
  await time.pass(500);
  expect(stream.reason()).toBe("session_revoked");
  await stream.ended;
  expect(read(stream.messages())).toEqual([["everything", null]]);
});

it("a stream that is resumed at another server after each expiry loses no change and doubles none", async () => {
  const { here, there, time } = startTwo();
  let mine = await registerAda(here.auth);
  let other = await loginAda(here.auth);
  const expected: unknown[] = [["everything", null]];
  const got: unknown[] = [];
  let lastEventId: string | undefined;
  for (const server of [here, there, here]) {
    const stream = await server.follow(mine.accessToken, lastEventId);
    await time.pass(300);
    for (let step = 0; stream.reason() === undefined; step += 1) {
      other = await there.auth.refresh({ refreshToken: other.refreshToken, delivery: "body" });
      expected.push(["file_added", await there.upload(other.accessToken)]);
      await time.pass(3_990 + step);
    }
    expect(stream.reason()).toBe("access_token_expired");
    await stream.ended;
    got.push(...read(stream.messages()));
    lastEventId = stream.lastEventId();
    mine = await server.auth.refresh({ refreshToken: mine.refreshToken, delivery: "body" });
  }
  const last = await there.follow(mine.accessToken, lastEventId);
  await time.pass(300);
  got.push(...read(last.messages()));
  await last.leave();
  expect(got.length).toBeGreaterThan(40);
  expect(got).toEqual(expected);
});
