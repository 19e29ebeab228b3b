import { describe, expect, it } from "vitest";
import { createHold, type HeldCall } from "../../test/hold.ts";
import { createTestLocks } from "../../test/test-browser.ts";
import { rejectionOf, type StartedClient, startClient } from "../../test/test-client.ts";
import { loginAda } from "../testing/test-auth.ts";
import { createBodySession } from "./body-session.ts";
import { createMemoryTokenStore, type TokenStore } from "./token-store.ts";

const second = 1000;

describe("createBodySession() while others use the same store", () => {
  /** Holds the answer of the next refresh until it is let go. */
  function holdRefresh({ wire }: StartedClient): HeldCall {
    const hold = createHold();
    wire.between = async (request, send) => {
      const response = await send();
      if (request.url.includes("auth.refresh")) await hold.pause("auth.refresh");
      return response;
    };
    return hold.next("auth.refresh");
  }

  it("drops a reply that comes after the logout", async () => {
    const started = await startClient();
    const { session, store, ended } = started;
    started.expire();
    const held = holdRefresh(started);
    const refreshed = session.refresh();
    await held.reached;
    await store.clear();
    held.release();
    await refreshed;
    expect([await store.read(), ended]).toEqual([null, []]);
  });

  it("also when that reply says that the session is over: whoever logged out knows", async () => {
    const started = await startClient();
    const { app, session, store, ended, first } = started;
    started.expire();
    await app.auth.logout({ refreshToken: first.refreshToken, accessToken: undefined });
    const held = holdRefresh(started);
    const refreshed = rejectionOf(session.refresh());
    await held.reached;
    await store.clear();
    held.release();
    expect(await refreshed).toBe("session_revoked");
    expect([await store.read(), ended]).toEqual([null, []]);
  });

  it("drops a reply that comes after the logout and somebody else's login, however young it is", async () => {
    const started = await startClient();
    const { app, session, store } = started;
    started.expire();
    const held = holdRefresh(started);
    const refreshed = session.refresh();
    await held.reached;
    const { accessToken, refreshToken } = await loginAda(app.auth);
    await store.write({ accessToken, refreshToken });
    held.release();
    await refreshed;
    expect(await store.read()).toEqual({ accessToken, refreshToken });
  });

  it("lets another process's younger pair win", async () => {
    const started = await startClient();
    const { app, session, store, client, first } = started;
    started.expire();
    const held = holdRefresh(started);
    const refreshed = session.refresh();
    await held.reached;
    const next = await app.auth.refresh({ refreshToken: first.refreshToken, delivery: "body" });
    app.clock.advance(3600 * second);
    const { accessToken, refreshToken } = await app.auth.refresh({ refreshToken: next.refreshToken, delivery: "body" });
    await store.write({ accessToken, refreshToken });
    held.release();
    await refreshed;
    expect(await store.read()).toEqual({ accessToken, refreshToken });
    expect(await client.app.mine.query()).toBe("ada");
  });

  it("goes on with the pair of another process when its own token was rejected", async () => {
    const started = await startClient();
    const { app, store, client, ended, first, wire } = started;
    started.expire();
    wire.between = async (request, send) => {
      if (!request.url.includes("auth.refresh")) return send();
      const response = Response.json(
        { error: { message: "x", code: -1, data: { reason: "refresh_token_invalid" } } },
        { status: 401 },
      );
      const { accessToken, refreshToken } = await app.auth.refresh({
        refreshToken: first.refreshToken,
        delivery: "body",
      });
      await store.write({ accessToken, refreshToken });
      return response;
    };
    expect(await client.app.mine.query()).toBe("ada");
    expect([ended, (await store.read()) !== null]).toEqual([[], true]);
  });

  it("uses a pair that another process has put there, without a refresh of its own", async () => {
    const started = await startClient();
    const { app, store, client, first, wire } = started;
    started.expire();
    const { accessToken, refreshToken } = await app.auth.refresh({
      refreshToken: first.refreshToken,
      delivery: "body",
    });
    wire.between = async (request, send) => {
      const response = await send();
      if (wire.count("app.mine") === 1 && request.url.includes("app.mine"))
        await store.write({ accessToken, refreshToken });
      return response;
    };
    expect(await client.app.mine.query()).toBe("ada");
    expect(wire.count("auth.refresh")).toBe(0);
  });
});

describe("createBodySession() and a logout or login", () => {
  it("drops a reply that comes while the logout is under way", async () => {
    const started = await startClient();
    const { client, session, store, wire } = started;
    started.expire();
    const hold = createHold();
    const [refreshing, leaving] = [hold.next("auth.refresh"), hold.next("auth.logout")];
    wire.between = async (request, send) => {
      const response = await send();
      await hold.pause(new URL(request.url).pathname.replace("/api/trpc/", ""));
      return response;
    };
    const refreshed = rejectionOf(session.refresh());
    await refreshing.reached;
    const loggedOut = client.auth.logout.mutate();
    await leaving.reached;
    refreshing.release();
    await client.app.open.query(); // by now the reply has come
    leaving.release();
    await loggedOut;
    expect([await refreshed, await store.read()]).toEqual(["logged_out", null]);
  });

  it("a call that is rejected late, under a session that a new login has replaced, ends nothing and runs again", async () => {
    const started = await startClient();
    const { app, client, store, ended, first, wire } = started;
    await app.auth.logout({ refreshToken: first.refreshToken, accessToken: undefined });
    const hold = createHold();
    const held = hold.next("app.mine");
    wire.between = async (request, send) => {
      const response = await send();
      if (request.url.includes("app.mine")) await hold.pause("app.mine");
      return response;
    };
    const late = client.app.mine.query();
    await held.reached;
    const { accessToken, refreshToken } = await loginAda(app.auth);
    await store.write({ accessToken, refreshToken });
    held.release();
    expect([await late, ended, await store.read()]).toEqual(["ada", [], { accessToken, refreshToken }]);
  });
});

describe("createBodySession() in its turn", () => {
  /** A store whose turns are taken one after the other, as with a lock file. */
  function createExclusiveStore(): TokenStore & { hold(): () => void } {
    const locks = createTestLocks();
    return {
      ...createMemoryTokenStore(),
      exclusively: (work) => locks.request("store", {}, work),
      hold: () => locks.hold("store"),
    };
  }
  const waitsForEver = (_: number, signal: AbortSignal) =>
    new Promise<void>((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

  it("one of many that share a store asks, and the others take what it has brought (C02 without processes)", async () => {
    const started = await startClient({ tokens: createExclusiveStore() });
    const { app, wire, store, device } = started;
    device.onWait = waitsForEver;
    const others = Array.from({ length: 19 }, () =>
      createBodySession({ url: app.url, fetch: wire.fetch, store, ...device.timing }),
    );
    started.expire();
    await Promise.all([started.session, ...others].map((session) => session.refresh()));
    expect(wire.count("auth.refresh")).toBe(1);
    expect(await started.client.app.mine.query()).toBe("ada");
  });

  it("goes on without its turn when somebody else never ends", async () => {
    const tokens = createExclusiveStore();
    const started = await startClient({ tokens });
    tokens.hold();
    started.expire();
    expect(await started.client.app.mine.query()).toBe("ada");
    expect(started.device.waits).toEqual([5 * second]);
  });
});

describe("createBodySession() ahead of time", () => {
  it("refreshes before a call that would find the token expired, by a clock that only goes forward", async () => {
    const started = await startClient();
    const { app, client, wire, device } = started;
    const pass = (milliseconds: number) => {
      app.clock.advance(milliseconds);
      device.pass(milliseconds);
    };
    started.expire();
    await client.app.mine.query();
    wire.calls.length = 0;
    wire.rejected = 0;
    pass(880 * second - 1);
    await client.app.mine.query();
    expect(wire.calls).toEqual(["app.mine"]);
    pass(1);
    await Promise.all([client.app.mine.query(), client.app.echo.query({ text: "x" })]);
    expect(wire.calls).toEqual(["app.mine", "auth.refresh", "app.mine", "app.echo"]);
    expect(wire.rejected).toBe(0);
  });

  it.each([-400, -3, 3, 400])("whatever the device's own clock says: %d days off (T04)", async (days) => {
    const started = await startClient();
    started.device.setClock(days * 86_400 * second);
    expect(await started.client.app.mine.query()).toBe("ada");
    expect(started.wire.calls).toEqual(["app.mine"]);
    started.expire();
    expect(await started.client.app.mine.query()).toBe("ada");
    expect(await started.client.app.mine.query()).toBe("ada");
    expect(started.wire.count("auth.refresh")).toBe(1);
  });

  it("sends the call all the same when the renewal fails: it is a courtesy", async () => {
    const started = await startClient();
    const { client, wire, device, app } = started;
    started.expire();
    await client.app.mine.query();
    app.clock.advance(880 * second);
    device.pass(880 * second);
    wire.between = (request, send) =>
      request.url.includes("auth.refresh") ? Promise.reject(new TypeError("offline")) : send();
    expect(await client.app.mine.query()).toBe("ada");
  });

  it("does not renew at every call where tokens live shorter than the margin", async () => {
    const started = await startClient({ accessTokenTtlSeconds: 30 });
    const { client, wire, app } = started;
    app.clock.advance(30 * second);
    await client.app.mine.query();
    for (let calls = 0; calls < 5; calls += 1) await client.app.mine.query();
    expect(wire.count("auth.refresh")).toBe(1);
  });
});
