import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { IssuedTokens } from "@watchword/auth/core";
import {
  createFakeClock,
  createTestAuth,
  loginAda,
  registerAda,
  type TestAuth,
  testSecret,
} from "@watchword/auth/testing";
import { createSqliteAuthStore, openSqlite } from "@watchword/db/sqlite";
import { inject, onTestFinished } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The bundle of each `*.child.ts`, by its path: `scripts/child-programs.mjs`. */
    childPrograms: Record<string, string>;
  }
}

/** The app in a process of its own, and the same rules beside it on the same database: logins are made without a hash. */
export interface AppProcess {
  child: ChildProcess;
  url: string;
  port: number;
  /** The code or the signal that it ended with. */
  ended: Promise<number | NodeJS.Signals | null>;
}

export interface AppFolder extends TestAuth {
  /** The database; uploads lie in a folder beside it. */
  file: string;
  start(options?: { env?: Record<string, string>; openFiles?: number }): Promise<AppProcess>;
  /** One more session of Ada's. */
  login(): Promise<IssuedTokens>;
}

const web = fileURLToPath(new URL("../../..", import.meta.url));
const program = fileURLToPath(new URL("../../boot/serve-app.child.ts", import.meta.url));
const appUrl = "http://localhost:3000";

export async function createAppFolder(): Promise<AppFolder> {
  const folder = mkdtempSync(join(tmpdir(), "watchword-process-"));
  const file = join(folder, "watchword.db");
  const env = {
    APP_URL: appUrl,
    DATABASE_URL: `file:${file}`,
    AUTH_SECRET: testSecret,
    BCRYPT_COST: "4",
    UPLOAD_DIR: join(folder, "uploads"),
  };
  const first = await startProcess(env);
  first.child.kill("SIGKILL");
  await first.ended;
  const connection = openSqlite({ file });
  onTestFinished(() => {
    connection.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const clock = createFakeClock();
  clock.set(Date.now());
  const test = createTestAuth({ store: createSqliteAuthStore(connection), issuer: appUrl, clock, seed: folder });
  await registerAda(test.auth);
  return {
    ...test,
    file,
    start: ({ env: more = {}, openFiles } = {}) => startProcess({ ...env, ...more }, openFiles),
    login: () => loginAda(test.auth),
  };
}

async function startProcess(env: Record<string, string>, openFiles?: number): Promise<AppProcess> {
  const bundle = inject("childPrograms")[program] ?? "";
  const limited = ["-c", `ulimit -n ${openFiles}; exec "$0" "$@"`, process.execPath, bundle];
  const [command, args]: [string, string[]] =
    openFiles === undefined ? [process.execPath, [bundle]] : ["/bin/sh", limited];
  const child: ChildProcess = spawn(command, args, {
    cwd: web,
    env: { NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once("exit", (code, signal) => resolve(code ?? signal));
  });
  const { port } = await new Promise<{ port: number }>((resolve, reject) => {
    child.once("message", (message) => resolve(message as { port: number }));
    void ended.then((how) => reject(new Error(`The app ended before it was up: ${how}`)));
  });
  return { child, port, url: `http://127.0.0.1:${port}`, ended };
}

/** Calls a procedure: `data` of its answer, or why it was rejected. */
export async function call(
  { url }: Pick<AppProcess, "url">,
  path: string,
  { input, token }: { input?: unknown; token?: string } = {},
): Promise<{ status: number; data?: Record<string, never>; reason?: string }> {
  const headers = { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const init = input === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(input) };
  const response = await fetch(`${url}/api/trpc/${path}`, init);
  const { result, error } = (await response.json()) as {
    result?: { data: Record<string, never> };
    error?: { data: { reason: string } };
  };
  return {
    status: response.status,
    ...(result ? { data: result.data } : {}),
    ...(error ? { reason: error.data.reason } : {}),
  };
}
