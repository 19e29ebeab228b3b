import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { completed } from "@watchword/auth/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ada, startTestServer, type TestServer } from "./testing/server.ts";
import { type Machine, startMachine } from "./testing/terminal.ts";

let server: TestServer;
let machine: Machine;

beforeEach(async () => {
  server = await startTestServer();
  machine = await startMachine(server);
});

afterEach(async () => {
  await machine.remove();
  await server.close();
});

describe("login", () => {
  it("keeps the tokens, and says who is logged in where", async () => {
    const { code, out, err } = await machine.login();
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(`Logged in at ${server.url} as ada`);
    expect((await stat(machine.env.tokenFile)).mode & 0o777).toBe(0o600);
    expect(await machine.tokens()).toEqual({
      accessToken: expect.any(String),
      refreshToken: expect.stringMatching(/^rt1\./),
    });
  });

  it("asks a person for what was not given", async () => {
    const prompts = { identifier: async () => "ADA@example.com", password: async () => ada.password };
    expect(await machine.run(["login"], { prompts })).toMatchObject({ code: 0 });
  });

  it("does nothing when the person gives up", async () => {
    const prompts = { identifier: async () => "ada", password: async () => undefined };
    expect(await machine.run(["login"], { prompts })).toMatchObject({ code: 130, err: "Nothing was done\n" });
    expect(server.seen).toEqual([]);
  });

  it("asks nobody where nobody sits, and says how to give the password", async () => {
    const { code, err } = await machine.run(["login", "ada"]);
    expect(code).toBe(2);
    expect(err).toContain("--password-stdin");
  });

  it("takes no password from an argument", async () => {
    expect(await machine.run(["login", "ada", "--password", ada.password])).toMatchObject({ code: 2 });
    expect(server.seen).toEqual([]);
  });

  it.each([
    ["", "No password came"],
    ["\n", "No password came"],
  ])("rejects %j for a password before it asks the server", async (stdin, sentence) => {
    const { code, err } = await machine.run(["login", "ada", "--password-stdin"], { stdin });
    expect(code).toBe(2);
    expect(err).toContain(sentence);
    expect(server.seen).toEqual([]);
  });

  it("keeps the login there was when the password is wrong", async () => {
    await machine.login();
    const before = await machine.tokens();
    const { code, err } = await machine.run(["login", "ada", "--password-stdin"], { stdin: "wrong" });
    expect({ code, err }).toEqual({
      code: 1,
      err: "That username or password is not right\nNext: watchword login\n",
    });
    expect(await machine.tokens()).toEqual(before);
    expect(await machine.run(["whoami"])).toMatchObject({ code: 0 });
  });

  it("leaves no orphan: logging in again ends the session that is replaced", async () => {
    await machine.login();
    const first = await machine.tokens();
    const { code, err } = await machine.login();
    expect({ code, err }).toEqual({ code: 0, err: "Your earlier session here was ended\n" });
    expect(await machine.tokens()).not.toEqual(first);
    await expect(server.auth.verify(first?.accessToken ?? "")).rejects.toMatchObject({ reason: "session_revoked" });
    expect(await machine.run(["whoami"])).toMatchObject({ code: 0 });
  });

  it("makes no session, and reads no password, where its tokens cannot be kept", async () => {
    const notFolder = join(machine.folder, "file");
    await writeFile(notFolder, "");
    const env = { tokenFile: join(notFolder, "tokens.json") };
    const { code, err } = await machine.run(["login", "ada", "--password-stdin"], { stdin: "", env });
    expect(code).toBe(1);
    expect(err).toContain("The file of logins cannot be used");
    expect(server.seen).toEqual([]);
  });

  it("leaves no orphan: a session whose tokens cannot be kept after all is ended again", async () => {
    await machine.login();
    server.seen.length = 0;
    server.intercept = async (request) => {
      if (request.url.endsWith("/auth.login")) await chmod(dirname(machine.env.tokenFile), 0o777);
      return undefined;
    };
    expect(await machine.login()).toMatchObject({ code: 1, err: expect.stringContaining("Others can change") });
    expect(server.seen.map(({ path }) => path)).toEqual(["/api/trpc/auth.login", "/api/trpc/auth.logout"]);
  });

  it("says that an account is disabled without speaking of a logout", async () => {
    const { user } = await completed(
      server.auth.login({
        identifier: "ada",
        password: ada.password,
        delivery: "body",
        rememberMe: true,
        userAgent: null,
        ipAddress: null,
      }),
    );
    await server.auth.admin.disable({ actor: null, userId: user.id });
    expect(await machine.login()).toMatchObject({ code: 1, err: "This account has been disabled\n" });
  });

  it("never prints a token, also in JSON", async () => {
    const login = await machine.run(["login", "ada", "--password-stdin", "--json"], { stdin: ada.password });
    const whoami = await machine.run(["whoami", "--json"]);
    const tokens = await machine.tokens();
    const sentence = [login, whoami].map(({ out, err }) => out + err).join();
    expect(JSON.parse(login.out)).toMatchObject({ server: server.url, user: { username: "ada" } });
    expect(sentence).not.toContain(tokens?.accessToken);
    expect(sentence).not.toContain(tokens?.refreshToken);
    expect(sentence).not.toContain(ada.password);
  });
});

describe("whoami", () => {
  it("says who is logged in, one fact a line", async () => {
    await machine.login();
    const { code, out } = await machine.run(["whoami"]);
    expect(code).toBe(0);
    expect(out.split("\n").slice(0, 5)).toEqual([
      "User      ada",
      "Name      Ada Lovelace",
      "Email     ada@example.com",
      expect.stringMatching(/^Ways in {3}Password, last used today, \d\d:\d\d$/),
      `Server    ${server.url}`,
    ]);
  });

  it("exits with 3 and names the next step when nobody is logged in", async () => {
    expect(await machine.run(["whoami"])).toEqual({
      code: 3,
      out: "",
      err: `You are not logged in at ${server.url}\nNext: watchword login --url ${server.url}\n`,
    });
    expect(server.seen).toEqual([]);
  });

  it("tells the server what it is, for the list of sessions", async () => {
    await machine.login();
    expect(server.seen[0]?.userAgent).toMatch(/^watchword\/\d+\.\d+\.\d+ \(\w+\)$/);
  });
});

describe("logout", () => {
  it("ends the session on the server and removes the file", async () => {
    await machine.login();
    const tokens = await machine.tokens();
    expect(await machine.run(["logout"])).toEqual({ code: 0, out: `Logged out at ${server.url}\n`, err: "" });
    await expect(readFile(machine.env.tokenFile)).rejects.toMatchObject({ code: "ENOENT" });
    await expect(server.auth.verify(tokens?.accessToken ?? "")).rejects.toMatchObject({ reason: "session_revoked" });
  });

  it("ends the session also when the access token has expired", async () => {
    await machine.login();
    const tokens = await machine.tokens();
    server.clock.advance(3_600_000);
    expect(await machine.run(["logout"])).toMatchObject({ code: 0 });
    const refreshing = server.auth.refresh({ refreshToken: tokens?.refreshToken ?? "", delivery: "body" });
    await expect(refreshing).rejects.toMatchObject({ reason: "session_revoked" });
  });

  it("says so and keeps the tokens when the server cannot be reached", async () => {
    await machine.login();
    const before = await machine.tokens();
    await server.close();
    const { code, out, err } = await machine.run(["logout"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("You are still logged in, and your login is kept");
    expect(err).toContain("watchword logout --local");
    expect(await machine.tokens()).toEqual(before);
    expect(await machine.run(["logout", "--local"])).toMatchObject({ code: 0 });
    expect(await machine.tokens()).toBeUndefined();
    server = await startTestServer();
  });

  it("is done when nobody was logged in", async () => {
    expect(await machine.run(["logout"])).toEqual({
      code: 0,
      out: `You were not logged in at ${server.url}\n`,
      err: "",
    });
  });
});
