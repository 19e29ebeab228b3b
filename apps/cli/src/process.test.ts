import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ada, startTestServer, type TestServer } from "./testing/server.ts";
import { type Machine, type Outcome, startMachine } from "./testing/terminal.ts";

/** The command as it is shipped, in processes of its own: what the other tests cannot show within one. */
let built: string;
let server: TestServer;
let machine: Machine;

beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), "watchword-built-"));
  const script = fileURLToPath(new URL("../../../scripts/build-command.mjs", import.meta.url));
  execFileSync(process.execPath, [script, built]);
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

/** Whether the command has begun to listen for signals, by what Linux says of SIGHUP; elsewhere it is taken for granted. */
async function listensForSignals(pid: number | undefined): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "SigCgt:\t1");
  const caught = BigInt(`0x${/^SigCgt:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? "0"}`);
  return (caught & 1n) !== 0n;
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
    expect(await ended(child)).toMatchObject({ code: 130, err: "Stopped. Nothing was kept\n" });
    expect(await readdir(folder)).toEqual([]);
  }, 30_000);

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)(
    "exits after %s with %i, whatever it is waiting for",
    async (signal, code) => {
      await machine.login();
      const stopped = async (...line: string[]) => {
        let child: ChildProcess | undefined;
        server.intercept = () => {
          child?.kill(signal);
          return new Promise(() => undefined);
        };
        child = start(...line);
        return ended(child);
      };
      expect(await stopped("whoami")).toMatchObject({ code, out: "" });

      const path = join(machine.folder, "file.txt");
      await writeFile(path, "x".repeat(100_000));
      const putting = start("files", "put", path, "--json");
      server.intercept = (request) => {
        if (!request.url.endsWith("/files.upload")) return undefined;
        putting.kill(signal);
        return new Promise(() => undefined);
      };
      const { err, ...rest } = await ended(putting);
      expect(rest).toEqual({ code, out: "" });
      expect(JSON.parse(err).error).toMatchObject({ reason: "cancelled", exitCode: code });
    },
    60_000,
  );

  it("exits with 130 while it waits for a pipe that brings nothing", async () => {
    await machine.login();
    for (const line of [
      ["login", "ada", "--password-stdin"],
      ["files", "put", "-", "--name", "a"],
    ]) {
      server.seen.length = 0;
      const child = start(...line);
      child.stdin?.write("some of it");
      // It reads from the pipe after this.
      if (line[0] === "files") await expect.poll(() => server.seen.length, { timeout: 10_000 }).toBe(1);
      else await expect.poll(() => listensForSignals(child.pid), { timeout: 10_000 }).toBe(true);
      child.kill("SIGINT");
      expect(await ended(child)).toMatchObject({ code: 130, out: "" });
    }
  }, 60_000);

  // On a terminal of its own, which `script` makes; not every system has it.
  it.runIf(existsSync("/usr/bin/script") && process.platform === "linux").each([
    ["Ctrl-C", "\u0003", 130],
    ["Ctrl-D", "\u0004", 130],
    ["SIGTERM", "", 143],
  ])(
    "puts the terminal back as it was after %s at the question for the password",
    async (_key, key, code) => {
      const command = `${process.execPath} ${join(built, "main.mjs")} login ada`;
      const line = `stty cols 80; sh -c 'echo PID $$; exec ${command}'; code=$?; stty -a; exit $code`;
      const child = spawn("/usr/bin/script", ["-qec", line, "/dev/null"], {
        env: { PATH: process.env.PATH, SHELL: "/bin/sh", TERM: "xterm", WATCHWORD_TOKEN_FILE: machine.env.tokenFile },
      });
      let shown = "";
      child.stdout?.on("data", (chunk) => (shown += chunk));
      await expect.poll(() => shown, { timeout: 20_000 }).toContain("Password");
      if (key === "") process.kill(Number(/PID (\d+)/.exec(shown)?.[1]), "SIGTERM");
      else child.stdin?.write(key);
      const { out } = await ended(child);
      expect(child.exitCode, out).toBe(code);
      expect(shown.lastIndexOf("\u001b[?25h")).toBeGreaterThan(shown.lastIndexOf("\u001b[?25l")); // the cursor
      expect(shown).toContain("Nothing was done");
      for (const setting of [" icanon", " echo "]) expect(shown.slice(shown.indexOf("speed"))).toContain(setting);
    },
    60_000,
  );

  it.each(["/proc", "/dev/null", "a file"])(
    "with HOME=%s says in one sentence that no login can be kept, and exits with 1",
    async (home) => {
      const login = spawn(process.execPath, [join(built, "main.mjs"), "login", "ada", "--password-stdin"], {
        env: {
          PATH: process.env.PATH,
          WATCHWORD_URL: server.url,
          HOME: home === "a file" ? join(built, "main.mjs") : home,
        },
      });
      login.stdin?.end(`${ada.password}\n`);
      const { code, out, err } = await ended(login);
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toMatch(/^The file of logins cannot be used \([A-Z]+\): "[^"]+"\nNext: See to its folder[^\n]+\n$/);
      expect(server.seen).toEqual([]);
    },
    20_000,
  );

  it("ends quietly when `head` has seen enough of a long list, and says so when the answer cannot be written", async () => {
    await machine.login();
    const file = {
      name: "n".repeat(200),
      contentType: "text/plain",
      sizeBytes: 1,
      createdAt: "2026-01-01T00:00:00.000Z",
    };
    const files = Array.from({ length: 5_000 }, (_, id) => ({ ...file, id: String(id) }));
    const data = { files, nextCursor: null, usedBytes: 0, quotaBytes: 0, maxFileBytes: 0 };
    server.intercept = () => Response.json({ result: { data } });
    const shell = (line: string) =>
      spawn(
        "bash",
        ["--norc", "-c", `set -o pipefail; ${process.execPath} ${join(built, "main.mjs")} files ls ${line}`],
        {
          env: { PATH: process.env.PATH, WATCHWORD_URL: server.url, WATCHWORD_TOKEN_FILE: machine.env.tokenFile },
        },
      );
    expect(await ended(shell("| head -1 | wc -l"))).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\s*1\n$/),
      err: "",
    });
    if (!existsSync("/dev/full")) return;
    expect(await ended(shell("> /dev/full"))).toEqual({
      code: 1,
      out: "",
      err: "The answer could not be written (ENOSPC)\n",
    });
  }, 60_000);

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
