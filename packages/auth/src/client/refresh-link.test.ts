import { httpBatchStreamLink, httpLink, type Operation, type TRPCLink } from "@trpc/client";
import { describe, expect, it } from "vitest";
import { createHold } from "../../test/hold.ts";
import { createTestClient, createWire, httpOptions, rejectionOf, startClient } from "../../test/test-client.ts";
import { createTestApp, type TestRouter } from "../testing/test-app.ts";
import { ada, fromTerminal, loginAda, registerAda } from "../testing/test-auth.ts";
import { createBodySession } from "./body-session.ts";
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

describe("refreshLink() when the access token has expired", () => {
  it("refreshes once for 50 calls at once, and runs each of them again exactly once (C04)", async () => {
    const started = await startClient();
    const { client, wire, app } = started;
    started.expire();
    const texts = Array.from({ length: 50 }, (_, at) => `text ${at}`);
    expect(await Promise.all(texts.map((text) => client.app.echo.query({ text })))).toEqual(texts);
    expect(wire.count("auth.refresh")).toBe(1);
    expect(wire.count("app.echo")).toBe(100);
    expect(app.events.filter((event) => event.type === "session_refreshed")).toMatchObject([{ how: "rotated" }]);
  });

  it("runs only those calls of a batch again that were rejected", async () => {
    const started = await startClient();
    const { client, wire } = started;
    started.expire();
    const responses = await Promise.all([
      client.app.open.query(),
      client.app.mine.query(),
      client.app.open.query(),
      client.app.echo.query({ text: "x" }),
    ]);
    expect(responses).toEqual(["open", "ada", "open", "x"]);
    expect([
      wire.count("app.open"),
      wire.count("app.mine"),
      wire.count("app.echo"),
      wire.count("auth.refresh"),
    ]).toEqual([2, 2, 2, 1]);
  });

  it("runs mutations again, too: they were rejected before they ran", async () => {
    const started = await startClient();
    started.expire();
    expect(
      await Promise.all([started.client.app.add.mutate({ text: "a" }), started.client.app.add.mutate({ text: "b" })]),
    ).toEqual(["a", "b"]);
    expect(started.wire.count("auth.refresh")).toBe(1);
  });

  it("does not refresh again for a call that was rejected under the older pair", async () => {
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
    expect(await rejectionOf(client.app.mine.query())).toBe("access_token_expired");
    expect(wire.calls).toEqual(["app.mine", "auth.refresh", "app.mine"]);
    expect(started.ended).toEqual([]);
  });

  it("leaves calls alone that were rejected for something else", async () => {
    const { client, wire, ended, store } = await startClient();
    expect(await rejectionOf(client.app.echo.query({ text: JSON.parse("1") as string }))).toBe("validation_failed");
    expect(await rejectionOf(client.app.broken.query())).toBe("internal_error");
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
    expect(wire.count("app.mine")).toBe(1);
  });

  it("drops a call that is cancelled while it waits, and lets the others have their answer", async () => {
    const started = await startClient();
    const { client, wire, session } = started;
    started.expire();
    const hold = createHold();
    const held = hold.next("auth.refresh");
    wire.between = async (request, send) => {
      if (request.url.includes("auth.refresh")) await hold.pause("auth.refresh");
      return send();
    };
    const gone = new AbortController();
    const call = client.app.mine.query(undefined, { signal: gone.signal });
    const other = client.app.echo.query({ text: "stays" });
    await held.reached;
    gone.abort();
    await expect(call).rejects.toThrow(); // before the refresh is done
    held.release();
    expect([await other, wire.count("app.mine"), wire.count("auth.refresh")]).toEqual(["stays", 1, 1]);
    expect(await session.exists()).toBe(true);
  });
});

describe("refreshLink() when the refresh fails for now", () => {
  const transient: Array<[string, () => Promise<Response>]> = [
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
  it.each(transient)("%s: keeps the tokens, ends nothing, and works when it is over (C05)", async (_, response) => {
    const started = await startClient();
    const { client, wire, store, ended, first } = started;
    started.expire();
    wire.between = (request, send) => (request.url.includes("auth.refresh") ? response() : send());
    await expect(client.app.mine.query()).rejects.toThrow();
    expect([await store.read(), ended]).toEqual([first, []]);
    wire.between = (_request, send) => send();
    expect(await client.app.mine.query()).toBe("ada");
  });

  it("a reply that was lost: asked again it is the same pair, and nobody is logged out (R04)", async () => {
    const started = await startClient();
    const { client, wire, app, device, store } = started;
    started.expire();
    let lost = "";
    wire.between = async (request, send) => {
      const response = await send();
      if (!request.url.includes("auth.refresh") || lost !== "") return response;
      lost = (await response.json()).result.data.refreshToken;
      throw new TypeError("connection reset");
    };
    expect(await client.app.mine.query()).toBe("ada");
    expect([(await store.read())?.refreshToken, wire.count("auth.refresh"), device.waits.length]).toEqual([lost, 2, 1]);
    expect(app.events.filter((event) => event.type === "session_refreshed")).toMatchObject([
      { how: "rotated" },
      { how: "repeated" },
    ]);
  });

  it("a store of tokens that cannot be read or written: the call fails, and nothing is left hanging", async () => {
    const memory = createMemoryTokenStore();
    let broken = false;
    const retried = <T>(work: () => Promise<T>) => (broken ? Promise.reject(new Error("EACCES")) : work());
    const started = await startClient({
      tokens: {
        read: () => retried(memory.read),
        write: (tokens) => retried(() => memory.write(tokens)),
        clear: () => retried(memory.clear),
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

describe("refreshLink() and auth calls", () => {
  it("sends them alone over plain HTTP, whatever link follows: a stream would lose their cookies", async () => {
    const app = createTestApp();
    const wire = createWire(app, { cookies: true });
    const session = createBodySession({ url: app.url, fetch: wire.fetch, store: createMemoryTokenStore() });
    const link = httpBatchStreamLink<TestRouter>(httpOptions({ app, wire, session }));
    const client = createTestClient({ app, wire, session, link });
    const accepts = new Map<string, string | null>();
    wire.between = (request, send) => {
      accepts.set(new URL(request.url).pathname.replace("/api/trpc/", ""), request.headers.get("trpc-accept"));
      return send();
    };
    await client.auth.register.mutate({ ...ada });
    expect(wire.cookies?.size).toBe(4);
    expect(await Promise.all([client.auth.me.query(), client.app.mine.query(), client.app.open.query()])).toMatchObject(
      [{ user: { username: "ada" } }, "ada", "open"],
    );
    await client.auth.logout.mutate();
    expect(wire.cookies?.size).toBe(0);
    expect(Object.fromEntries(accepts)).toEqual({
      "auth.register": null,
      "auth.me": null,
      "app.mine,app.open": "application/jsonl",
      "auth.logout": null,
    });
  });

  it("refreshes for auth.me and the like as for any other call", async () => {
    const started = await startClient();
    started.expire();
    expect((await started.client.auth.me.query()).user.username).toBe("ada");
    expect(started.wire.calls).toEqual(["auth.me", "auth.refresh", "auth.me"]);
  });

  it("shows no token beside what a login or a logout carries itself", async () => {
    const { client, wire, first } = await startClient();
    const shown: Array<string | null> = [];
    wire.between = (request, send) => {
      shown.push(request.headers.get("authorization"));
      return send();
    };
    await client.auth.login.mutate({ identifier: "ada", password: ada.password, delivery: "body" });
    await client.auth.logout.mutate({ refreshToken: first.refreshToken });
    expect(shown).toEqual([null, null]);
  });

  it("a logout forgets the tokens that it was for, and those only", async () => {
    const { app, client, store, first } = await startClient();
    const other = await loginAda(app.auth);
    await client.auth.logout.mutate({ refreshToken: other.refreshToken });
    expect(await store.read()).toEqual(first);
    await client.auth.logout.mutate();
    expect([await store.read(), await app.auth.verify(first.accessToken).catch((error) => error.reason)]).toEqual([
      null,
      "session_revoked",
    ]);
  });

  it("a logout that fails leaves everything as it was", async () => {
    const started = await startClient();
    const { client, wire, store, first, ended } = started;
    wire.between = (request, send) =>
      request.url.includes("auth.logout") ? Promise.reject(new TypeError("offline")) : send();
    await expect(client.auth.logout.mutate()).rejects.toThrow();
    started.expire();
    expect(await client.app.mine.query()).toBe("ada");
    expect([ended, (await store.read()) === first]).toEqual([[], false]);
  });
});

describe("refreshLink() keeps what belongs to a call", () => {
  it("runs it again with its input, context and signal", async () => {
    const app = createTestApp();
    const wire = createWire(app);
    const store = createMemoryTokenStore(await registerAda(app.auth));
    const session = createBodySession({ url: app.url, fetch: wire.fetch, store });
    const seen: Operation[] = [];
    const spy: TRPCLink<TestRouter> = (runtime) => {
      const send = httpLink<TestRouter>(httpOptions({ app, wire, session }))(runtime);
      return ({ op, next }) => {
        seen.push(op);
        return send({ op, next });
      };
    };
    const client = createTestClient({ app, wire, session, link: spy });
    app.clock.advance(901 * second);
    const { signal } = new AbortController();
    const input = { text: "x" };
    await client.app.add.mutate(input, { signal, context: { from: "a form" } });
    expect(seen).toHaveLength(2);
    for (const op of seen) expect(op).toMatchObject({ input, context: { from: "a form" }, type: "mutation" });
    expect(seen.map((op) => op.signal)).toEqual([signal, signal]);
  });

  it("never runs as somebody else what one user began", async () => {
    const started = await startClient();
    const { app, client, wire, store } = started;
    started.expire();
    const bob = await app.auth.register({ ...fromTerminal, ...ada, username: "bob", email: "bob@example.com" });
    const hold = createHold();
    const held = hold.next("app.add");
    wire.between = async (request, send) => {
      const response = await send();
      if (request.url.includes("app.add")) await hold.pause("app.add");
      return response;
    };
    const call = rejectionOf(client.app.add.mutate({ text: "written by ada" }));
    await held.reached;
    await store.write(bob);
    held.release();
    expect(await call).toBe("access_token_expired");
    expect([wire.count("app.add"), await client.app.mine.query()]).toEqual([1, "bob"]);
  });
});

describe("refreshLink() and a server that says what makes no sense", () => {
  const expired = { message: "x", code: -32001, data: { reason: "access_token_expired" } };
  it.each([
    "access_token_expired",
    "access_token_missing",
    "access_token_invalid",
    "session_revoked",
    "refresh_token_missing",
    "rate_limited",
    "nonsense",
  ])("always %s: each call ends, after two tries at most", async (reason) => {
    const { client, wire } = await startClient({ onEnded: async () => true });
    const rejected = async () => Response.json({ error: { ...expired, data: { reason } } }, { status: 401 });
    wire.between = (request, send) => (request.url.includes("auth.refresh") ? send() : rejected());
    await expect(client.app.mine.query()).rejects.toThrow();
    expect(wire.count("app.mine")).toBeLessThanOrEqual(2);
    expect(wire.count("auth.refresh")).toBeLessThanOrEqual(1);
  });

  it.each(["access_token_expired", "refresh_token_missing", "validation_failed", "cross_site_request", "nonsense"])(
    "a refresh that is rejected with %s is not asked again, and ends no session that has tokens",
    async (reason) => {
      const started = await startClient();
      const { client, wire } = started;
      started.expire();
      const rejected = async () => Response.json({ error: { ...expired, data: { reason } } }, { status: 400 });
      wire.between = (request, send) => (request.url.includes("auth.refresh") ? rejected() : send());
      await expect(client.app.mine.query()).rejects.toThrow();
      expect([wire.count("auth.refresh"), wire.count("app.mine")]).toEqual([1, 1]);
    },
  );
});

describe("refreshLink() when the session is over", () => {
  it("forgets the tokens, tells it once, and all calls fail with the reason", async () => {
    const started = await startClient();
    const { app, client, store, ended, first, wire } = started;
    await app.auth.logout({ refreshToken: first.refreshToken, accessToken: undefined });
    started.expire();
    const reasons = await Promise.all(Array.from({ length: 10 }, () => rejectionOf(client.app.mine.query())));
    expect(new Set(reasons)).toEqual(new Set(["session_revoked"]));
    expect([await store.read(), ended, wire.count("auth.refresh")]).toEqual([null, ["session_revoked"], 1]);
  });

  it.each(["session_expired", "account_disabled", "refresh_token_reused"] as const)("also for %s", async (reason) => {
    const started = await startClient();
    const { app, client, store, ended, first } = started;
    started.expire();
    if (reason === "session_expired") app.clock.advance(15 * 86_400 * second);
    const { user } = await loginAda(app.auth).then((issued) => app.auth.verify(issued.accessToken));
    if (reason === "account_disabled") await app.auth.admin.disable({ actor: null, userId: user.id });
    if (reason === "refresh_token_reused") {
      const next = await app.auth.refresh({ refreshToken: first.refreshToken, delivery: "body" });
      await app.auth.refresh({ refreshToken: next.refreshToken, delivery: "body" });
    }
    expect(await rejectionOf(client.app.mine.query())).toBe(reason);
    expect([await store.read(), ended]).toEqual([null, [reason]]);
  });

  it("and the access token still has time: the first call that hears of it ends it", async () => {
    const { app, client, store, ended, first, wire } = await startClient();
    await app.auth.logout({ refreshToken: first.refreshToken, accessToken: undefined });
    await Promise.all(Array.from({ length: 5 }, () => rejectionOf(client.app.mine.query())));
    expect([await store.read(), ended, wire.count("auth.refresh")]).toEqual([null, ["session_revoked"], 0]);
  });

  it("with nothing to refresh: says that a login is needed, and asks nobody", async () => {
    const { client, store, wire } = await startClient();
    await store.clear();
    expect(await rejectionOf(client.app.mine.query())).toBe("access_token_missing");
    expect(wire.count("auth.refresh")).toBe(0);
  });

  it("runs the rejected calls again, once, when the same user has logged in again", async () => {
    const started = await startClient({
      async onEnded() {
        await started.store.write(await loginAda(started.app.auth));
        return true;
      },
    });
    const { app, client, wire, ended, first } = started;
    await app.auth.logout({ refreshToken: first.refreshToken, accessToken: undefined });
    const responses = await Promise.all([client.app.mine.query(), client.app.add.mutate({ text: "kept" })]);
    expect([responses, ended]).toEqual([["ada", "kept"], ["session_revoked"]]);
    expect([wire.count("app.mine"), wire.count("app.add")]).toEqual([2, 2]);
  });

  it("and lets them fail when nobody has, or somebody else", async () => {
    const started = await startClient({
      async onEnded() {
        const bob = { ...ada, username: "bob", email: "bob@example.com" };
        await started.store.write(await started.app.auth.register({ ...fromTerminal, ...bob }));
        return true;
      },
    });
    const { app, client, first, wire } = started;
    await app.auth.logout({ refreshToken: first.refreshToken, accessToken: undefined });
    expect(await rejectionOf(client.app.add.mutate({ text: "written by ada" }))).toBe("session_revoked");
    expect(wire.count("app.add")).toBe(1);
  });

  it("tells of the next login's end, too", async () => {
    const started = await startClient();
    const { app, client, store, ended, first } = started;
    await app.auth.logout({ refreshToken: first.refreshToken, accessToken: undefined });
    await rejectionOf(client.app.mine.query());
    await rejectionOf(client.app.mine.query());
    const next = await loginAda(app.auth);
    await store.write(next);
    expect(await client.app.mine.query()).toBe("ada");
    await app.auth.logout({ refreshToken: next.refreshToken, accessToken: undefined });
    await rejectionOf(client.app.mine.query());
    expect(ended).toEqual(["session_revoked", "session_revoked"]);
  });
});
