import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, inject, it } from "vitest";
import { localSecret } from "./local-secret.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The bundle of each `*.child.ts`, by its path: `scripts/child-programs.mjs`. */
    childPrograms: Record<string, string>;
  }
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watchword-secret-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("localSecret() draws at least 32 bytes, and another one for another folder", () => {
  const [one, two] = [localSecret(join(folder, "a")), localSecret(join(folder, "b"))];
  expect(Buffer.from(one, "base64url").length).toBeGreaterThanOrEqual(32);
  expect(one).not.toBe(two);
});

it("localSecret() gives one secret to many processes that start at once", async () => {
  const script = inject("childPrograms")[join(import.meta.dirname, "local-secret.child.ts")] ?? "";
  const run = promisify(execFile);
  const started = Array.from({ length: 6 }, () => run(process.execPath, [script, folder]));
  const secrets = (await Promise.all(started)).map(({ stdout }) => stdout);
  expect(new Set(secrets).size).toBe(1);
  expect(secrets[0]).toHaveLength(64);
  expect(readdirSync(folder)).toEqual(["auth-secret"]);
});
