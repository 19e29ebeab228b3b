import { chmod, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { TokenFileError, type TokenFileErrorReason } from "@watchword/auth/token-file";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { explainTokenFile } from "./explain-token-file.ts";
import { startTestServer, type TestServer } from "./testing/server.ts";
import { type Machine, startMachine } from "./testing/terminal.ts";

let server: TestServer;
let machine: Machine;
let path: string;

beforeEach(async () => {
  server = await startTestServer();
  machine = await startMachine(server);
  path = machine.env.tokenFile;
  await machine.login();
});

afterEach(async () => {
  await machine.remove();
  await server.close();
});

describe("a file of logins that cannot be used", () => {
  it.each<[what: string, spoil: () => Promise<void>, said: () => string]>([
    [
      "in a folder that others can write to",
      () => chmod(dirname(path), 0o777),
      () =>
        `Others can change what is in the folder "${dirname(path)}"\n` +
        `Next: Close it to them: chmod go-w "${dirname(path)}"\n`,
    ],
    [
      "that is a symbolic link",
      async () => {
        await rename(path, `${path}.real`);
        await symlink(`${path}.real`, path);
      },
      () =>
        `"${path}" is a symbolic link, which is not followed with tokens in hand\n` +
        "Next: Name the file itself in WATCHWORD_TOKEN_FILE, or remove the link\n",
    ],
    [
      "that is a folder",
      async () => {
        await rm(path);
        await mkdir(path);
      },
      () => `"${path}" is not a file of logins\nNext: Name another file in WATCHWORD_TOKEN_FILE\n`,
    ],
    [
      "that a newer version wrote",
      () => writeFile(path, '{"version":2}'),
      () =>
        "The file of logins was written by a newer version of this command\n" +
        "Next: Update watchword, or name another file in WATCHWORD_TOKEN_FILE\n",
    ],
    [
      "that the system refuses",
      async () => {
        await rm(dirname(path), { recursive: true });
        await writeFile(dirname(path), "a file where the folder should be");
      },
      () =>
        `The file of logins cannot be used (ENOTDIR): "${path}"\n` +
        "Next: See to its folder and the room on the disk, or name another file in WATCHWORD_TOKEN_FILE\n",
    ],
  ])("%s is told with what to do", async (_what, spoil, output) => {
    await spoil();
    expect(await machine.run(["whoami"])).toEqual({ code: 1, out: "", err: output() });
  });

  it("is told in JSON by the command's own two reasons", async () => {
    await chmod(dirname(path), 0o777);
    const { err } = await machine.run(["whoami", "--json"]);
    expect(JSON.parse(err).error).toMatchObject({ reason: "token_file_unsafe", exitCode: 1 });
  });

  it("is told as such when it goes bad in the middle of a renewal, inside of tRPC's own error", async () => {
    server.clock.advance(3_600_000);
    server.intercept = async (request) => {
      if (request.url.endsWith("/auth.refresh")) await chmod(dirname(path), 0o777);
      return undefined;
    };
    expect(await machine.run(["whoami"])).toMatchObject({ code: 1, err: expect.stringContaining("Close it to them") });
    server.intercept = undefined;
    await chmod(dirname(path), 0o700);
    server.clock.advance(3_600_000);
    expect(await machine.run(["whoami"])).toMatchObject({ code: 0, err: "" });
  });
});

describe("explainTokenFile()", () => {
  it.each<[TokenFileErrorReason, string]>([
    ["folder_open_to_others", "token_file_unsafe"],
    ["symbolic_link", "token_file_unsafe"],
    ["not_a_token_file", "token_file_unsafe"],
    ["belongs_to_another_user", "token_file_unsafe"],
    ["newer_version", "token_file_unusable"],
    ["unusable", "token_file_unusable"],
  ])("tells %s as %s, and keeps what caused it", (of, reason) => {
    const error = new TokenFileError(of, "/tokens.json");
    expect(explainTokenFile(error)).toMatchObject({ reason, exitCode: 1, cause: error, next: expect.any(String) });
  });
});
