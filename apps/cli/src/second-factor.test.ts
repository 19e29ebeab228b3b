import { paperCode } from "@watchword/auth/testing";
import { afterEach, describe, expect, it } from "vitest";
import { deviceKey } from "./testing/second-factor.ts";
import { ada, startTestServer, type TestServer } from "./testing/server.ts";
import { type Machine, startMachine } from "./testing/terminal.ts";

const paper = { kind: paperCode, data: JSON.stringify(["alpha", "beta"]) };
const device = { kind: deviceKey, data: "{}" };
const piped = ["login", "ada", "--password-stdin", "--code-stdin"];
const right = { stdin: `${ada.password}\nalpha\n` };

let server: TestServer;
let machine: Machine;

async function start(...credentials: Parameters<typeof startTestServer>[0] & object) {
  server = await startTestServer(credentials);
  machine = await startMachine(server);
}

afterEach(async () => {
  await machine.remove();
  await server.close();
});

/** A user at a terminal, who types one code after the other. */
function typing(...codes: Array<string | undefined>) {
  const asked: string[] = [];
  return {
    asked,
    prompts: {
      identifier: async () => "ada",
      password: async () => ada.password,
      method: async (methods: readonly string[]) => {
        asked.push(`method of ${methods.join(", ")}`);
        return "paper_code" as string | undefined;
      },
      code: async (method: string) => {
        asked.push(method);
        return codes.shift();
      },
    },
  };
}

const paths = () => server.seen.map(({ path }) => path.replace("/api/trpc/auth.", ""));

describe("a login with a second factor, at a terminal", () => {
  it("asks for the code, and keeps the tokens", async () => {
    await start(paper);
    const { asked, prompts } = typing("alpha");
    const { code, out, err } = await machine.run(["login"], { prompts });
    expect({ code, err, asked }).toEqual({ code: 0, err: "", asked: ["paper_code"] });
    expect(out).toContain(`Logged in at ${server.url} as ada`);
    expect(await machine.tokens()).toEqual({
      accessToken: expect.any(String),
      refreshToken: expect.stringMatching(/^rt1\./),
    });
    expect(await machine.run(["whoami"])).toMatchObject({ code: 0 });
  });

  it("asks again after a wrong code, and says that it was wrong", async () => {
    await start(paper);
    const { asked, prompts } = typing("wrong", "beta");
    const { code, err } = await machine.run(["login"], { prompts });
    expect({ code, err }).toEqual({ code: 0, err: "That code is not right\n" });
    expect(asked).toEqual(["paper_code", "paper_code"]);
  });

  it("gives up after five wrong codes as after a wrong password, and keeps the login there was", async () => {
    await start(paper);
    expect(await machine.run(piped, right)).toMatchObject({ code: 0 });
    const before = await machine.tokens();
    const { asked, prompts } = typing("1", "2", "3", "4", "5", "beta");
    const { code, err } = await machine.run(["login"], { prompts });
    expect(code).toBe(1);
    expect(err).toBe(`${"That code is not right\n".repeat(5)}Next: watchword login\n`);
    expect(asked).toHaveLength(5);
    expect(await machine.tokens()).toEqual(before);
    expect(await machine.run(["whoami"])).toMatchObject({ code: 0 });
  });

  it("does nothing when the user cancels at the code, or at the choice of a method", async () => {
    await start(paper, device);
    const cancelled = { code: 130, out: "", err: "Nothing was done\n" };
    expect(await machine.run(["login"], typing(undefined))).toEqual(cancelled);
    const { prompts } = typing();
    expect(await machine.run(["login"], { prompts: { ...prompts, method: async () => undefined } })).toEqual(cancelled);
    expect(paths()).not.toContain("completeLogin");
    expect(await machine.tokens()).toBeUndefined();
  });

  it("asks for the method where there are several, unless it was given", async () => {
    await start(paper, device);
    const chosen = typing("alpha");
    expect(await machine.run(["login"], chosen)).toMatchObject({ code: 0 });
    expect(chosen.asked).toEqual(["method of device_key, paper_code", "paper_code"]);
    const given = typing("beta");
    expect(await machine.run(["login", "--method", "paper_code"], given)).toMatchObject({ code: 0 });
    expect(given.asked).toEqual(["paper_code"]);
  });

  it("says what helps where a kind cannot be answered at a terminal", async () => {
    await start(device);
    const { asked, prompts } = typing("alpha");
    expect(await machine.run(["login"], { prompts })).toEqual({
      code: 1,
      out: "",
      err: "A terminal cannot ask for that: Device key\nNext: Log in with a browser\n",
    });
    expect(asked).toEqual([]);
  });

  it("says so when the code comes too late", async () => {
    await start(paper);
    const { prompts } = typing();
    const code = async () => {
      server.clock.advance(600_000);
      return "alpha";
    };
    expect(await machine.run(["login"], { prompts: { ...prompts, code } })).toMatchObject({
      code: 1,
      err: "This took too long, or was begun on another device. Start again\nNext: watchword login\n",
    });
  });
});

describe("a login with a second factor, over a pipe", () => {
  it("takes the code from the line after the password, and prints neither", async () => {
    await start(paper);
    const { code, out, err } = await machine.run([...piped, "--json"], right);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(out)).toMatchObject({ user: { username: "ada" }, session: { amr: ["pwd", "otp", "mfa"] } });
    expect(out).not.toContain("alpha");
    expect(out).not.toContain(ada.password);
  });

  it("takes lines as Windows ends them", async () => {
    await start(paper);
    expect(await machine.run(piped, { stdin: `${ada.password}\r\nalpha\r\n` })).toMatchObject({ code: 0 });
  });

  it("ends like a wrong password when the code is wrong, after one try", async () => {
    await start(paper);
    expect(await machine.run(piped, { stdin: `${ada.password}\nwrong\n` })).toEqual({
      code: 1,
      out: "",
      err: "That code is not right\nNext: watchword login\n",
    });
    expect(paths()).toEqual(["login", "beginSecondFactor", "completeLogin"]);
  });

  it.each([
    ["no code", `${ada.password}\n`],
    ["an empty code", `${ada.password}\n\n`],
    ["an empty password", "\nalpha\n"],
  ])("asks the server for nothing with %s in the pipe", async (_, stdin) => {
    await start(paper);
    const { code, err } = await machine.run(piped, { stdin });
    expect([code, err]).toEqual([2, expect.stringContaining("a code on the line after it")]);
    expect(server.seen).toEqual([]);
  });

  it("says how to give the code where it was left out, and the method where there are several", async () => {
    await start(paper, device);
    const password = { stdin: ada.password };
    const noCode = await machine.run(["login", "ada", "--password-stdin", "--method", "paper_code"], password);
    expect([noCode.code, noCode.err]).toEqual([2, expect.stringContaining("--password-stdin --code-stdin")]);
    const noMethod = await machine.run(piped, right);
    expect([noMethod.code, noMethod.err]).toEqual([
      2,
      "This account has several second factors: device_key, paper_code\nNext: Choose one: --method <name>\n",
    ]);
    const unknown = await machine.run([...piped, "--method", "of_tomorrow"], right);
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining("does not use the method of_tomorrow")]);
    expect(await machine.run([...piped, "--method", "paper_code"], right)).toMatchObject({ code: 0 });
  });

  it("takes a code in a pipe only after a password in it", async () => {
    await start(paper);
    const { code, err } = await machine.run(["login", "ada", "--code-stdin"], right);
    expect([code, err]).toEqual([2, expect.stringContaining("--password-stdin --code-stdin")]);
    expect(server.seen).toEqual([]);
  });

  it("takes a code that no account asks for, and logs in without it", async () => {
    await start();
    expect(await machine.run(piped, right)).toMatchObject({ code: 0, err: "" });
    expect(paths()).toEqual(["login"]);
  });
});
