import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readEnv } from "./env.ts";
import { type Machine, startMachine } from "./testing/terminal.ts";

let machine: Machine;

beforeEach(async () => {
  machine = await startMachine({ url: "http://localhost:1" });
});

afterEach(() => machine.remove());

describe("run()", () => {
  it("tells its exit codes and its environment in --help", async () => {
    const { code, out, err } = await machine.run(["--help"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    for (const text of [
      "login",
      "whoami",
      "logout",
      "files",
      "WATCHWORD_URL",
      "WATCHWORD_TOKEN_FILE",
      "NO_COLOR",
      "3  not",
      "130, 143, 129  stopped",
    ]) {
      expect(out).toContain(text);
    }
  });

  it("shows what holds everywhere in the help of each command", async () => {
    const { out } = await machine.run(["files", "get", "--help"]);
    expect(out).toContain("--json");
    expect(out).toContain("--url");
  });

  it("says its version", async () => {
    expect(await machine.run(["--version"])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  it.each([
    [[], "Usage: watchword [options] [command]"],
    [["files"], "Usage: watchword files [options] [command]"],
  ])(
    "shows the help on stderr where %j names no command, and exits with 2 for scripts that forgot it",
    async (line, usage) => {
      const { code, out, err } = await machine.run(line);
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err.slice(0, usage.length)).toBe(usage);
      expect(err).toContain("--json");
      const asJson = await machine.run([...line, "--json"]);
      expect(asJson).toMatchObject({ code: 2, out: "" });
      expect(JSON.parse(asJson.err)).toMatchObject({ error: { reason: "usage", exitCode: 2 } });
    },
  );

  it.each([[["nonsense"]], [["files", "put"]], [["whoami", "--nonsense"]], [["whoami", "extra"]]])(
    "exits with 2 and a next step on %j",
    async (line) => {
      const { code, out, err } = await machine.run(line);
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).toContain("Next: ");
    },
  );

  it("rejects a line that it does not know in JSON where JSON was asked for", async () => {
    const { err } = await machine.run(["whoami", "--nonsense", "--json"]);
    expect(JSON.parse(err)).toMatchObject({ error: { reason: "usage", exitCode: 2 } });
  });

  it("colours only what a terminal shows that wants colours", async () => {
    const colored = "\u001b[31m";
    expect((await machine.run(["whoami"], { isTTY: true })).err).toContain(colored);
    expect((await machine.run(["whoami"])).err).not.toContain(colored);
    expect((await machine.run(["whoami"], { isTTY: true, env: { color: false } })).err).not.toContain(colored);
    expect((await machine.run(["whoami", "--json"], { isTTY: true })).err).not.toContain(colored);
  });
});

describe("without a home folder", () => {
  const env = { tokenFile: undefined };

  it("the command says what is missing, and exits with 1", async () => {
    expect(await machine.run(["whoami"], { env })).toEqual({
      code: 1,
      out: "",
      err: "There is no home folder to keep a login in\nNext: Set HOME to a whole path, or name a file in WATCHWORD_TOKEN_FILE\n",
    });
  });

  it("the help needs none", async () =>
    expect(await machine.run(["--help"], { env })).toMatchObject({ code: 0, err: "" }));

  it.each(["", "relative", "./here"])("a home of %j is none: nothing is kept in whatever folder one is in", (home) => {
    expect(readEnv({}, home).tokenFile).toBeUndefined();
    expect(readEnv({ XDG_CONFIG_HOME: "/xdg" }, home).tokenFile).toBe("/xdg/watchword/tokens.json");
    expect(readEnv({ WATCHWORD_TOKEN_FILE: "/tmp/t" }, home).tokenFile).toBe("/tmp/t");
  });
});

describe("readEnv()", () => {
  it("has a default for everything", () => {
    expect(readEnv({}, "/home/ada")).toEqual({
      url: "http://localhost:3000",
      tokenFile: "/home/ada/.config/watchword/tokens.json",
      allowHttp: false,
      color: true,
    });
  });

  it.each([
    [{ XDG_CONFIG_HOME: "/xdg" }, { tokenFile: "/xdg/watchword/tokens.json" }],
    [{ XDG_CONFIG_HOME: "relative" }, { tokenFile: "/home/ada/.config/watchword/tokens.json" }],
    [{ WATCHWORD_TOKEN_FILE: "/tmp/t", XDG_CONFIG_HOME: "/xdg" }, { tokenFile: "/tmp/t" }],
    [{ WATCHWORD_URL: "https://a.example" }, { url: "https://a.example" }],
    [{ WATCHWORD_URL: "" }, { url: "http://localhost:3000" }],
    [{ NO_COLOR: "1" }, { color: false }],
    [{ NO_COLOR: "" }, { color: true }],
    [{ TERM: "dumb" }, { color: false }],
    [{ WATCHWORD_ALLOW_HTTP: "1" }, { allowHttp: true }],
  ])("reads %j", (environment, expected) => {
    expect(readEnv(environment, "/home/ada")).toMatchObject(expected);
  });
});
