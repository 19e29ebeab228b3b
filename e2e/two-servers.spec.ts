import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import type { APIRequestContext } from "@playwright/test";
import { createAuth, createPasswordHasher } from "@watchword/auth/core";
import { createSqliteAuthStore, openSqlite } from "@watchword/db/sqlite";
import { expect, test } from "./fixtures.ts";
import { describeServer, startBuiltApp } from "./server.ts";

/**
 * Two processes of the built app behind one address, as behind a proxy that takes turns: one database, one secret. One is served
 * by our own server, the other by a host that only runs Next.
 */
const shared = describeServer("two-servers", 3463);
const ports = [3463, 3464] as const;
const children: ChildProcess[] = [];

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ request }) => {
  rmSync(dirname(shared.databaseFile), { recursive: true, force: true });
  children.push(startBuiltApp({ port: ports[0], env: shared.env }));
  children.push(startBuiltApp({ port: ports[1], env: shared.env, hostedBy: "next" }));
  for (const port of ports) {
    await expect(async () => {
      expect((await request.get(`http://127.0.0.1:${port}/api/health`)).status()).toBe(200);
    }).toPass({ timeout: 60_000 });
  }
});

test.afterAll(() => {
  for (const child of children) child.kill("SIGTERM");
});

const grace = {
  username: "grace",
  email: "grace@example.com",
  name: "Grace Hopper",
  password: "notes on the compiler",
};
const login = { identifier: grace.username, password: grace.password, delivery: "body" };

interface Tokens {
  user: { id: string };
  accessToken: string;
  refreshToken: string;
}

function serverAt(request: APIRequestContext, port: number) {
  const url = (path: string) => `http://127.0.0.1:${port}/api/trpc/${path}`;
  return {
    post: async (path: string, data: object) => {
      const response = await request.post(url(path), { data });
      expect(response.status()).toBe(200);
      return (await response.json()).result.data as Tokens;
    },
    /** What `auth.me` says to a token: "ok", or why not. */
    me: async ({ accessToken }: Pick<Tokens, "accessToken">): Promise<string> => {
      const response = await request.get(url("auth.me"), { headers: { authorization: `Bearer ${accessToken}` } });
      return response.status() === 200 ? "ok" : (await response.json()).error.data.reason;
    },
  };
}

test("what one server process ends, the other rejects with the next request, 25 times in a row", async ({
  request,
}) => {
  const [one, other] = [serverAt(request, ports[0]), serverAt(request, ports[1])];
  await one.post("auth.register", { ...grace, delivery: "body" });
  for (let time = 0; time < 25; time += 1) {
    const [here, there] = time % 2 ? [one, other] : [other, one];
    const tokens = await here.post("auth.login", login);
    expect(await there.me(tokens)).toBe("ok");
    await here.post("auth.logout", { refreshToken: tokens.refreshToken });
    expect(await there.me(tokens)).toBe("session_revoked");
  }
});

test("a role, a disabled account and stolen keys count in both processes at once, and no user is logged out by keys", async ({
  request,
}) => {
  const [one, other] = [serverAt(request, ports[0]), serverAt(request, ports[1])];
  const database = openSqlite({ file: shared.databaseFile });
  const { admin, keys } = createAuth({
    store: createSqliteAuthStore(database),
    passwords: createPasswordHasher({ cost: 6 }),
    clock: { now: () => Date.now() },
    randomBytes,
    secrets: [shared.secret],
    issuer: shared.url,
  });
  const tokens = await one.post("auth.login", login);
  const userId = tokens.user.id;
  await keys.revokeAndReplace();
  for (const server of [one, other]) expect(await server.me(tokens)).toBe("access_token_expired");
  const next = await other.post("auth.refresh", { refreshToken: tokens.refreshToken });
  for (const server of [one, other]) expect(await server.me(next)).toBe("ok");

  await admin.setRole({ actor: null, userId, role: "admin" });
  for (const server of [one, other]) expect(await server.me(next)).toBe("access_token_expired");
  const promoted = await one.post("auth.refresh", { refreshToken: next.refreshToken });
  expect(await other.me(promoted)).toBe("ok");
  const authorization = `Bearer ${promoted.accessToken}`;
  const people = `http://127.0.0.1:${ports[1]}/api/trpc/admin.users?input=${encodeURIComponent('{"text":"gra"}')}`;
  expect((await request.get(people, { headers: { authorization } })).status()).toBe(200);

  const spare = await one.post("auth.register", {
    ...grace,
    username: "ada",
    email: "a@example.com",
    delivery: "body",
  });
  await admin.disable({ actor: userId, userId: spare.user.id });
  for (const server of [one, other]) expect(await server.me(spare)).toBe("account_disabled");
  database.close();
});
