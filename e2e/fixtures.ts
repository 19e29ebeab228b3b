import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import { type Auth, createAuth, createPasswordHasher, type IssuedTokens } from "@watchword/auth/core";
import { completed } from "@watchword/auth/testing";
import { browserCookies, createTestAccount, type TestAccount } from "@watchword/auth/testing/playwright";
import { createTokenCookies, headersSink } from "@watchword/auth/trpc";
import { createSqliteAuthStore, openSqlite, type SqliteConnection } from "@watchword/db/sqlite";
import { type E2eServer, e2eServer } from "./server.ts";

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
  /** Another user's account. */
  anotherPerson: Person;
  /**
   * Gives the browser a session of the person (or `as` another user), `minutesAgo` minutes old: after 15 its access token
   * has run out.
   */
  logIn: (context: BrowserContext, options?: { minutesAgo?: number; as?: Person }) => Promise<IssuedTokens>;
  /** Replaces the browser's tokens by a pair of the same session whose access token has run out. */
  expireAccess: (context: BrowserContext) => Promise<void>;
  /** Fails a test in which a page was kept from something by its own policy. Every page, of every context. */
  watchPolicy: (context: BrowserContext) => void;
  /** Keeps a picture among the results. */
  shoot: (page: Page, name: string) => Promise<void>;
}

export interface WorkerFixtures {
  /** The app that the journeys of a project run against. */
  server: E2eServer;
  database: SqliteConnection;
  /** An account of this worker's own, made as an adopter's suite makes it: over HTTP. */
  account: TestAccount;
}

const pictures = fileURLToPath(new URL("../test-results/screenshots", import.meta.url));
const anywhere = { delivery: "cookie", rememberMe: true, userAgent: "fixture", ipAddress: null } as const;

export const test = base.extend<Fixtures, WorkerFixtures>({
  server: [e2eServer, { option: true, scope: "worker" }],

  database: [
    async ({ server }, use) => {
      const database = openSqlite({ file: server.databaseFile });
      await use(database);
      database.close();
    },
    { scope: "worker" },
  ],

  account: [
    async ({ server }, use) => use(await createTestAccount({ url: `${server.url}/api/trpc` })),
    { scope: "worker" },
  ],

  auth: async ({ database, server }, use) => use(authAt({ database, server }, 0)),

  person: async ({ auth }, use) => use(await register(auth, "ada", "Ada Lovelace")),

  anotherPerson: async ({ auth }, use) => use(await register(auth, "grace", "Grace Hopper")),

  logIn: async ({ database, server, person }, use) => {
    await use(async (context, { minutesAgo = 0, as = person } = {}) => {
      const auth = authAt({ database, server }, minutesAgo);
      const issued = await completed(auth.login({ ...anywhere, identifier: as.username, password: as.password }));
      await giveCookies(context, server, issued);
      return issued;
    });
  },

  expireAccess: async ({ database, server }, use) => {
    await use(async (context) => {
      const jar = await context.cookies();
      const refresh = jar.find(({ name }) => name.includes("watchword.refresh"));
      if (!refresh) throw new Error("The browser has no session");
      // A refresh "an hour ago": its access token has run out by now, its refresh token is good.
      const auth = authAt({ database, server }, 60);
      await giveCookies(context, server, await auth.refresh({ refreshToken: refresh.value, delivery: "cookie" }));
    });
  },

  watchPolicy: [
    async ({ browser }, use) => {
      const violations: string[] = [];
      const watch = (context: BrowserContext) => {
        context.on("console", (message) => {
          if (/content security policy/i.test(message.text())) violations.push(message.text());
        });
      };
      const newContext = browser.newContext.bind(browser);
      browser.newContext = async (options) => {
        const context = await newContext(options);
        watch(context);
        return context;
      };
      await use(watch);
      browser.newContext = newContext;
      expect(violations).toEqual([]);
    },
    { auto: true },
  ],

  context: async ({ context, watchPolicy }, use) => {
    watchPolicy(context);
    await use(context);
  },

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from this pattern what the fixture needs
  shoot: async ({}, use) => {
    mkdirSync(pictures, { recursive: true });
    await use(async (page, name) => {
      await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
    });
  },
});

async function register(auth: Auth, first: string, name: string): Promise<Person> {
  const tag = randomBytes(5).toString("hex");
  const person = {
    username: `${first}-${tag}`,
    email: `${first}.${tag}@example.com`,
    name,
    password: `${tag} notes on the engine`,
  };
  const { refreshToken } = await auth.register({ ...person, ...anywhere });
  await auth.logout({ refreshToken, accessToken: undefined });
  return person;
}

/** With a clock that stands in the past, time has passed for what was made then, and the test does not wait. */
function authAt({ database, server }: Pick<WorkerFixtures, "database" | "server">, minutesAgo: number): Auth {
  return createAuth({
    store: createSqliteAuthStore(database),
    passwords: createPasswordHasher({ cost: 6 }),
    clock: { now: () => Date.now() - minutesAgo * 60_000 },
    randomBytes,
    secrets: [server.secret],
    issuer: server.url,
  });
}

async function giveCookies(context: BrowserContext, server: E2eServer, issued: IssuedTokens): Promise<void> {
  const answer = new Headers();
  createTokenCookies({ appUrl: server.url }).setCookies(headersSink(answer), new Headers(), issued);
  await context.addCookies(browserCookies(answer, server.url));
}
