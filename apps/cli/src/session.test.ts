import { readFile, writeFile } from "node:fs/promises";
import { openTokenFile, type TokenFile } from "@watchword/auth/token-file";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect } from "./connection.ts";
import { ada, startTestServer, type TestServer } from "./testing/server.ts";
import { type Machine, startMachine } from "./testing/terminal.ts";

const anHour = 3_600_000;

let server: TestServer;
let machine: Machine;

beforeEach(async () => {
  server = await startTestServer();
  machine = await startMachine(server);
  await machine.login();
});

afterEach(async () => {
  await machine.remove();
  await server.close();
});

const refreshes = () => server.seen.filter(({ path }) => path === "/api/trpc/auth.refresh").length;
const sessionOf = async () => (await server.auth.verify((await machine.tokens())?.accessToken ?? "")).session;

/** Refreshes with what is in the file, as a copy of it elsewhere would. */
async function refreshElsewhere(refreshToken: string | undefined) {
  return (await server.auth.refresh({ refreshToken: refreshToken ?? "", delivery: "body" })).refreshToken;
}

describe("silent refresh", () => {
  it("renews an access token that has expired, keeps the new pair, and says nothing of it", async () => {
    const before = await machine.tokens();
    server.clock.advance(anHour);
    expect(await machine.run(["whoami"])).toMatchObject({ code: 0, err: "" });
    const after = await machine.tokens();
    expect(after?.accessToken).not.toBe(before?.accessToken);
    expect(after?.refreshToken).not.toBe(before?.refreshToken);
    expect(refreshes()).toBe(1);
    expect(await machine.run(["whoami"])).toMatchObject({ code: 0, err: "" });
    expect(refreshes()).toBe(1);
  });

  it("keeps a login for as long as it is used, a command a day", async () => {
    for (let day = 0; day < 20; day += 1) {
      server.clock.advance(24 * anHour);
      expect(await machine.run(["whoami"])).toMatchObject({ code: 0, err: "" });
    }
  });

  it("makes one request for many commands at once", async () => {
    server.clock.advance(anHour);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => machine.run(["whoami"])));
    expect(outcomes.map(({ code, err }) => ({ code, err }))).toEqual(outcomes.map(() => ({ code: 0, err: "" })));
    expect(refreshes()).toBe(1);
  });

  it("does not need its lock: two that renew at once both succeed, and the pair that is kept works", async () => {
    server.clock.advance(anHour);
    const tokenFile = openTokenFile({ path: machine.env.tokenFile, warn: () => undefined });
    const unlocked: TokenFile = {
      ...tokenFile,
      of: (url) => ({ ...tokenFile.of(url), exclusively: (work) => work() }),
    };
    const connections = [0, 1, 2].map(() => connect({ url: server.url, tokenFile: unlocked }));
    await Promise.all(connections.map(({ loggedIn, api }) => loggedIn(() => api.auth.me.query())));
    expect(refreshes()).toBeGreaterThan(1);
    server.clock.advance(anHour);
    expect(await machine.run(["whoami"])).toMatchObject({ code: 0 });
  });

  it("loses nothing with a reply that is lost: the next command gets the session on", async () => {
    server.clock.advance(anHour);
    server.intercept = async (request) => {
      if (!request.url.endsWith("/auth.refresh")) return undefined;
      const { refreshToken } = (await request.json()) as { refreshToken: string };
      await refreshElsewhere(refreshToken);
      return new Response("<h1>502 Bad Gateway</h1>", { status: 502 });
    };
    expect(await machine.run(["whoami"])).toMatchObject({ code: 1 });
    server.intercept = undefined;
    server.clock.advance(48 * anHour);
    expect(await machine.run(["whoami"])).toMatchObject({ code: 0, err: "" });
  });

  it("asks a server that is busy once more", async () => {
    server.clock.advance(anHour);
    let busy = 1;
    server.intercept = (request) => {
      if (!request.url.endsWith("/auth.refresh") || busy-- <= 0) return undefined;
      return rejection(503, "temporarily_unavailable", "We cannot do this just now");
    };
    expect(await machine.run(["whoami"])).toMatchObject({ code: 0 });
    // As long as the server asked for, and a little by chance.
    expect(machine.pauses).toEqual([expect.any(Number)]);
    expect(machine.pauses[0]).toBeLessThan(8_000);
  });

  it("gets over an access token that the server no longer knows, as after a change of its secret", async () => {
    const logins = JSON.parse(await readFile(machine.env.tokenFile, "utf8"));
    logins.servers[server.url].accessToken = "e30.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    await writeFile(machine.env.tokenFile, JSON.stringify(logins));
    expect(await machine.run(["whoami"])).toMatchObject({ code: 0, err: "" });
    expect(refreshes()).toBe(1);
  });
});

describe("a passing failure", () => {
  it("keeps the tokens when nothing answers, and says what to do", async () => {
    const before = await machine.tokens();
    await server.close();
    const { code, out, err } = await machine.run(["whoami"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toBe(
      `There is no answer from ${server.url} (nothing listens there)\nYour login is kept\n` +
        "Next: Check the connection and the address (--url or WATCHWORD_URL), then try again\n",
    );
    expect(await machine.tokens()).toEqual(before);
    server = await startTestServer();
  });

  it.each([
    [
      "503",
      () => rejection(503, "temporarily_unavailable", "We cannot do this just now"),
      "We cannot do this just now",
    ],
    ["429", () => rejection(429, "rate_limited", "Too many tries"), "Too many tries\nYour login is kept"],
    ["500", () => rejection(500, "internal_error", "Something went wrong on our side"), "Something went wrong"],
    ["a proxy's page", () => new Response("<h1>502</h1>", { status: 502 }), "is not from Watchword"],
    ["another program's JSON", () => Response.json({ ok: true }), "is not from Watchword"],
    [
      "a 401 that is not ours",
      () => Response.json({ error: "unauthorized" }, { status: 401 }),
      "is not from Watchword",
    ],
  ])("keeps the tokens after %s, in a call and in a refresh", async (_what, output, sentence) => {
    const before = await machine.tokens();
    server.intercept = output;
    const calling = await machine.run(["whoami"]);
    expect(calling).toMatchObject({ code: 1, err: expect.stringContaining(sentence) });
    expect(await machine.tokens()).toEqual(before);

    server.clock.advance(anHour);
    server.intercept = (request) => (request.url.endsWith("/auth.refresh") ? output() : undefined);
    expect(await machine.run(["whoami"])).toMatchObject({ code: 1, err: expect.stringContaining(sentence) });
    expect(await machine.tokens()).toEqual(before);

    server.intercept = undefined;
    expect(await machine.run(["whoami"])).toMatchObject({ code: 0 });
  });
});

describe("a rate limit", () => {
  it("is told with how long to wait", async () => {
    server.intercept = () => rejection(429, "rate_limited", "Too many tries");
    expect(await machine.run(["whoami"])).toMatchObject({ err: expect.stringContaining("Next: Wait 7 s, then") });
  });
});

describe("a session that is over", () => {
  it.each([
    ["while its access token is good", 0],
    ["when it is to be renewed", anHour],
  ])("is said to be, and forgotten, %s", async (_when, later) => {
    await server.auth.logout({ refreshToken: (await machine.tokens())?.refreshToken, accessToken: undefined });
    server.clock.advance(later);
    expect(await machine.run(["files", "ls"])).toEqual({
      code: 3,
      out: "",
      err: `You were logged out: this session was ended elsewhere\nNext: watchword login --url ${server.url}\n`,
    });
    expect(await machine.tokens()).toBeUndefined();
    expect(await machine.run(["whoami"])).toMatchObject({ code: 3, err: expect.stringContaining("not logged in") });
  });

  it("says that it expired after a month", async () => {
    server.clock.advance(31 * 24 * anHour);
    const { code, err } = await machine.run(["whoami"]);
    expect({ code, err: err.split("\n")[0] }).toEqual({ code: 3, err: "You were logged out: your login has run out" });
  });

  it("says that its key was used twice, and advises a new password", async () => {
    const copied = (await machine.tokens())?.refreshToken;
    await refreshElsewhere(await refreshElsewhere(copied));
    server.clock.advance(anHour);
    const { code, err } = await machine.run(["whoami"]);
    expect(code).toBe(3);
    expect(err).toContain("You were logged out: this session's key was used twice");
    expect(err).toContain("change your password");
  });

  it("says whom to ask when the account is disabled", async () => {
    await server.auth.admin.disable({ actor: null, userId: (await sessionOf()).userId });
    const { code, err } = await machine.run(["whoami"]);
    expect(code).toBe(3);
    expect(err).toContain(`Next: Ask whoever runs ${server.url}`);
  });

  it("says it in JSON too, with the server's reason", async () => {
    await server.auth.logout({ refreshToken: (await machine.tokens())?.refreshToken, accessToken: undefined });
    const { out, err } = await machine.run(["whoami", "--json"]);
    expect(out).toBe("");
    expect(JSON.parse(err)).toEqual({
      error: {
        reason: "session_revoked",
        message: "You were logged out: this session was ended elsewhere",
        next: `watchword login --url ${server.url}`,
        exitCode: 3,
      },
    });
  });

  it("does not take along a new login that another command has made meanwhile", async () => {
    await server.auth.logout({ refreshToken: (await machine.tokens())?.refreshToken, accessToken: undefined });
    server.intercept = async (request) => {
      if (!request.url.includes("/auth.me")) return undefined;
      server.intercept = undefined;
      await machine.login();
      return undefined;
    };
    // The call that was refused under the older login runs again under the newer one: it is the same user's.
    expect(await machine.run(["whoami"])).toMatchObject({ code: 0, out: expect.stringContaining(ada.username) });
    expect(await machine.run(["whoami"])).toMatchObject({ code: 0 });
  });
});

/** What the server says when it refuses, in tRPC's words. */
function rejection(status: number, reason: string, message: string): Response {
  const error = { code: -32000, message, data: { reason, httpStatus: status } };
  return Response.json({ error }, { status, headers: { "retry-after": "7" } });
}
