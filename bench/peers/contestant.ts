import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { seedPassword } from "./clients.ts";
import type { Call, Client, Description, Place } from "./descriptions/description.ts";
import { askOnce, type HttpResponse } from "./load/connection.ts";

/** A running server, with a database of its own. */
export interface Contestant {
  name: string;
  description: Description;
  users: number;
  port: number;
  pid: number;
  databaseFile: string;
  /** From the start of its process to its first answer, in milliseconds. */
  readyAfterMs: number;
  /** The bytes of a request. */
  encode(call: Call, client: Client): Buffer;
  /** Sends one request and keeps what the answer brings. */
  ask(call: Call, client: Client): Promise<HttpResponse>;
  stop(): Promise<void>;
}

export interface StartOptions {
  dataFolder: string;
  users: number;
  behindProxy?: boolean;
}

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Seeds an empty folder and starts the server on it. */
export async function startContestant(description: Description, options: StartOptions): Promise<Contestant> {
  const { name, program, cwd, calls } = description;
  const { users } = options;
  const place: Place = { port: await findFreePort(), folder: join(options.dataFolder, `${name}-${users}`) };
  rmSync(place.folder, { recursive: true, force: true });
  mkdirSync(place.folder, { recursive: true });
  const env = {
    ...process.env,
    NODE_ENV: "production",
    PORT: String(place.port),
    FOLDER: place.folder,
    SEED_USERS: String(users),
    SEED_PASSWORD: seedPassword,
    BCRYPT_COST: "10",
    ...description.env?.(place),
    ...(options.behindProxy ? description.envBehindProxy : {}),
  };
  await seed(description, { place, users, env });
  const logFile = join(place.folder, "server.log");
  const log = openSync(logFile, "a");
  const begin = performance.now();
  const child = spawn(process.execPath, program, { cwd, env, stdio: ["ignore", log, log] });
  closeSync(log);
  running.add(child);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const { port } = place;
  const contestant: Contestant = {
    name,
    description,
    users,
    port,
    pid: child.pid ?? 0,
    databaseFile: join(place.folder, "app.db"),
    readyAfterMs: 0,
    encode: (call, client) => encodeRequest(call, client, port),
    ask: async (call, client) => {
      const answer = await askOnce(port, encodeRequest(call, client, port));
      keepAnswer(contestant, call, { client, answer });
      return answer;
    },
    stop: async () => {
      running.delete(child);
      child.kill("SIGTERM");
      const patience = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(patience);
    },
  };
  const readyCall: Call = { ...calls.me, path: description.readyPath };
  await waitUntilReady(contestant, { readyCall, logFile, hasEnded: () => child.exitCode !== null });
  contestant.readyAfterMs = performance.now() - begin;
  return contestant;
}

interface Seeding {
  place: Place;
  users: number;
  env: NodeJS.ProcessEnv;
}

async function seed({ name, seed: seeding, cwd }: Description, { place, users, env }: Seeding): Promise<void> {
  if (!seeding) return;
  if ("run" in seeding) return seeding.run(place, users);
  const { status, stderr } = spawnSync(process.execPath, seeding.program, { cwd, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${name} could not be seeded: ${stderr.slice(-1_000)}`);
}

function findFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });
}

interface Readiness {
  readyCall: Call;
  logFile: string;
  hasEnded: () => boolean;
}

async function waitUntilReady({ name, port }: Contestant, { readyCall, logFile, hasEnded }: Readiness): Promise<void> {
  const nobody: Client = { email: "", password: "", accessToken: "none", refreshToken: "", cookies: new Map() };
  const bytes = encodeRequest({ method: "GET", path: readyCall.path }, nobody, port);
  for (let attempt = 0; attempt < 3_000 && !hasEnded(); attempt += 1) {
    const status = await askOnce(port, bytes).then(
      (answer) => answer.status,
      () => 500,
    );
    if (status < 500) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${name} did not start: ${readFileSync(logFile, "utf8").slice(-1_000)}`);
}

function encodeRequest({ method, path, headers, body }: Call, client: Client, port: number): Buffer {
  const text = body?.(client);
  const all: Record<string, string | undefined> = {
    host: `127.0.0.1:${port}`,
    "content-type": text === undefined ? undefined : "application/json",
    "content-length": text === undefined ? undefined : String(Buffer.byteLength(text)),
    "x-forwarded-for": client.forwardedFor,
    ...headers?.(client),
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value ? `${name}: ${value}` : []));
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${text ?? ""}`);
}

/** Why an answer is not the right one; undefined for the right one. */
export function problemWith(call: Call, client: Client, { status, body }: HttpResponse): string | undefined {
  if (status !== (call.status ?? 200)) return `answered ${status}: ${body.toString().slice(0, 300)}`;
  const expected = call.expect?.(client);
  if (expected === undefined) return undefined;
  let at = -1;
  for (let found = 0; found < (call.times ?? 1); found += 1) {
    at = body.indexOf(expected, at + 1);
    if (at === -1) return `answered without "${expected}": ${body.toString().slice(0, 300)}`;
  }
  return undefined;
}

/** @throws when the answer is not the right one */
export function keepAnswer(
  contestant: Contestant,
  call: Call,
  { client, answer }: { client: Client; answer: HttpResponse },
): void {
  const problem = problemWith(call, client, answer);
  if (problem !== undefined) throw new Error(`${contestant.name}: ${call.method} ${call.path} ${problem}`);
  call.keep?.(client, answer);
}
