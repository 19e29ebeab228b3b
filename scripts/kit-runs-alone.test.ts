import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, expect, it } from "vitest";

const auth = fileURLToPath(new URL("../packages/auth", import.meta.url));
/** What no installation of the package brings along, the test runner among it. */
const notInstalled = Object.keys(JSON.parse(readFileSync(join(auth, "package.json"), "utf8")).devDependencies);

const program = `
import { createTestAuth, loginAda, registerAda } from "./src/testing/index.ts";
import { browserCookies } from "./src/testing/playwright/index.ts";
import { checkProxy } from "./src/testing/proxy/index.ts";
import { createMemoryStore, runHistories } from "./src/testing/simulator/index.ts";

const { auth } = createTestAuth();
await registerAda(auth);
const { user } = await loginAda(auth);
const { steps } = await runHistories(1, 1, { openStore: () => createMemoryStore() });
const all = [browserCookies, checkProxy].every((part) => typeof part === "function");
console.log(JSON.stringify({ username: user.username, hasSteps: steps > 0, all }));
`;

const folder = mkdtempSync(join(tmpdir(), "watchword-kit-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("the test kit and the simulator run in a plain Node process, without a test runner or any other development dependency", async () => {
  expect(notInstalled).toContain("vitest");
  const outfile = join(folder, "kit.mjs");
  await build({
    stdin: { contents: program, resolveDir: auth },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    external: notInstalled,
    banner: { js: 'import { createRequire as from } from "node:module"; const require = from(import.meta.url);' },
    logLevel: "silent",
  });
  const { stdout } = await promisify(execFile)(process.execPath, [outfile], { cwd: folder });
  expect(JSON.parse(stdout)).toEqual({ username: "ada", hasSteps: true, all: true });
});
