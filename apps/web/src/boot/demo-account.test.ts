import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createAuth, createPasswordHasher } from "@watchword/auth/core";
import { completed, fromTerminal, testSecret } from "@watchword/auth/testing";
import { createSqliteAuthStore, migrateSqlite, openSqlite } from "@watchword/db/sqlite";
import { describe, expect, inject, it, onTestFinished } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The bundle of each `*.child.ts`, by its path: `scripts/child-programs.mjs`. */
    childPrograms: Record<string, string>;
  }
}

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const migrationsFolder = join(root, "packages", "db", "migrations", "sqlite");
const program = join(import.meta.dirname, "start.child.ts");
const run = promisify(execFile);

type StartedBy = "npm start" | "npm run dev" | "next start";

/** An installation that nobody has used yet: an empty folder, and the app's start in a process of its own. */
function install() {
  const folder = mkdtempSync(join(tmpdir(), "watchword-demo-"));
  const file = join(folder, "watchword.db");
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  /** Starts the app once, and gives what it prints. */
  async function print(by: StartedBy, env: Record<string, string> = {}): Promise<string> {
    const { stdout } = await run(process.execPath, [inject("childPrograms")[program] ?? "", by], {
      cwd: join(root, "apps", "web"),
      env: {
        NODE_ENV: by === "npm run dev" ? "development" : "production",
        DATABASE_URL: `file:${file}`,
        UPLOAD_DIR: join(folder, "uploads"),
        BCRYPT_COST: "4",
        ...env,
      },
    });
    expect(stdout).toContain("Watchword is up");
    return stdout;
  }
  return {
    file,
    saved: join(folder, "demo-account.json"),
    print,
    /** Starts the app once, and gives the password in its greeting. */
    start: async (by: StartedBy, env: Record<string, string> = {}) =>
      /Demo account: demo {3}Password: (\S+)/.exec(await print(by, env))?.[1],
  };
}

function usersIn(file: string): string[] {
  const connection = openSqlite({ file });
  const users = connection.client.prepare("select username from users").pluck().all() as string[];
  connection.close();
  return users;
}

/** Who a name and a password log in as. */
async function loginAt(file: string, identifier: string, password: string) {
  const connection = openSqlite({ file });
  onTestFinished(() => connection.close());
  const auth = createAuth({
    store: createSqliteAuthStore(connection),
    passwords: createPasswordHasher({ cost: 4 }),
    clock: { now: () => Date.now() },
    randomBytes,
    secrets: [testSecret],
    issuer: "http://localhost:3000",
  });
  return (await completed(auth.login({ identifier, password, ...fromTerminal }))).user;
}

/** All that is shipped, as one text. */
function shippedSource(): string {
  const folders = ["apps/cli", "apps/web", "packages/api", "packages/auth", "packages/db"].map((at) => `${at}/src`);
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return [...files, ...["scripts/start.mjs", "README.md"].map((name) => join(root, name))]
    .map((name) => readFileSync(name, "utf8"))
    .join("\n");
}

it("a database that was just made has no account in it (ASVS 6.3.2)", () => {
  const { file } = install();
  const connection = openSqlite({ file });
  migrateSqlite(connection, { migrationsFolder });
  connection.close();
  expect(usersIn(file)).toEqual([]);
});

describe("the demo account", () => {
  const elsewhere = { AUTH_SECRET: testSecret, BCRYPT_COST: "10" };
  it.each<[StartedBy, string, Record<string, string>]>([
    ["npm start", "on another host", { ...elsewhere, APP_URL: "https://login.example.com" }],
    [
      "npm start",
      "on a host that begins like this machine",
      { ...elsewhere, APP_URL: "https://localhost.example.com" },
    ],
    ["npm start", "on an address of this machine that others reach", { ...elsewhere, APP_URL: "https://192.0.2.7" }],
    ["npm run dev", "on another host", { ...elsewhere, APP_URL: "https://login.example.com" }],
    ["next start", "on another host", { ...elsewhere, APP_URL: "https://login.example.com" }],
    ["next start", "without being told where it is reached", {}],
    ["npm start", "where accounts begin by mail", { REGISTRATION: "by_mail" }],
  ])("is not made by %s %s (ASVS 6.3.2)", async (by, _, env) => {
    const { file, saved, start } = install();
    expect(await start(by, env)).toBeUndefined();
    expect(usersIn(file)).toEqual([]);
    expect(existsSync(saved)).toBe(false);
  });

  it.each<StartedBy>(["npm start", "npm run dev"])(
    "is made by %s on localhost, with a password drawn anew for each installation (ASVS 6.3.2)",
    async (by) => {
      const [one, other] = [install(), install()];
      const [password = "", another = ""] = [await one.start(by), await other.start(by)];
      expect(password).toMatch(/^(?:[a-z]+-){4}\d\d$/);
      expect(another).not.toBe(password);
      const source = shippedSource();
      for (const drawn of [password, another]) expect(source).not.toContain(drawn);

      expect(usersIn(one.file)).toEqual(["demo"]);
      expect(await loginAt(one.file, "demo", password)).toMatchObject({ username: "demo" });
      await expect(loginAt(other.file, "demo", password)).rejects.toMatchObject({ reason: "invalid_credentials" });
      expect(statSync(one.saved).mode & 0o777).toBe(0o600);
    },
  );

  it("is greeted below all that the log says of it, its mail included", async () => {
    const lines = (await install().print("npm start")).trim().split("\n");
    const types = lines.flatMap((line) => /"type":"(\w+)"/.exec(line)?.[1] ?? []);
    expect(types).toEqual(expect.arrayContaining(["user_registered", "mail_link_made", "mail_settled"]));
    expect(lines.slice(types.length).join("\n")).toMatch(
      /^\n {2}Watchword is up\. Open \S+\n {2}Demo account: demo {3}Password: \S+$/,
    );
  });

  it("is not greeted with a password that was changed in the app, nor when the account is gone", async () => {
    const { file, start } = install();
    const password = await start("npm start");
    const connection = openSqlite({ file });
    const other = await createPasswordHasher({ cost: 4 }).hash("another password");
    connection.client.prepare("update credentials set data = ?").run(other);
    const greeted = await start("npm start");
    expect(greeted).not.toBe(password);
    expect(greeted).toBe("as");
    connection.client.prepare("delete from users").run();
    connection.close();
    expect(await start("npm start")).toBeUndefined();
  });

  it("is not made where other machines reach the app (ASVS 6.3.2)", async () => {
    const { file, start } = install();
    expect(await start("npm start", { LISTEN_ADDRESS: "0.0.0.0" })).toBeUndefined();
    expect(usersIn(file)).toEqual([]);
  });

  it("keeps its password when the app starts again, and stays the only one", async () => {
    const { file, start } = install();
    const password = await start("npm start");
    expect(password).toBeDefined();
    expect(await start("npm start")).toBe(password);
    expect(usersIn(file)).toEqual(["demo"]);
  });
});
