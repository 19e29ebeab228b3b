import { afterEach, describe, expect, it, vi } from "vitest";
import type { AuthErrorReason } from "../core/errors.ts";
import { createHold, type HeldCall } from "../testing/hold.ts";
import { createTestApp } from "../testing/test-app.ts";
import { ada, loginAda } from "../testing/test-auth.ts";
import { createTestClient, createWire, refusalOf, type StartedClient, startClient } from "../testing/test-client.ts";
import { createCookieSession } from "./session.ts";

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
    const refreshed = refusalOf(session.refresh());
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

  it("goes on with the pair of another process when its own token was refused", async () => {
    const started = await startClient();
    const { app, store, client, ended, first, wire } = started;
    started.expire();
    wire.between = async (request, send) => {
      if (!request.url.includes("auth.refresh")) return send();
      const answer = Response.json(
        { error: { message: "x", code: -1, data: { reason: "refresh_token_invalid" } } },
        { status: 401 },
      );
      const { accessToken, refreshToken } = await app.auth.refresh({
        refreshToken: first.refreshToken,
        delivery: "body",
      });
      await store.write({ accessToken, refreshToken });
      return answer;
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

describe("createBodySession() ahead of time", () => {
  afterEach(() => vi.useRealTimers());

  it("refreshes before a call that would find the token expired, by a clock that only goes forward", async () => {
    const started = await startClient();
    const { app, client, wire, device } = started;
    const pass = (milliseconds: number) => {
      app.clock.advance(milliseconds);
      device.now += milliseconds;
    };
    started.expire();
    await client.app.mine.query();
    wire.calls.length = 0;
    wire.refused = 0;
    pass(880 * second - 1);
    await client.app.mine.query();
    expect(wire.calls).toEqual(["app.mine"]);
    pass(1);
    await Promise.all([client.app.mine.query(), client.app.echo.query({ text: "x" })]);
    expect(wire.calls).toEqual(["app.mine", "auth.refresh", "app.mine", "app.echo"]);
    expect(wire.refused).toBe(0);
  });

  it.each([-400, -3, 3, 400])("whatever the device's own clock says: %d days off (T04)", async (days) => {
    const started = await startClient();
    vi.useFakeTimers({ toFake: ["Date"] });
    vi.setSystemTime(started.app.clock.now() + days * 86_400 * second);
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
    device.now += 880 * second;
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

describe("createCookieSession()", () => {
  afterEach(() => vi.unstubAllGlobals());

  async function startInBrowser() {
    const app = createTestApp();
    const wire = createWire(app, { cookies: true });
    const ended: AuthErrorReason[] = [];
    const session = createCookieSession({ url: app.url, fetch: wire.fetch, onEnded: (reason) => ended.push(reason) });
    const readable = () =>
      [...(wire.cookies ?? [])].filter(([name]) => name.endsWith(".session")).map((pair) => pair.join("="));
    vi.stubGlobal("document", {
      get cookie() {
        return readable().join("; ");
      },
    });
    const client = createTestClient({ app, wire, session });
    await client.auth.register.mutate({ ...ada });
    wire.calls.length = 0;
    return { app, wire, session, client, ended };
  }

  it("refreshes through cookies that no script can read, once for all calls", async () => {
    const { app, client, wire } = await startInBrowser();
    app.clock.advance(901 * second);
    expect(
      await Promise.all([client.app.mine.query(), client.auth.me.query().then(({ user }) => user.username)]),
    ).toEqual(["ada", "ada"]);
    expect(wire.count("auth.refresh")).toBe(1);
  });

  it("refreshes when the access cookie is gone and the session's is not", async () => {
    const { client, wire } = await startInBrowser();
    wire.cookies?.delete("__Host-watchword.access");
    expect(await client.app.mine.query()).toBe("ada");
    expect(wire.count("auth.refresh")).toBe(1);
  });

  it("asks nobody when there is no session, and says so", async () => {
    const { client, wire, ended } = await startInBrowser();
    await client.auth.logout.mutate();
    expect(wire.cookies?.size).toBe(0);
    expect(await refusalOf(client.app.mine.query())).toBe("access_token_missing");
    expect([wire.count("auth.refresh"), ended]).toEqual([0, ["access_token_missing"]]);
  });

  it("tells when the session is over, and the cookies are gone with it", async () => {
    const { app, client, wire, ended } = await startInBrowser();
    const { user } = await client.auth.me.query();
    await app.auth.disableUser(user.id);
    app.clock.advance(901 * second);
    const reasons = await Promise.all([refusalOf(client.app.mine.query()), refusalOf(client.app.mine.query())]);
    expect(reasons).toEqual(["account_disabled", "account_disabled"]);
    expect([ended, wire.cookies?.size]).toEqual([["account_disabled"], 0]);
  });

  it("does not refresh right after another tab did: a call refused late is only run again (assumption A2)", async () => {
    const { app, client, wire } = await startInBrowser();
    const otherTab = createTestClient({ app, wire, session: createCookieSession({ url: app.url, fetch: wire.fetch }) });
    app.clock.advance(901 * second);
    const hold = createHold();
    let first = true;
    wire.between = async (request, send) => {
      const response = await send();
      if (first && request.url.includes("app.mine")) {
        first = false;
        await hold.pause("app.mine");
      }
      return response;
    };
    const held = hold.next("app.mine");
    const late = client.app.mine.query();
    await held.reached;
    expect(await otherTab.app.mine.query()).toBe("ada");
    held.release();
    expect(await late).toBe("ada");
    expect(wire.count("auth.refresh")).toBe(1);
  });

  it("does not renew ahead of time a pair that another tab has replaced", async () => {
    const { app, wire } = await startInBrowser();
    let now = 0;
    const tab = createCookieSession({ url: app.url, fetch: wire.fetch, monotonicNow: () => now });
    const otherTab = createCookieSession({ url: app.url, fetch: wire.fetch });
    await tab.refresh();
    now = 890 * second;
    expect(await tab.isDue()).toBe(true);
    await otherTab.refresh();
    expect(await tab.isDue()).toBe(false);
  });

  it("keeps everything when the refresh fails for now", async () => {
    const { app, client, wire, ended } = await startInBrowser();
    app.clock.advance(901 * second);
    wire.between = (request, send) =>
      request.url.includes("auth.refresh") ? Promise.reject(new TypeError("offline")) : send();
    await expect(client.app.mine.query()).rejects.toThrow();
    expect([ended, wire.cookies?.size]).toEqual([[], 3]);
  });
});
