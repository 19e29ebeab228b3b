import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { localSecret } from "./local-secret.ts";

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
  const script = `import { localSecret } from ${JSON.stringify(join(import.meta.dirname, "local-secret.ts"))};
    process.stdout.write(localSecret(${JSON.stringify(folder)}));`;
  const run = promisify(execFile);
  const options = { cwd: import.meta.dirname };
  const started = Array.from({ length: 6 }, () =>
    run(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], options),
  );
  const secrets = (await Promise.all(started)).map(({ stdout }) => stdout);
  expect(new Set(secrets).size).toBe(1);
  expect(secrets[0]).toHaveLength(64);
  expect(readdirSync(folder)).toEqual(["auth-secret"]);
});
