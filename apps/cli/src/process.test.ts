import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsdown";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import config from "../tsdown.config.ts";
import { ada, startTestServer, type TestServer } from "./testing/server.ts";
import { type Machine, type Outcome, startMachine } from "./testing/terminal.ts";

/** The command as it is shipped, in processes of its own: what the other tests cannot show within one. */
let built: string;
let server: TestServer;
let machine: Machine;

beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), "watchword-built-"));
  const cwd = join(dirname(fileURLToPath(import.meta.url)), "..");
  await build({ ...config, config: false, cwd, outDir: built, logLevel: "error" });
});

afterAll(() => rm(built, { recursive: true, force: true }));

beforeEach(async () => {
  server = await startTestServer();
  machine = await startMachine(server);
});

afterEach(async () => {
  await machine.remove();
  await server.close();
});

function start(...line: string[]): ChildProcess {
  return startNode([join(built, "main.mjs"), ...line]);
}

function startNode(argv: string[]): ChildProcess {
  const { tokenFile } = machine.env;
  return spawn(process.execPath, argv, {
    env: { PATH: process.env.PATH, WATCHWORD_URL: server.url, WATCHWORD_TOKEN_FILE: tokenFile },
  });
}

/** The command, killed when it has written the new pair beside the file and is about to put it in its place. */
function startDoomed(...line: string[]): ChildProcess {
  const doom = `
    import { createRequire, syncBuiltinESMExports } from "node:module";
    const files = createRequire("/")("node:fs/promises");
    const { rename } = files;
    files.rename = (from, to) => from.includes(".arriving-") ? process.kill(process.pid, "SIGKILL") : rename(from, to);
    syncBuiltinESMExports();`;
  return startNode(["--import", `data:text/javascript,${encodeURIComponent(doom)}`, join(built, "main.mjs"), ...line]);
}

function ended(child: ChildProcess): Promise<Outcome> {
  let out = "";
  let err = "";
  child.stdout?.on("data", (chunk) => (out += chunk));
  child.stderr?.on("data", (chunk) => (err += chunk));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code: code ?? -1, out, err })));
}

describe("the command", () => {
  it("logs in by a pipe, says who that is, and logs out", async () => {
    const login = start("login", "ada", "--password-stdin");
    login.stdin?.end(`${ada.password}\n`);
    expect(await ended(login)).toMatchObject({ code: 0, err: "" });
    expect(await ended(start("whoami"))).toMatchObject({
      code: 0,
      err: "",
      out: expect.stringContaining("ada@example.com"),
    });
    expect(await ended(start("logout"))).toMatchObject({ code: 0, err: "" });
    expect(await ended(start("whoami"))).toMatchObject({ code: 3, out: "" });
  });

  it("loses no login when 20 of it find the access token expired at once, expiry after expiry (C02)", async () => {
    await machine.login();
    const { tokenFile } = machine.env;
    for (let expiry = 1; expiry <= 3; expiry += 1) {
      server.clock.advance(3_600_000);
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => ended(start("whoami"))));
      expect(outcomes.map(({ code, err }) => `${code}${err}`)).toEqual(outcomes.map(() => "0"));
      // One each, where the lock can be had in time. That nobody is logged out does not depend on it.
      expect(server.seen.filter(({ path }) => path.endsWith("/auth.refresh")).length).toBeLessThanOrEqual(3 * expiry);
      expect(await readdir(dirname(tokenFile))).toEqual(["tokens.json"]);
      expect((await stat(tokenFile)).mode & 0o777).toBe(0o600);
    }
  }, 240_000);

  it("loses no login when it is killed between writing the new pair and putting it in its place (C03)", async () => {
    await machine.login();
    for (const later of [1000, 3_600_000, 48 * 3_600_000]) {
      server.clock.advance(3_600_000);
      const before = await machine.tokens();
      expect(await ended(startDoomed("whoami"))).toEqual({ code: -1, out: "", err: "" });
      expect(await machine.tokens()).toEqual(before);
      expect((await readdir(dirname(machine.env.tokenFile))).filter((name) => name.includes("arriving"))).toHaveLength(
        1,
      );

      server.clock.advance(later);
      expect(await ended(start("whoami"))).toMatchObject({ code: 0, err: "" });
      expect(await readdir(dirname(machine.env.tokenFile))).toEqual(["tokens.json"]);
    }
  }, 120_000);

  it.each(["before the server", "after the server"])(
    "loses no login when it is killed %s has renewed it, time and again (C03, R07)",
    async (moment) => {
      await machine.login();
      for (let turn = 0; turn < 3; turn += 1) {
        server.clock.advance(3_600_000);
        const child = start("whoami");
        server.intercept = async (request) => {
          if (!request.url.endsWith("/auth.refresh")) return undefined;
          const { refreshToken } = (await request.json()) as { refreshToken: string };
          if (moment === "after the server") await server.auth.refresh({ refreshToken, delivery: "body" });
          child.kill("SIGKILL");
          return new Response(null, { status: 500 });
        };
        expect(await ended(child)).toMatchObject({ code: -1 });
        server.intercept = undefined;
        server.clock.advance(3_600_000);
        expect(await ended(start("whoami"))).toMatchObject({ code: 0, err: "" });
      }
    },
    120_000,
  );

  it("ends quietly when whoever reads it has seen enough", async () => {
    await machine.login();
    const child = start("whoami");
    child.stdout?.destroy();
    expect(await ended(child)).toMatchObject({ code: 0, err: "" });
  });

  it("leaves nothing of a download that was stopped with Ctrl-C", async () => {
    await machine.login();
    const folder = join(machine.folder, "down");
    await mkdir(folder);
    const path = join(machine.folder, "file.txt");
    await writeFile(path, "x".repeat(1000));
    await machine.run(["files", "put", path]);
    const child = start("files", "get", "file.txt", "-o", folder);
    server.intercept = (request) => {
      if (!request.url.includes("/api/files/")) return undefined;
      const beginning = new Uint8Array(100);
      return new Response(new ReadableStream({ start: (controller) => controller.enqueue(beginning) }));
    };
    await expect.poll(() => readdir(folder), { timeout: 10_000 }).toHaveLength(1);
    child.kill("SIGINT");
    expect(await ended(child)).toMatchObject({ code: 1, err: "Stopped. Nothing was kept\n" });
    expect(await readdir(folder)).toEqual([]);
  }, 30_000);

  it("has no code of the server in it, and no secret of whoever built it", async () => {
    const text = await readFile(join(built, "main.mjs"), "utf8");
    for (const word of [
      "bcrypt",
      "better-sqlite3",
      "drizzle",
      "jose",
      "zod",
      "createAuth",
      "HS256",
      "familyHash",
      "fetchRequestHandler",
    ]) {
      expect(text.includes(word), word).toBe(false);
    }
    expect(await readdir(built)).toEqual(["main.mjs"]);
  });
});
