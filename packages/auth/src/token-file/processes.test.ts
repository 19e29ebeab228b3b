import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type HttpServer, startHttpServer } from "../../test/http-server.ts";
import { createWire, type Wire } from "../../test/test-client.ts";
import { type Program, startProgram } from "../../test/token-file-program.ts";
import type { StoredTokens } from "../client/token-store.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";
import { registerAda } from "../testing/test-auth.ts";
import { createFileTokenStore, type FileTokenStore } from "./token-file.ts";

const anHour = 3_600_000;
/** Many processes start at once, and there may be only two cores. */
const patience = 120_000;
const many = 20;

let app: TestApp;
let wire: Wire;
let server: HttpServer;
let path: string;
let store: FileTokenStore;
let sessionId: string;
let programs: Program[];

beforeAll(async () => {
  app = createTestApp();
  wire = createWire(app);
  server = await startHttpServer(wire.fetch);
  path = join(await mkdtemp(join(tmpdir(), "watchword-processes-")), "config", "tokens.json");
  store = createFileTokenStore({ path, url: server.url });
  const { accessToken, refreshToken, session } = await registerAda(app.auth);
  sessionId = session.id;
  await store.write({ accessToken, refreshToken });
  programs = await Promise.all(Array.from({ length: many }, () => startProgram(path, server.url)));
}, patience);

afterEach(async () => {
  wire.between = (_, send) => send();
  for (const lock of await locks()) await rm(lock, { recursive: true, force: true });
});

afterAll(async () => {
  for (const program of programs) program.end();
  await server.close();
  await rm(dirname(dirname(path)), { recursive: true, force: true });
});

describe("20 processes that share one login", () => {
  it(
    "all go on through every expiry, with one request or two for all of them, and the file stays private (C02)",
    async () => {
      for (let round = 0; round < 8; round += 1) {
        expect(await expireAndCallAll()).toBeLessThanOrEqual(3);
        expect((await stat(path)).mode & 0o777).toBe(0o600);
        expect(await readdir(dirname(path))).toEqual(["tokens.json"]);
      }
    },
    patience,
  );

  it(
    "all go on where no lock can be had: nothing depends on it (C02)",
    async () => {
      for (const lock of await locks()) await mkdir(lock);
      for (let round = 0; round < 4; round += 1) await expireAndCallAll();
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    },
    patience,
  );

  it(
    "all go on past the locks of processes that are dead, with one request or two for all of them (C02)",
    async () => {
      for (let round = 0; round < 4; round += 1) {
        for (const lock of await locks()) await writeFile(lock, `999999999 ${hostname()} abc\n`);
        expect(await expireAndCallAll()).toBeLessThanOrEqual(3);
        expect(await readdir(dirname(path))).toEqual(["tokens.json"]);
      }
    },
    patience,
  );
});

describe("a process that is killed while it stores new tokens", () => {
  it.each([
    ["when the answer has come", "the answer"],
    ["when the pair is written beside the file", "the renaming"],
    ["when the pair is in the file, and its locks are held", "the renaming's end"],
  ] as const)(
    "%s, time and again, logs nobody out and holds nobody up (C03, R07)",
    async (_moment, dieAt) => {
      for (const later of [1000, anHour, 48 * anHour]) {
        app.clock.advance(anHour);
        const doomed = await startProgram(path, server.url);
        expect(await doomed.callAndDie(dieAt)).toBe("SIGKILL");
        app.clock.advance(later);
        expect(await programs[0]?.call()).toEqual({ username: "ada" });
      }
      await expireAndCallAll();
      // A survivor that had not been able to take its locks away would have gone on without.
      expect(await readdir(dirname(path))).toEqual(["tokens.json"]);
    },
    patience,
  );
});

describe("7 processes at a server that takes each refresh token once", () => {
  it(
    "a process that is refused for good looks again, and goes on with the younger pair of another (problem 14)",
    async () => {
      for (const lock of await locks()) await mkdir(lock);
      app.clock.advance(anHour);
      const before = await store.read();
      let presented = 0;
      wire.between = async (request, send) => {
        if (!request.url.endsWith("/auth.refresh")) return send();
        presented += 1;
        const isFirst = presented === 1;
        await vi.waitUntil(() => presented === 7, { timeout: 30_000 });
        if (isFirst) return send();
        // The winner has its answer, and has kept it: this is the login that must not be wiped.
        await vi.waitUntil(async () => (await store.read())?.refreshToken !== before?.refreshToken, 30_000);
        return rejectedForGood();
      };
      expect(await callAll(programs.slice(0, 7))).toEqual(Array(7).fill({ username: "ada" }));
      expect(presented).toBe(7);
      const after = await store.read();
      expect(after?.refreshToken).not.toBe(before?.refreshToken);
      expect(await app.auth.verify(after?.accessToken ?? "")).toMatchObject({ user: { username: "ada" } });
    },
    patience,
  );

  it(
    "a process that waits for the lock never presents a token that another has spent (problem 14)",
    async () => {
      const spent = new Set<string>();
      wire.between = async (request, send) => {
        if (!request.url.endsWith("/auth.refresh")) return send();
        const { refreshToken } = (await request.clone().json()) as StoredTokens;
        if (spent.has(refreshToken)) return rejectedForGood();
        spent.add(refreshToken);
        return send();
      };
      for (let round = 1; round <= 4; round += 1) {
        app.clock.advance(anHour);
        expect(await callAll(programs.slice(0, 7))).toEqual(Array(7).fill({ username: "ada" }));
        expect(spent.size).toBe(round);
      }
    },
    patience,
  );
});

/** Lets the access token run out under all programs. One login, moved on by one: what was refreshed is nobody's business. */
async function expireAndCallAll(): Promise<number> {
  const [requests, { generation }] = [wire.count("auth.refresh"), await row()];
  app.clock.advance(anHour);
  expect(await callAll(programs)).toEqual(Array(many).fill({ username: "ada" }));
  expect(await row()).toMatchObject({ generation: generation + 1, revokedAt: null });
  return wire.count("auth.refresh") - requests;
}

const callAll = (which: Program[]) => Promise.all(which.map((program) => program.call()));

async function row() {
  const found = await app.store.findStoredSession(sessionId);
  if (!found) throw new Error("The session is gone");
  return found.session;
}

/** The places of the locks, of writing and of renewing, whether they are there or not. */
async function locks(): Promise<string[]> {
  let [renewing]: string[] = [];
  await store.exclusively(async () => {
    renewing = (await readdir(dirname(path))).find((name) => /\.[0-9a-f]{12}\.lock$/.test(name));
  });
  return [`${path}.lock`, join(dirname(path), renewing ?? "")];
}

function rejectedForGood(): Response {
  const error = { code: -32001, message: "Used", data: { reason: "refresh_token_reused", httpStatus: 401 } };
  return Response.json({ error }, { status: 401 });
}
