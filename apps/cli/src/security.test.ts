import { stat } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plainJson, plainText } from "./plain-text.ts";
import { ada, startTestServer, type TestServer } from "./testing/server.ts";
import { type Machine, startMachine } from "./testing/terminal.ts";

let server: TestServer;
let evil: TestServer;
let machine: Machine;

beforeEach(async () => {
  server = await startTestServer();
  evil = await startTestServer();
  machine = await startMachine(server);
});

afterEach(async () => {
  await machine.remove();
  await server.close();
  await evil.close();
});

describe("tokens", () => {
  it("are never sent to another address than the one they are for", async () => {
    await machine.login();
    const { code, err } = await machine.run(["whoami", "--url", evil.url]);
    expect(code).toBe(3);
    expect(err).toContain(`You are not logged in at ${evil.url}, only at ${server.url}`);
    expect(await machine.run(["files", "ls"], { env: { url: evil.url } })).toMatchObject({ code: 3 });
    expect(await machine.run(["logout", "--url", evil.url])).toMatchObject({ code: 0 });
    expect(evil.seen).toEqual([]);
  });

  it("are not carried along by a redirect, neither by a call nor by a refresh, a login, a logout or a download", async () => {
    await machine.login();
    const before = await machine.tokens();
    server.clock.advance(3_600_000);
    server.intercept = (request) =>
      new Response(null, { status: 307, headers: { location: evil.url + new URL(request.url).pathname } });
    for (const line of [["whoami"], ["files", "ls"], ["logout"]]) {
      const { code, err } = await machine.run(line);
      expect(code).toBe(1);
      expect(err).toContain(`${server.url} sends us to ${evil.url}, where nothing was sent`);
    }
    expect(await machine.login()).toMatchObject({ code: 1 });
    server.intercept = (request) =>
      request.url.includes("/auth.refresh")
        ? new Response(null, { status: 308, headers: { location: `${evil.url}/api/trpc/auth.refresh` } })
        : undefined;
    expect(await machine.run(["whoami"])).toMatchObject({ code: 1 });
    expect(evil.seen).toEqual([]);
    expect(await machine.tokens()).toEqual(before);
  });

  it("are rejected a way over which others could read them", async () => {
    const { code, err } = await machine.run(["login", "ada", "--url", "http://watchword.example", "--password-stdin"], {
      stdin: ada.password,
    });
    expect(code).toBe(2);
    expect(err).toContain("Over http anybody on the way");
  });

  it.each([
    "https://ada:secret@watchword.example",
    "ftp://watchword.example",
    "watchword.example",
    "javascript:alert(1)",
  ])("are not for %j", async (url) => {
    const { code, err } = await machine.run(["whoami", "--url", url]);
    expect(code).toBe(2);
    expect(err).not.toContain("secret");
  });

  it("are found under every spelling of the same address", async () => {
    await machine.login();
    expect(await machine.run(["whoami", "--url", `${server.url.replace("http", "HTTP")}//?a=b#c`])).toMatchObject({
      code: 0,
    });
  });

  it("of a login are not sent along with the next login, nor with a logout", async () => {
    await machine.login();
    await machine.login();
    await machine.run(["logout"]);
    expect(server.seen.map(({ authorization }) => authorization)).toEqual([null, null, null, null]);
  });

  it("in a file that belongs to nobody else stay in it: mode 0600 after every change", async () => {
    await machine.login();
    server.clock.advance(3_600_000);
    await machine.run(["whoami"]);
    expect((await stat(machine.env.tokenFile)).mode & 0o777).toBe(0o600);
  });
});

describe("a server that has been taken over", () => {
  const sequences = "\u001b]52;c;ZXZpbA==\u0007\u001b[2J\u009b31m\u202eevil\r\nName      root";

  it("moves no cursor and fills no clipboard by the names it sends", async () => {
    await machine.login();
    const credentials = [{ kind: "passkey", label: sequences, lastUsedAt: null }];
    server.intercept = () => Response.json({ result: { data: { ...meOutput(sequences), credentials } } });
    const { out } = await machine.run(["whoami"], { isTTY: true, env: { color: false } });
    expect(out).toContain("Name      evilName      root\n");
    expect(out).toContain("Ways in   evilName      root, last used never\n");
    expect(out.match(/^Name/gm)).toHaveLength(1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that they are missing is what is shown here
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  it("does so neither by the sentences it rejects with, nor in JSON, where nothing is lost", async () => {
    await machine.login();
    const error = { code: -32000, message: `Go away${sequences}`, data: { reason: "forbidden", httpStatus: 403 } };
    server.intercept = () => Response.json({ error }, { status: 403 });
    expect(await machine.run(["whoami"])).toMatchObject({ code: 1, err: "Go awayevilName      root\n" });
    const { err } = await machine.run(["whoami", "--json"]);
    expect(JSON.parse(err).error.message).toBe(`Go away${sequences}`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that they are missing is what is shown here
    expect(err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

describe("plainText()", () => {
  it.each([
    ["plain", "plain"],
    ["नमस्ते 👋🏽 Zoë", "नमस्ते 👋🏽 Zoë"],
    ["a\u001b[31mb\u001b[0m", "ab"],
    ["a\nb\tc\0", "abc"],
    ["exe.\u202egpj", "exe.gpj"],
    ["\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007", "click"],
    ["\u001b", ""],
  ])("makes %j into %j", (text, plain) => expect(plainText(text)).toBe(plain));

  it("has a JSON sibling that parses back to the same", () => {
    const value = { a: "\u009b1m\u202e\u2028\u001b[0m" };
    expect(JSON.parse(plainJson(value))).toEqual(value);
  });
});

function meOutput(name: string) {
  const at = "2026-01-01T00:00:00.000Z";
  return {
    user: { id: "1", username: "ada", email: "ada@example.com", name, createdAt: at },
    session: { id: "2", createdAt: at, expiresAt: at, rotations: 0 },
    expiresIn: 900,
    refreshExpiresIn: 900,
  };
}
