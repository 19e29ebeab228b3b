import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserContext, test as base, type Page } from "@playwright/test";
import { type Auth, createAuth, createPasswordHasher, type IssuedTokens } from "@watchword/auth/core";
import { createTransport } from "@watchword/auth/trpc";
import { createSqliteAuthStore, openSqlite, type SqliteConnection } from "@watchword/db/sqlite";
import { e2eServer } from "./server.ts";

export { expect } from "@playwright/test";

export interface Person {
  username: string;
  email: string;
  name: string;
  password: string;
}

interface Fixtures {
  /** The production rules on the server's own database and secret. */
  auth: Auth;
  /** An account of this test's own, made through the store and not through clicks. */
  person: Person;
  /** Gives the browser a session of the person, `minutesAgo` minutes old: after 15 its access token has run out. */
  logIn: (context: BrowserContext, options?: { minutesAgo?: number }) => Promise<IssuedTokens>;
  /** Replaces the browser's tokens by a pair of the same session whose access token has run out. */
  expireAccess: (context: BrowserContext) => Promise<void>;
  /** Keeps a picture among the results. */
  shoot: (page: Page, name: string) => Promise<void>;
}

interface WorkerFixtures {
  database: SqliteConnection;
}

const pictures = fileURLToPath(new URL("../test-results/screenshots", import.meta.url));
const anywhere = { delivery: "cookie", rememberMe: true, userAgent: "fixture", ipAddress: null } as const;

export const test = base.extend<Fixtures, WorkerFixtures>({
  database: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from this pattern what the fixture needs
    async ({}, use) => {
      const database = openSqlite({ file: e2eServer.databaseFile });
      await use(database);
      database.close();
    },
    { scope: "worker" },
  ],

  auth: async ({ database }, use) => use(authAt(database, 0)),

  person: async ({ auth }, use) => {
    const tag = randomBytes(5).toString("hex");
    const person = {
      username: `ada-${tag}`,
      email: `ada.${tag}@example.com`,
      name: "Ada Lovelace",
      password: `${tag} notes on the engine`,
    };
    const { refreshToken } = await auth.register({ ...person, ...anywhere });
    await auth.logout({ refreshToken, accessToken: undefined });
    await use(person);
  },

  logIn: async ({ database, person }, use) => {
    await use(async (context, { minutesAgo = 0 } = {}) => {
      const auth = authAt(database, minutesAgo);
      const issued = await auth.login({ ...anywhere, identifier: person.username, password: person.password });
      await giveCookies(context, issued);
      return issued;
    });
  },

  expireAccess: async ({ database }, use) => {
    await use(async (context) => {
      const jar = await context.cookies();
      const refresh = jar.find(({ name }) => name.endsWith("watchword.refresh"));
      if (!refresh) throw new Error("The browser has no session");
      // A refresh "an hour ago": its access token has run out by now, its refresh token is good.
      const auth = authAt(database, 60);
      await giveCookies(context, await auth.refresh({ refreshToken: refresh.value, delivery: "cookie" }));
    });
  },

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from this pattern what the fixture needs
  shoot: async ({}, use) => {
    mkdirSync(pictures, { recursive: true });
    await use(async (page, name) => {
      await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
    });
  },
});

/** With a clock that stands in the past, time has passed for what was made then, and nobody has to wait. */
function authAt(database: SqliteConnection, minutesAgo: number): Auth {
  return createAuth({
    store: createSqliteAuthStore(database),
    passwords: createPasswordHasher({ cost: 6 }),
    clock: { now: () => Date.now() - minutesAgo * 60_000 },
    randomBytes,
    secrets: [e2eServer.secret],
    issuer: e2eServer.url,
  });
}

async function giveCookies(context: BrowserContext, issued: IssuedTokens): Promise<void> {
  const cookies: Parameters<BrowserContext["addCookies"]>[0][number][] = [];
  createTransport({ appUrl: e2eServer.url }).setCookies(
    {
      set: (name, value, { httpOnly, secure }) =>
        void cookies.push({ name, value, domain: "localhost", path: "/", sameSite: "Lax", httpOnly, secure }),
    },
    new Headers(),
    issued,
  );
  await context.addCookies(cookies);
}
