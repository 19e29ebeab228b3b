import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "./fixtures.ts";
import { e2eServer } from "./server.ts";

const command = fileURLToPath(new URL("../apps/cli/bin/watchword.mjs", import.meta.url));

/** The built command, with a home of its own, against the built app. */
function terminal() {
  const folder = mkdtempSync(join(tmpdir(), "watchword-cli-"));
  const tokenFile = join(folder, "config", "tokens.json");
  const { FORCE_COLOR: _, ...inherited } = process.env;
  const env = { ...inherited, WATCHWORD_URL: e2eServer.url, WATCHWORD_TOKEN_FILE: tokenFile, NO_COLOR: "1" };
  const run = (args: string[], input = "") =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const child = execFile(process.execPath, [command, ...args], { cwd: folder, env }, (error, out, err) =>
        resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err }),
      );
      child.stdin?.end(input);
    });
  return { folder, tokenFile, run };
}

test("a terminal logs in, keeps files and logs out", async ({ person }) => {
  const { folder, tokenFile, run } = terminal();
  expect(await run(["login", person.email, "--password-stdin"], `${person.password}\n`)).toMatchObject({ code: 0 });
  expect(statSync(tokenFile).mode & 0o777).toBe(0o600);
  expect((await run(["whoami"])).out).toContain(person.name);
  writeFileSync(join(folder, "übung.txt"), "streamed");
  expect(await run(["files", "put", "übung.txt"])).toMatchObject({ code: 0 });
  expect((await run(["files", "ls"])).out).toContain("übung.txt");
  expect(await run(["files", "get", "übung.txt", "-o", "copy.txt"])).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, "copy.txt"), "utf8")).toBe("streamed");
  expect(await run(["files", "rm", "übung.txt"])).toMatchObject({ code: 0 });
  expect((await run(["files", "ls"])).out).not.toContain("übung.txt");
  expect(await run(["logout"])).toMatchObject({ code: 0 });
  expect(await run(["whoami"])).toMatchObject({ code: 3 });
});

test("a terminal whose access token is no longer taken goes on without a word", async ({ person }) => {
  const { tokenFile, run } = terminal();
  await run(["login", person.username, "--password-stdin"], person.password);
  const before = readFileSync(tokenFile, "utf8");
  // The file as it is after the server's signing key was replaced. (That a token runs out is tested in apps/cli.)
  writeFileSync(tokenFile, before.replace(/(?<="accessToken":\s*")[^"]+/, signedByAnother));
  const { code, out, err } = await run(["whoami"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toContain(person.name);
  expect(readFileSync(tokenFile, "utf8")).not.toBe(before);
});

/** The same token with a signature that the server's key did not make. */
function signedByAnother(token: string): string {
  const [header, payload] = token.split(".");
  return `${header}.${payload}.${"A".repeat(43)}`;
}

test("a wrong password says so on the error stream, and keeps nothing", async ({ person }) => {
  const { run } = terminal();
  const { code, out, err } = await run(["login", person.username, "--password-stdin"], "not the right one");
  expect(code).toBe(1);
  expect(out).toBe("");
  expect(err).toContain("not right");
  expect(await run(["whoami"])).toMatchObject({ code: 3 });
});
