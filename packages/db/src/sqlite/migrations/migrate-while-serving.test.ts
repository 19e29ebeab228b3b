import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createAuth } from "@watchword/auth/core";
import {
  createFakeClock,
  createMemoryKeyStore,
  createTestAuth,
  seededRandomBytes,
  testIssuer,
  testSecret,
} from "@watchword/auth/testing";
import { expect, it, onTestFinished } from "vitest";
import { createPreviousStore } from "../../../test/previous-version.ts";
import { migrationsFolder, useTestFolder } from "../../../test/test-database.ts";
import { openSqlite } from "../connection/connection.ts";
import { createSqliteAuthStore } from "../stores/auth-store.ts";
import { migrateSqlite } from "./migrate.ts";

const folder = useTestFolder();
const start = { delivery: "body", rememberMe: true, userAgent: "curl/8.5.0", ipAddress: null } as const;
const [password, newPassword] = ["correct horse battery staple", "another correct horse"];
const accountOf = (username: string) => ({ username, email: `${username}@example.com`, name: "Ada", password });

/** The migrations that there were before 0003. */
function previousMigrations(): string {
  const target = folder.path("previous-migrations");
  mkdirSync(target, { recursive: true });
  cpSync(migrationsFolder, target, { recursive: true });
  const journalFile = join(target, "meta/_journal.json");
  const journal = JSON.parse(readFileSync(journalFile, "utf8"));
  writeFileSync(journalFile, JSON.stringify({ ...journal, entries: journal.entries.slice(0, 3) }));
  return target;
}

/** Two servers of two versions on one file: the older one is serving when the newer one starts and migrates. */
function prepared() {
  const connection = openSqlite({ file: folder.path() });
  onTestFinished(() => connection.close());
  migrateSqlite(connection, { migrationsFolder: previousMigrations() });
  const clock = createFakeClock();
  const shared = { clock, passwords: createTestAuth().passwords, secrets: [testSecret], issuer: testIssuer };
  const before = createAuth({
    ...shared,
    store: createPreviousStore(connection, createMemoryKeyStore()),
    randomBytes: seededRandomBytes("before"),
  });
  /** Starts the newer server; the older one goes on with the statements that it has prepared. */
  const migrate = () => {
    const store = createSqliteAuthStore(folder.open());
    return { store, now: createAuth({ ...shared, store, randomBytes: seededRandomBytes("now") }) };
  };
  return { before, clock, migrate };
}

it("the version before goes on serving while this one migrates: register, login, refresh, logout (D13)", async () => {
  const { before, migrate } = prepared();
  const ada = await before.register({ ...accountOf("ada"), ...start });
  const { now, store } = migrate();
  expect((await before.verify(ada.accessToken)).user.username).toBe("ada");
  const next = await before.refresh({ refreshToken: ada.refreshToken, delivery: "body" });
  const bob = await before.register({ ...accountOf("bob"), ...start });
  const login = await before.login({ identifier: "bob", password, ...start });
  await before.changePassword({ principal: login, currentPassword: password, newPassword });
  await before.logout({ refreshToken: next.refreshToken, accessToken: undefined });
  await expect(before.verify(next.accessToken)).rejects.toMatchObject({ reason: "session_revoked" });

  const renewed = await now.refresh({ refreshToken: login.refreshToken, delivery: "body" });
  expect((await now.verify(renewed.accessToken)).user).toMatchObject({ role: "user", claimsVersion: 1 });
  // It knows no audit log, so what it still does is not in there; what this version does with its accounts is.
  const entriesOf = async (userId: string) =>
    (await store.listAuditEntries({ userId, limit: 9 })).map(({ event, detail }) => [event, detail]);
  expect(await entriesOf(ada.user.id)).toEqual([]);
  await now.logout({ refreshToken: renewed.refreshToken, accessToken: undefined });
  expect(await entriesOf(bob.user.id)).toEqual([["session_expired", "logout"]]);
});

it("two versions take turns with one session: an access token of the other one costs a refresh, no login (D13)", async () => {
  const { before, clock, migrate } = prepared();
  const ada = await before.register({ ...accountOf("ada"), ...start });
  let { refreshToken } = ada;
  const { now } = migrate();
  for (let turn = 1; turn <= 20; turn += 1) {
    const [here, there] = turn % 2 === 0 ? [before, now] : [now, before];
    clock.advance(60_000);
    const issued = await here.refresh({ refreshToken, delivery: "body" });
    expect(issued.session.generation).toBe(turn);
    // The answer was lost, and the retry goes to the other one.
    const again = await there.refresh({ refreshToken, delivery: "body" });
    expect(again.refreshToken).toBe(issued.refreshToken);
    await expect(there.verify(issued.accessToken)).rejects.toMatchObject({ reason: "access_token_invalid" });
    expect((await there.verify(again.accessToken)).user.id).toBe(ada.user.id);
    ({ refreshToken } = again);
  }
  await now.admin.disable({ actor: null, userId: ada.user.id });
  await expect(before.refresh({ refreshToken, delivery: "body" })).rejects.toMatchObject({
    reason: "account_disabled",
  });
});

it("what one version ends, the other refuses, and a new account of one logs in at the other (D13)", async () => {
  const { before, migrate } = prepared();
  const { now } = migrate();
  const ada = await now.register({ ...accountOf("ada"), ...start });
  const bob = await before.register({ ...accountOf("bob"), ...start });
  expect((await before.login({ identifier: "ada", password, ...start })).user.id).toBe(ada.user.id);
  expect((await now.login({ identifier: "bob@example.com", password, ...start })).user.id).toBe(bob.user.id);
  await now.logoutEverywhere(bob.user.id);
  await expect(before.verify(bob.accessToken)).rejects.toMatchObject({ reason: "session_revoked" });
  expect(await before.logoutEverywhere(ada.user.id)).toBe(2);
  await expect(now.refresh({ refreshToken: ada.refreshToken, delivery: "body" })).rejects.toMatchObject({
    reason: "session_revoked",
  });
});
