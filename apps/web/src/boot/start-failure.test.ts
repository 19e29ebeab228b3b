import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@watchword/auth/core";
import { openSqlite } from "@watchword/db/sqlite";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { startFailure } from "./start-failure.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The bundle of each `*.child.ts`, by its path: `scripts/child-programs.mjs`. */
    childPrograms: Record<string, string>;
  }
}

const program = join(import.meta.dirname, "start.child.ts");

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "watchword-start-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts the app in a process of its own, and gives how it ended and what it said. */
async function start(env: Record<string, string>, by = "npm start"): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [inject("childPrograms")[program] ?? "", by],
      { env: { NODE_ENV: "production", BCRYPT_COST: "4", ...env } },
      (error, _, said) => resolve({ code: Number(error?.code ?? 0), said }),
    );
  });
}

/** What a folder is made to hold, the settings that go with it, and what is said. */
const failures: Array<[string, (folder: string) => Record<string, string>, RegExp]> = [
  [
    "the database is a folder",
    (folder) => {
      mkdirSync(join(folder, "data.db"));
      return { DATABASE_URL: `file:${join(folder, "data.db")}` };
    },
    /this is a folder, and no database\. Set DATABASE_URL/,
  ],
  [
    "the database is another file",
    (folder) => {
      writeFileSync(join(folder, "data.db"), "a letter, and no database ".repeat(300));
      return { DATABASE_URL: `file:${join(folder, "data.db")}` };
    },
    /this file is not a database\. Set DATABASE_URL/,
  ],
  [
    "the folder of the database is a file",
    (folder) => {
      writeFileSync(join(folder, "file"), "");
      return { DATABASE_URL: `file:${join(folder, "file", "data.db")}` };
    },
    /has to be a folder, and is a file/,
  ],
  ...["/proc/watchword", "/proc/watchword/deeper"].map((path): (typeof failures)[number] => [
    `${path} is to hold the database, and no folder can be made there`,
    () => ({ DATABASE_URL: `file:${path}/data.db` }),
    process.platform === "linux"
      ? /\/proc\/watchword: (?:no folder can be made there\. Set DATABASE_URL|access is denied)/
      : /\/proc/,
  ]),
  [
    "the folder of uploads cannot be made",
    () => ({ UPLOAD_DIR: "/proc/watchword" }),
    /\/proc\/watchword: (?:no folder can be made there\. Set DATABASE_URL and UPLOAD_DIR|access is denied)/,
  ],
  [
    "the database is one of another program",
    (folder) => {
      const connection = openSqlite({ file: join(folder, "data.db") });
      connection.client.exec("create table users (name text)");
      connection.close();
      return { DATABASE_URL: `file:${join(folder, "data.db")}` };
    },
    /the tables of this database are not those of this version: .*\. Start the version that made it, restore a backup, or set DATABASE_URL/,
  ],
  [
    "a newer version has migrated the database",
    (folder) => {
      const connection = openSqlite({ file: join(folder, "data.db") });
      connection.client.pragma("user_version = 1000");
      connection.close();
      return { DATABASE_URL: `file:${join(folder, "data.db")}` };
    },
    /a newer version of the app has migrated this database\. Start that version, or restore a backup/,
  ],
  [
    "the secret is a folder",
    (folder) => {
      mkdirSync(join(folder, "auth-secret"));
      return {};
    },
    /auth-secret: this has to be a file, and is a folder|is a folder/,
  ],
  [
    "the folder of uploads is a file",
    (folder) => {
      writeFileSync(join(folder, "file"), "");
      return { UPLOAD_DIR: join(folder, "file") };
    },
    /file: this has to be a folder, and is a file/,
  ],
  [
    "a number is out of its range",
    () => ({ ACCESS_TOKEN_TTL_SECONDS: "100000" }),
    /ACCESS_TOKEN_TTL_SECONDS: use a whole number of seconds from 1 to 86400/,
  ],
  [
    "the machine does not have the address to listen on",
    () => ({ LISTEN_ADDRESS: "192.0.2.1" }), // RFC 5737: for documentation, and of no machine
    /192\.0\.2\.1, .*: this machine does not have the address\. Set LISTEN_ADDRESS/,
  ],
  ["APP_URL has no scheme", () => ({ APP_URL: "example.com" }), /APP_URL: use http/],
  ["APP_URL has a path", () => ({ APP_URL: "https://example.test/app" }), /APP_URL: use http/],
  [
    "a setting is mistyped",
    () => ({ TRUSTED_PROXY_HOP: "1" }),
    /TRUSTED_PROXY_HOP: there is no such setting\. Did you mean TRUSTED_PROXY_HOPS\?/,
  ],
  [
    "SMTP_URL is broken",
    () => ({ SMTP_URL: "smtps://user:%zz@mail.example.com", MAIL_FROM: "a@b.example" }),
    /SMTP_URL: use smtp/,
  ],
];

describe("a start that fails", () => {
  it.each(failures)("says in a sentence that %s, without a stack, and ends with 1", async (_, prepare, sentence) => {
    const folder = newFolder();
    const defaults = { DATABASE_URL: `file:${join(folder, "data.db")}`, UPLOAD_DIR: join(folder, "uploads") };
    const { code, said } = await start({ ...defaults, ...prepare(folder) });
    expect(said).toMatch(sentence);
    expect(said.trim().split("\n")).toHaveLength(1);
    expect(said).toMatch(/^Watchword does not start\. /);
    expect(code).toBe(1);
  });

  it("waits for a database that is locked, says so, and ends with 1 when it stays so", async () => {
    const folder = newFolder();
    const connection = openSqlite({ file: join(folder, "data.db") });
    connection.client.exec("BEGIN EXCLUSIVE");
    onTestFinished(() => connection.close());
    const env = {
      DATABASE_URL: `file:${connection.file}`,
      UPLOAD_DIR: join(folder, "uploads"),
      DATABASE_WAIT_SECONDS: "1",
    };
    for (const by of ["npm start", "next start"]) {
      const { code, said } = await start(env, by);
      expect(said).toMatch(
        /^Watchword waits for .* of 1 s\)\nWatchword does not start\. .*locked by another process\. End what/,
      );
      expect(code).toBe(1);
    }
  });
});

it.each([
  [
    { code: "EADDRINUSE", syscall: "listen", address: "127.0.0.1", port: 80 },
    "127.0.0.1, port 80: the port is in use. End what uses it, or set PORT",
  ],
  [
    { code: "EACCES", syscall: "listen", port: 80 },
    "all addresses, port 80: this user may not listen there. Set PORT to 1024 or more",
  ],
  [{ code: "EADDRNOTAVAIL", syscall: "listen", address: "192.0.2.1", port: 80 }, "LISTEN_ADDRESS"],
  [{ code: "EACCES", syscall: "open", path: "/data" }, "/data: access is denied"],
  [{ code: "EROFS", syscall: "mkdir", path: "/data" }, "read-only"],
  [{ code: "ENOSPC", syscall: "write" }, "no room left"],
])("startFailure() explains what the system refused: %j", (failure, sentence) => {
  expect(startFailure(Object.assign(new Error("it quotes what was typed"), failure))).toContain(sentence);
});

it("startFailure() names the setting, and of an unexpected error its class and place alone", () => {
  expect(startFailure(new ConfigError("PORT: use a whole number"))).toBe("PORT: use a whole number");
  expect(startFailure(new TypeError("it quotes what was typed"))).toMatch(
    /^An unexpected TypeError at .*\. Report it$/,
  );
});
