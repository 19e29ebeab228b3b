import { ada, createTestAuth, createTestMail, fromTerminal, registerAda, testIssuer } from "@watchword/auth/testing";
import { authRouter, createFetchHandler, createTokenCookies, router } from "@watchword/auth/trpc";
import { expect, it, onTestFinished, vi } from "vitest";
import { useTestFolder } from "../../../test/test-database.ts";
import { createSqliteAuthStore } from "./auth-store.ts";
import { createSqliteRateLimitCounter } from "./rate-limit-counter.ts";

/** Every statement that SQLite has run, on whichever connection, with its values in it. */
const { executed } = vi.hoisted(() => ({ executed: [] as string[] }));

vi.mock("../connection/driver.ts", async (original) => {
  const { Database } = await original<typeof import("../connection/driver.ts")>();
  const open: typeof Database = Object.assign(
    function open(file: string, options: object) {
      return new Database(file, { ...options, verbose: (statement) => executed.push(String(statement)) });
    } as never,
    Database,
  );
  return { Database: open };
});

const folder = useTestFolder();

/** A statement without its values: texts, which are cut when they are long, numbers and octets. */
const value = /x?'(?:[^']|'')*'(?:\/\*\+\d+ bytes\*\/)?|\b\d+(?:\.\d+)?\b|\bNULL\b/gi;
const kindOf = (statement: string) => statement.replace(value, "?");

/** The lock that all readers share comes and goes by the clock (`read-lock.ts`). */
const ofReadLock = new Set(["BEGIN", "SELECT 1 FROM sqlite_schema LIMIT 1", "ROLLBACK"]);

async function start() {
  const connection = folder.open();
  const rateLimitCounter = createSqliteRateLimitCounter(connection);
  const { auth, clock } = createTestAuth({ store: createSqliteAuthStore(connection), rateLimitCounter });
  const handle = createFetchHandler({
    router: router({ auth: authRouter }),
    auth,
    tokenCookies: createTokenCookies({ appUrl: testIssuer }),
    endpoint: "/api/trpc",
    appUrl: testIssuer,
    trustedProxyHops: 1,
  });
  const changesSoFar = () => Number(connection.client.prepare("select total_changes()").pluck().get());

  /** Asks from an address that nobody has asked from yet: the answer, and what SQLite had to do for it. */
  async function ask(email: string, from: string) {
    const headers = { "content-type": "application/json", "x-forwarded-for": from };
    const init = { method: "POST", headers, body: JSON.stringify({ email }) };
    const before = changesSoFar();
    executed.length = 0;
    const response = await handle(new Request(`${testIssuer}/api/trpc/auth.requestPasswordReset`, init));
    const statements = executed.filter((statement) => !ofReadLock.has(statement)).map(kindOf);
    return { status: response.status, text: await response.text(), statements, changes: changesSoFar() - before };
  }

  onTestFinished(() => rateLimitCounter.close());
  /** Behind the entries of the audit log, which no request waits for. */
  const settled = () => connection.write(() => undefined);
  return { auth, clock, ask, settled, mail: createTestMail(auth) };
}

it("a reset asked for a known, an unknown, a disabled and an unverified address is the same work for SQLite, statement for statement (P14)", async () => {
  const { auth, clock, ask, settled, mail } = await start();
  const register = (username: string) =>
    auth.register({ ...ada, username, email: `${username}@example.com`, ...fromTerminal });
  await registerAda(auth);
  await auth.verifyEmail({ link: await mail.linkOf("verify_email") });
  await register("grace");
  const { user } = await register("mallory");
  await auth.admin.disable({ actor: null, userId: user.id });
  // The mails after the registrations count for an hour.
  clock.advance(3_600_000);
  await settled();

  const works = [];
  for (const [at, who] of [ada.email, "nobody@example.com", "mallory@example.com", "grace@example.com"].entries()) {
    const asked = [];
    // One time more than an address is sent mails in an hour.
    for (let time = 0; time <= auth.settings.mailsPerAddressPerHour; time += 1) {
      asked.push(await ask(who, `192.0.${at}.${time}`));
    }
    works.push(asked);
  }
  const [known = [], ...others] = works;
  for (const other of others) expect(other).toEqual(known);
  // And it is work that nobody's account has to do with: a try is counted, and an address written down.
  expect(known.map(({ status, changes }) => [status, changes])).toEqual([...Array(5).fill([200, 1]), [200, 0]]);
  for (const { statements } of known) {
    expect(statements.filter((statement) => statement.includes("attempts")).length).toBeGreaterThan(0);
    expect(statements.filter((statement) => statement.startsWith('insert into "outbox"'))).toHaveLength(1);
    expect(statements.filter((statement) => /users|sessions|mail_links/.test(statement))).toEqual([]);
  }
});
