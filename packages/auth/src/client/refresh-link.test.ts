import { describe, expect, it } from "vitest";
import { createHold } from "../testing/hold.ts";
import { ada, loginAda } from "../testing/test-auth.ts";
import { refusalOf, startClient } from "../testing/test-client.ts";
import { createMemoryTokenStore } from "./token-store.ts";

const second = 1000;

describe("refreshLink() while the access token is good", () => {
  it("sends once and refreshes never", async () => {
    const { client, wire } = await startClient();
    expect(await client.app.mine.query()).toBe("ada");
    expect(wire.calls).toEqual(["app.mine"]);
  });

  it("keeps the answers in the order of the calls, with their inputs", async () => {
    const { client } = await startClient();
    const texts = Array.from({ length: 30 }, (_, at) => `text ${at}`);
    expect(await Promise.all(texts.map((text) => client.app.echo.query({ text })))).toEqual(texts);
  });
});

describe("refreshLink() when the access token has run out", () => {
  it("refreshes once for 50 calls at once, and runs each of them again exactly once", async () => {
    const started = await startClient();
    const { client, wire, app } = started;
    started.expire();
    const texts = Array.from({ length: 50 }, (_, at) => `text ${at}`);
    expect(await Promise.all(texts.map((text) => client.app.echo.query({ text })))).toEqual(texts);
    expect(wire.count("auth.refresh")).toBe(1);
    expect(wire.count("app.echo")).toBe(100);
    expect(app.events.filter((event) => event.type === "session_refreshed")).toMatchObject([{ how: "rotated" }]);
  });

  it("runs only those calls of a batch again that were refused", async () => {
    const started = await startClient();
    const { client, wire } = started;
    started.expire();
    const answers = await Promise.all([
      client.app.open.query(),
      client.app.mine.query(),
      client.app.open.query(),
      client.app.echo.query({ text: "x" }),
    ]);
    expect(answers).toEqual(["open", "ada", "open", "x"]);
    expect([
      wire.count("app.open"),
      wire.count("app.mine"),
      wire.count("app.echo"),
      wire.count("auth.refresh"),
    ]).toEqual([2, 2, 2, 1]);
  });

  it("runs mutations again, too: they were refused before they ran", async () => {
    const started = await startClient();
    started.expire();
    expect(
      await Promise.all([started.client.app.add.mutate({ text: "a" }), started.client.app.add.mutate({ text: "b" })]),
    ).toEqual(["a", "b"]);
    expect(started.wire.count("auth.refresh")).toBe(1);
  });

  it("does not refresh again for a call that was refused under the older pair", async () => {
    const started = await startClient();
    const { client, wire } = started;
    started.expire();
    const hold = createHold();
    const held = hold.next("app.mine");
    wire.between = async (request, send) => {
      const response = await send();
      if (request.url.includes("app.mine")) await hold.pause("app.mine");
      return response;
    };
    const late = client.app.mine.query();
    await held.reached;
    await client.app.echo.query({ text: "x" });
    held.release();
    expect(await late).toBe("ada");
    expect(wire.count("auth.refresh")).toBe(1);
  });

  it("keeps the new pair, so that the next calls go straight through", async () => {
    const started = await startClient();
    const { client, wire, store, first } = started;
    started.expire();
    await client.app.mine.query();
    await client.app.mine.query();
    expect(wire.calls).toEqual(["app.mine", "auth.refresh", "app.mine", "app.mine"]);
    expect(await store.read()).not.toEqual(first);
  });

  it("does not go round in circles with a server that keeps saying so", async () => {
    const started = await startClient();
    const { client, wire, app } = started;
    started.expire();
    wire.between = async (request, send) => {
      const response = await send();
      if (request.url.includes("auth.refresh")) app.clock.advance(901 * second);
      return response;
    };
    expect(await refusalOf(client.app.mine.query())).toBe("access_token_expired");
    expect(wire.calls).toEqual(["app.mine", "auth.refresh", "app.mine"]);
    expect(started.ended).toEqual([]);
  });

  it("leaves calls alone that were refused for something else", async () => {
    const { client, wire, ended, store } = await startClient();
    expect(await refusalOf(client.app.echo.query({ text: JSON.parse("1") as string }))).toBe("validation_failed");
    expect(await refusalOf(client.app.broken.query())).toBe("internal_error");
    expect(wire.count("auth.refresh")).toBe(0);
    expect([ended, (await store.read()) !== null]).toEqual([[], true]);
  });

  it.each(["login", "register", "refresh", "logout"] as const)("never refreshes for auth.%s itself", async (name) => {
    const started = await startClient();
    const { client, wire } = started;
    started.expire();
    const calls = {
      login: () => client.auth.login.mutate({ identifier: "ada", password: "wrong password" }),
      register: () => client.auth.register.mutate({ ...ada }),
      refresh: () => client.auth.refresh.mutate({ refreshToken: "rt1.x" }),
      logout: () => client.auth.logout.mutate(),
    };
    await calls[name]().catch(() => undefined);
    expect(wire.calls).toEqual([`auth.${name}`]);
  });

  it("neither runs a call again nor answers it when its caller has gone", async () => {
    const started = await startClient();
    const { client, wire } = started;
    started.expire();
    const gone = new AbortController();
    wire.between = async (request, send) => {
      if (request.url.includes("auth.refresh")) gone.abort();
      return send();
    };
    await expect(client.app.mine.query(undefined, { signal: gone.signal })).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(wire.count("app.mine")).toBe(1);
  });
});

describe("refreshLink() when the refresh fails for now", () => {
  const passing: Array<[string, () => Promise<Response>]> = [
    ["no network", () => Promise.reject(new TypeError("fetch failed"))],
    ["a time-out", () => Promise.reject(new DOMException("The operation timed out", "TimeoutError"))],
    [
      "500",
      async () =>
        Response.json({ error: { message: "x", code: -1, data: { reason: "internal_error" } } }, { status: 500 }),
    ],
    [
      "503",
      async () =>
        Response.json(
          { error: { message: "x", code: -1, data: { reason: "temporarily_unavailable" } } },
          { status: 503 },
        ),
    ],
    [
      "429",
      async () =>
        Response.json({ error: { message: "x", code: -1, data: { reason: "rate_limited" } } }, { status: 429 }),
    ],
    ["a page of a proxy", async () => new Response("<h1>Bad gateway</h1>", { status: 502 })],
    ["a login page of a hotel", async () => new Response("<h1>Welcome</h1>", { status: 200 })],
    ["401 from something that is not Watchword", async () => Response.json({ message: "no" }, { status: 401 })],
    ["an answer without tokens", async () => Response.json({ result: { data: { expiresIn: 900 } } })],
    ["null", async () => Response.json(null)],
    ["nothing", async () => new Response(null, { status: 204 })],
  ];
  it.each(passing)("%s: keeps the tokens, ends nothing, and works when it is over", async (_, answer) => {
    const started = await startClient();
    const { client, wire, store, ended, first } = started;
    started.expire();
    wire.between = (request, send) => (request.url.includes("auth.refresh") ? answer() : send());
    await expect(client.app.mine.query()).rejects.toThrow();
    expect([await store.read(), ended]).toEqual([first, []]);
    wire.between = (_request, send) => send();
    expect(await client.app.mine.query()).toBe("ada");
  });

  it("a reply that was lost: the retry gets the same pair, and nobody is logged out (R04)", async () => {
    const started = await startClient();
    const { client, wire, app } = started;
    started.expire();
    wire.between = async (request, send) => {
      const response = await send();
      if (request.url.includes("auth.refresh") && wire.count("auth.refresh") === 1)
        throw new TypeError("connection reset");
      return response;
    };
    await expect(client.app.mine.query()).rejects.toThrow();
    app.clock.advance(3600 * second);
    expect(await client.app.mine.query()).toBe("ada");
  });

  it("a store of tokens that cannot be read or written: the call fails, and nothing is left hanging", async () => {
    const memory = createMemoryTokenStore();
    let broken = false;
    const guard = <T>(work: () => Promise<T>) => (broken ? Promise.reject(new Error("EACCES")) : work());
    const started = await startClient({
      tokens: {
        read: () => guard(memory.read),
        write: (pair) => guard(() => memory.write(pair)),
        clear: () => guard(memory.clear),
      },
    });
    started.expire();
    started.wire.between = async (request, send) => {
      const response = await send();
      if (request.url.includes("app.mine")) broken = true;
      return response;
    };
    await expect(started.client.app.mine.query()).rejects.toThrow("EACCES");
    await expect(started.client.app.mine.query()).rejects.toThrow("EACCES");
  });
});

describe("refreshLink() when the session is over", () => {
  it("forgets the tokens, tells it once, and all calls fail with the reason", async () => {
    const started = await startClient();
    const { app, client, store, ended, first, wire } = started;
    await app.auth.logout({ refreshToken: first.refreshToken, accessToken: undefined });
    started.expire();
    const reasons = await Promise.all(Array.from({ length: 10 }, () => refusalOf(client.app.mine.query())));
    expect(new Set(reasons)).toEqual(new Set(["session_revoked"]));
    expect([await store.read(), ended, wire.count("auth.refresh")]).toEqual([null, ["session_revoked"], 1]);
  });

  it.each(["session_expired", "account_disabled", "refresh_token_reused"] as const)("also for %s", async (reason) => {
    const started = await startClient();
    const { app, client, store, ended, first } = started;
    started.expire();
    if (reason === "session_expired") app.clock.advance(15 * 86_400 * second);
    const { user } = await loginAda(app.auth).then((issued) => app.auth.verify(issued.accessToken));
    if (reason === "account_disabled") await app.auth.disableUser(user.id);
    if (reason === "refresh_token_reused") {
      const next = await app.auth.refresh({ refreshToken: first.refreshToken, delivery: "body" });
      await app.auth.refresh({ refreshToken: next.refreshToken, delivery: "body" });
    }
    expect(await refusalOf(client.app.mine.query())).toBe(reason);
    expect([await store.read(), ended]).toEqual([null, [reason]]);
  });

  it("and the access token still has time: the first call that hears of it ends it", async () => {
    const { app, client, store, ended, first, wire } = await startClient();
    await app.auth.logout({ refreshToken: first.refreshToken, accessToken: undefined });
    await Promise.all(Array.from({ length: 5 }, () => refusalOf(client.app.mine.query())));
    expect([await store.read(), ended, wire.count("auth.refresh")]).toEqual([null, ["session_revoked"], 0]);
  });

  it("with nothing to refresh: says that a login is needed, and asks nobody", async () => {
    const { client, store, wire } = await startClient();
    await store.clear();
    expect(await refusalOf(client.app.mine.query())).toBe("access_token_missing");
    expect(wire.count("auth.refresh")).toBe(0);
  });
});
