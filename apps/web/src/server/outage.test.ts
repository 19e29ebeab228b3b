import { randomBytes } from "node:crypto";
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createAuth, createPasswordHasher } from "@watchword/auth/core";
import { authRouter, createFetchHandler, createTokenCookies, router } from "@watchword/auth/trpc";
import { createSqliteAuthStore, migrateSqlite, openSqlite } from "@watchword/db/sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";

const appUrl = "https://app.test";
const migrationsFolder = fileURLToPath(new URL("../../../../packages/db/migrations/sqlite", import.meta.url));
const account = { username: "ada", email: "ada@example.com", name: "Ada Lovelace", password: "notes on the engine" };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watchword-outage-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The rules on a real database file, behind the real door. */
async function start() {
  const file = join(folder, "watchword.db");
  const connection = openSqlite({ file, retryForMs: 30 });
  migrateSqlite(connection, { migrationsFolder });
  const auth = createAuth({
    store: createSqliteAuthStore(connection),
    passwords: createPasswordHasher({ cost: 4 }),
    clock: { now: () => Date.now() },
    randomBytes,
    secrets: ["kW3-for-this-test-and-nothing-else-9pLz"],
    issuer: appUrl,
  });
  const tokenCookies = createTokenCookies({ appUrl });
  const options = { router: router({ auth: authRouter }), auth, tokenCookies, endpoint: "/api/trpc", appUrl };
  const handle = createFetchHandler({ ...options, trustedProxyHops: 0 });
  let cookie = "";
  const call = async (path: string, input: unknown) => {
    const headers = { "content-type": "application/json", cookie };
    const body = JSON.stringify(input);
    const response = await handle(new Request(`${appUrl}/api/trpc/${path}`, { method: "POST", headers, body }));
    const answer = await response.json();
    const cookies = response.headers.getSetCookie();
    return { status: response.status, reason: answer.error?.data.reason, response, cookies };
  };
  const registered = await call("auth.register", account);
  cookie = registered.cookies.map((each) => each.split(";")[0]).join("; ");
  return { file, connection, call };
}

type Started = Awaited<ReturnType<typeof start>>;

const outages: Record<string, (started: Started) => () => void> = {
  busy: ({ file }) => {
    const other = openSqlite({ file });
    other.client.exec("BEGIN EXCLUSIVE");
    return () => {
      other.client.exec("ROLLBACK");
      other.close();
    };
  },
  gone: ({ file }) => {
    renameSync(file, `${file}.gone`);
    return () => renameSync(`${file}.gone`, file);
  },
};

const calls = {
  "auth.register": { ...account, username: "bob", email: "bob@example.com" },
  "auth.login": { identifier: "ada", password: account.password },
  "auth.refresh": {},
  "auth.logout": {},
};

for (const [outage, begin] of Object.entries(outages)) {
  it(`a database that is ${outage} answers every call with 503 and Retry-After, changes no cookie, and loses nothing`, async () => {
    const started = await start();
    const end = begin(started);
    for (const [path, input] of Object.entries(calls)) {
      const { status, reason, response, cookies } = await started.call(path, input);
      expect([path, status, reason, cookies]).toEqual([path, 503, "temporarily_unavailable", []]);
      expect(Number(response.headers.get("retry-after")), path).toBeGreaterThan(0);
    }
    end();
    expect((await started.call("auth.refresh", {})).status).toBe(200);
    expect((await started.call("auth.register", calls["auth.register"])).status).toBe(200);
  });
}

it("a database that is full takes no account, says so, and takes it when there is room again", async () => {
  const { connection, call } = await start();
  const pages = Number(connection.client.pragma("page_count", { simple: true }));
  connection.client.pragma(`max_page_count = ${pages}`);
  // The room that is left on the pages that are there is taken up first.
  const large = { ...account, username: "bob", email: "bob@example.com", name: "B".repeat(100) };
  let rejected: Awaited<ReturnType<typeof call>> | undefined;
  for (let n = 0; n < 200 && rejected === undefined; n += 1) {
    const answer = await call("auth.register", { ...large, username: `bob${n}`, email: `bob${n}@example.com` });
    if (answer.status !== 200) rejected = answer;
  }
  expect([rejected?.status, rejected?.reason, rejected?.cookies]).toEqual([503, "temporarily_unavailable", []]);
  const accounts = () => Number(connection.client.prepare("select count(*) from users").pluck().get());
  const sessions = () =>
    Number(connection.client.prepare("select count(distinct user_id) from sessions").pluck().get());
  expect(accounts()).toBe(sessions());
  connection.client.pragma("max_page_count = 1000000");
  expect((await call("auth.register", large)).status).toBe(200);
  expect(accounts()).toBe(sessions());
});
