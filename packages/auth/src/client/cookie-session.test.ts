import { afterEach, describe, expect, it, vi } from "vitest";
import { createHold } from "../../test/hold.ts";
import { startBrowser, type TestBrowser } from "../../test/test-browser.ts";
import { rejectionOf } from "../../test/test-client.ts";
import { ada } from "../testing/test-auth.ts";
import { isCookiesBlocked, isTerminal, reasonOf } from "./errors.ts";
import { watchSession } from "./hint-cookie.ts";

const second = 1000;
const day = 86_400 * second;
const lock = "watchword.refresh";

afterEach(() => vi.unstubAllGlobals());

/** Holds the answer of the next call of this path, after the server has given it. */
function holdResponse({ wire }: TestBrowser, path: string) {
  const hold = createHold();
  wire.between = async (request, send) => {
    const response = await send();
    if (request.url.includes(path)) await hold.pause(path);
    return response;
  };
  return hold.next(path);
}

const refreshes = ({ app }: TestBrowser) => app.events.filter(({ type }) => type === "session_refreshed");

describe("createCookieSession()", () => {
  it("refreshes through cookies that no script can read, once for all calls", async () => {
    const browser = await startBrowser();
    const { client } = browser.openTab();
    browser.expire();
    const responses = await Promise.all([client.app.mine.query(), client.auth.me.query(), client.app.open.query()]);
    expect(responses).toMatchObject(["ada", { user: { username: "ada" } }, "open"]);
    expect(browser.wire.count("auth.refresh")).toBe(1);
  });

  it("refreshes when the access cookie is gone and the session's is not", async () => {
    const browser = await startBrowser();
    browser.jar.delete("__Host-watchword.access");
    expect(await browser.openTab().client.app.mine.query()).toBe("ada");
    expect(browser.wire.count("auth.refresh")).toBe(1);
  });

  it("asks nobody when there is no session, and says so", async () => {
    const browser = await startBrowser();
    const { client, ended } = browser.openTab();
    await client.auth.logout.mutate();
    expect(browser.jar.size).toBe(0);
    expect(await rejectionOf(client.app.mine.query())).toBe("access_token_missing");
    expect([browser.wire.count("auth.refresh"), ended]).toEqual([0, ["access_token_missing"]]);
  });

  it("tells once when the session is over, and the cookies are gone with it", async () => {
    const browser = await startBrowser();
    const { client, ended } = browser.openTab();
    const { user } = await client.auth.me.query();
    await browser.app.auth.admin.disable({ actor: null, userId: user.id });
    browser.expire();
    const reasons = await Promise.all(Array.from({ length: 5 }, () => rejectionOf(client.app.mine.query())));
    expect(new Set(reasons)).toEqual(new Set(["account_disabled"]));
    expect([ended, browser.jar.size]).toEqual([["account_disabled"], 0]);
    expect(await rejectionOf(client.app.mine.query())).toBe("access_token_missing");
    expect(ended).toEqual(["account_disabled"]);
  });

  it("runs what was rejected again when the same user has logged in again", async () => {
    const browser = await startBrowser();
    const other = browser.openTab();
    const { client, ended } = browser.openTab({
      async onEnded() {
        await other.client.auth.login.mutate({ identifier: "ada", password: ada.password });
        return true;
      },
    });
    await browser.app.auth.logout({
      refreshToken: browser.jar.get("__Host-watchword.refresh"),
      accessToken: undefined,
    });
    browser.expire();
    expect(await Promise.all([client.app.mine.query(), client.app.add.mutate({ text: "kept" })])).toEqual([
      "ada",
      "kept",
    ]);
    expect(ended).toEqual(["session_revoked"]);
  });

  it("knows from the login on how long its token lives, and renews it before a call finds it expired", async () => {
    const browser = await startBrowser();
    const { client, session } = browser.openTab();
    await client.auth.login.mutate({ identifier: "ada", password: ada.password });
    browser.device.pass(879 * second);
    expect(await session.isDue()).toBe(false);
    browser.device.pass(second);
    browser.app.clock.advance(880 * second);
    browser.wire.calls.length = 0;
    await client.app.mine.query();
    expect(browser.wire.calls).toEqual(["auth.refresh", "app.mine"]);
  });

  it("keeps everything when the refresh fails for now", async () => {
    const browser = await startBrowser();
    const { client, ended } = browser.openTab();
    browser.expire();
    browser.wire.between = (request, send) =>
      request.url.includes("auth.refresh") ? Promise.reject(new TypeError("offline")) : send();
    await expect(client.app.mine.query()).rejects.toThrow();
    expect([ended, browser.jar.size]).toEqual([[], 4]);
  });
});

describe("createCookieSession() in many tabs", () => {
  const openTabs = (browser: TestBrowser, count: number) => Array.from({ length: count }, () => browser.openTab());

  it("makes one request for 20 tabs that find the token expired at once, and none is logged out", async () => {
    const browser = await startBrowser();
    const tabs = openTabs(browser, 20);
    browser.expire();
    const calls = tabs.flatMap(({ client }) => [client.app.mine.query(), client.app.echo.query({ text: "x" })]);
    expect(new Set(await Promise.all(calls))).toEqual(new Set(["ada", "x"]));
    expect([browser.wire.count("auth.refresh"), tabs.flatMap(({ ended }) => ended)]).toEqual([1, []]);
  });

  it.each<[string, unknown]>([
    ["without locks", {}],
    [
      "where they may not be used",
      {
        get locks() {
          throw new DOMException("Not in this frame", "SecurityError");
        },
      },
    ],
    ["where each request for one fails", { locks: { request: () => Promise.reject(new Error("InvalidStateError")) } }],
  ])("%s each asks, all get the same pair, and none is logged out", async (_, navigator) => {
    const browser = await startBrowser();
    vi.stubGlobal("navigator", navigator);
    const tabs = openTabs(browser, 20);
    browser.expire();
    expect(new Set(await Promise.all(tabs.map(({ client }) => client.app.mine.query())))).toEqual(new Set(["ada"]));
    expect(refreshes(browser).filter((event) => "how" in event && event.how === "rotated")).toHaveLength(1);
    expect(tabs.flatMap(({ ended }) => ended)).toEqual([]);
    browser.expire();
    expect(await tabs[0]?.client.app.mine.query()).toBe("ada");
  });

  it("goes on without the lock of a tab that hangs", async () => {
    const browser = await startBrowser();
    const { client } = browser.openTab();
    browser.locks.hold(lock);
    browser.device.onWait = async (ms) => browser.device.pass(ms);
    browser.expire();
    expect(await client.app.mine.query()).toBe("ada");
    expect([browser.device.waits, browser.wire.count("auth.refresh")]).toEqual([[5 * second], 1]);
  });

  it("looks again after it has waited: what another tab has renewed needs no request", async () => {
    const browser = await startBrowser();
    const [tab, other] = [browser.openTab(), browser.openTab()];
    browser.expire();
    const letGo = browser.locks.hold(lock);
    const refreshed = tab.session.refresh();
    await expect.poll(() => browser.device.waits).toHaveLength(1); // it stands in line
    vi.stubGlobal("navigator", {});
    await other.session.refresh();
    expect(browser.wire.count("auth.refresh")).toBe(1);
    letGo();
    await refreshed;
    expect(browser.wire.count("auth.refresh")).toBe(1);
  });

  it("only runs a call again that was rejected late, after another tab has refreshed (assumption A2)", async () => {
    const browser = await startBrowser();
    const [tab, other] = [browser.openTab(), browser.openTab()];
    browser.expire();
    const held = holdResponse(browser, "app.mine");
    const late = tab.client.app.mine.query();
    await held.reached;
    expect(await other.client.app.mine.query()).toBe("ada");
    held.release();
    expect(await late).toBe("ada");
    expect(browser.wire.count("auth.refresh")).toBe(1);
  });

  it("does not renew ahead of time a pair that another tab has replaced", async () => {
    const browser = await startBrowser();
    const [tab, other] = [browser.openTab(), browser.openTab()];
    await tab.session.refresh();
    browser.device.pass(890 * second);
    expect(await tab.session.isDue()).toBe(true);
    await other.session.refresh();
    expect(await tab.session.isDue()).toBe(false);
  });

  it("a reply that comes late, and puts older cookies over newer ones, logs nobody out (R08)", async () => {
    const browser = await startBrowser();
    vi.stubGlobal("navigator", {});
    const [slow, quick] = [browser.openTab(), browser.openTab()];
    browser.expire();
    const held = holdResponse(browser, "auth.refresh");
    const late = slow.client.app.mine.query();
    await held.reached;
    expect(await quick.client.app.mine.query()).toBe("ada");
    const refreshToken = () => browser.jar.get("__Host-watchword.refresh");
    const older = refreshToken();
    await quick.session.refresh();
    expect(refreshToken()).not.toBe(older);
    held.release();
    expect(await late).toBe("ada");
    expect(refreshToken()).toBe(older);
    browser.expire();
    expect(await Promise.all([slow, quick].map(({ client }) => client.app.mine.query()))).toEqual(["ada", "ada"]);
    expect([...slow.ended, ...quick.ended]).toEqual([]);
  });
});

describe("createCookieSession() after the device has slept", () => {
  it.each([1, 5])("makes one refresh for %d tabs before the first request, and none is rejected", async (count) => {
    const browser = await startBrowser();
    const tabs = Array.from({ length: count }, () => browser.openTab());
    for (const { client } of tabs) await client.app.mine.query();
    browser.wire.calls.length = 0;
    browser.wire.rejected = 0;
    browser.expire();
    await Promise.all(tabs.map(({ client }) => client.app.mine.query()));
    expect([browser.wire.calls[0], browser.wire.count("auth.refresh"), browser.wire.rejected]).toEqual([
      "auth.refresh",
      1,
      0,
    ]);
  });

  it.each([true, false])(
    "offline for days, then 5 tabs wake: nobody is logged out (C01); with locks: %s",
    async (locks) => {
      const browser = await startBrowser();
      if (!locks) vi.stubGlobal("navigator", {});
      const tabs = Array.from({ length: 5 }, () => browser.openTab());
      await Promise.all(tabs.map(({ client }) => client.app.mine.query()));
      browser.wire.calls.length = 0;
      browser.wire.between = () => Promise.reject(new TypeError("offline"));
      for (let days = 0; days < 5; days += 1) {
        browser.app.clock.advance(day);
        browser.device.sleep(day);
        const asked = await Promise.allSettled(tabs.map(({ client }) => client.app.mine.query()));
        expect(asked.map(({ status }) => status)).toEqual(Array(5).fill("rejected"));
      }
      browser.wire.between = (_, send) => send();
      browser.wire.calls.length = 0;
      const responses = await Promise.all(tabs.map(({ client }) => client.app.mine.query()));
      expect([responses, tabs.flatMap(({ ended }) => ended)]).toEqual([Array(5).fill("ada"), []]);
      if (locks) expect(browser.wire.count("auth.refresh")).toBe(1);
      expect(refreshes(browser).filter((event) => "how" in event && event.how === "rotated")).toHaveLength(1);
    },
  );

  it.each([-400, -3, 3, 400])(
    "a clock that is set by %d days makes one refresh at most, and no logout (T04)",
    async (days) => {
      const browser = await startBrowser();
      const { client, ended } = browser.openTab();
      await client.app.mine.query();
      browser.device.setClock(days * day);
      for (let calls = 0; calls < 5; calls += 1) expect(await client.app.mine.query()).toBe("ada");
      expect(browser.wire.count("auth.refresh")).toBe(days > 0 ? 1 : 0);
      expect(ended).toEqual([]);
    },
  );
});

describe("createCookieSession() and a logout (C06)", () => {
  it("gives up a refresh under way, and sends none until the logout is done", async () => {
    const browser = await startBrowser();
    const { client, session, ended } = browser.openTab();
    browser.expire();
    const held = holdResponse(browser, "auth.refresh");
    const call = rejectionOf(client.app.mine.query());
    await held.reached;
    const loggedOut = client.auth.logout.mutate();
    const another = rejectionOf(session.refresh());
    await loggedOut;
    expect([await call, await another]).toEqual(["logged_out", "logged_out"]);
    expect(browser.wire.count("auth.refresh")).toBe(1);
    held.release();
    await expect.poll(() => browser.wire.count("auth.clearDeadCookies")).toBe(1);
    await expect.poll(() => browser.jar.size).toBe(0);
    expect([await session.exists(), ended]).toEqual([false, []]);
  });

  it("a reply that comes after it, in another tab, brings no session back", async () => {
    const browser = await startBrowser();
    const [tab, other] = [browser.openTab(), browser.openTab()];
    const changes: string[] = [];
    vi.stubGlobal("addEventListener", () => undefined);
    const stop = watchSession(tab.session, (change) => changes.push(change));
    browser.expire();
    const held = holdResponse(browser, "auth.refresh");
    const call = rejectionOf(tab.client.app.mine.query());
    await held.reached;
    await other.client.auth.logout.mutate();
    document.dispatchEvent(new Event("visibilitychange"));
    expect([changes, await call]).toEqual([["nobody"], "logged_out"]);
    held.release();
    await expect.poll(() => browser.wire.count("auth.clearDeadCookies")).toBe(1);
    await expect.poll(() => browser.jar.size).toBe(0);
    expect(tab.ended).toEqual([]);
    vi.stubGlobal("removeEventListener", () => undefined);
    stop();
  });

  it("does not log out a login that came meanwhile", async () => {
    const browser = await startBrowser();
    const { client, session } = browser.openTab();
    browser.expire();
    const held = holdResponse(browser, "auth.refresh");
    const call = rejectionOf(client.app.mine.query());
    await held.reached;
    await client.auth.logout.mutate();
    await client.auth.login.mutate({ identifier: "ada", password: ada.password });
    const ofLogin = await session.current();
    held.release();
    expect(await call).toBe("logged_out");
    await expect.poll(() => session.current()).not.toBe(ofLogin); // the late reply's cookies are in the jar
    await client.app.open.query();
    expect(browser.wire.count("auth.logout")).toBe(1);
  });

  it("one that fails changes nothing: who waited for a refresh gets it", async () => {
    const browser = await startBrowser();
    const { client } = browser.openTab();
    browser.expire();
    const held = holdResponse(browser, "auth.refresh");
    const call = client.app.mine.query();
    await held.reached;
    browser.wire.between = (request, send) =>
      request.url.includes("auth.logout") ? Promise.reject(new TypeError("offline")) : send();
    await expect(client.auth.logout.mutate()).rejects.toThrow();
    held.release();
    expect(await call).toBe("ada");
  });

  it("tells nobody of calls that it has overtaken", async () => {
    const browser = await startBrowser();
    const { client, ended } = browser.openTab();
    const hold = createHold();
    const held = hold.next("app.mine");
    browser.wire.between = async (request, send) => {
      if (request.url.includes("app.mine")) await hold.pause("app.mine");
      return send();
    };
    const call = rejectionOf(client.app.mine.query());
    await held.reached;
    await client.auth.logout.mutate();
    held.release();
    expect([await call, ended]).toEqual(["session_revoked", []]);
  });

  it("watch() does not tell what onEnded was told: the app may be asking for the password just now", async () => {
    const browser = await startBrowser();
    vi.stubGlobal("addEventListener", () => undefined);
    vi.stubGlobal("removeEventListener", () => undefined);
    const { client, session, ended } = browser.openTab();
    const changes: string[] = [];
    const stop = watchSession(session, (change) => changes.push(change));
    const { user } = await client.auth.me.query();
    await browser.app.auth.admin.disable({ actor: null, userId: user.id });
    browser.expire();
    await rejectionOf(client.app.mine.query());
    expect(browser.jar.size).toBe(0);
    document.dispatchEvent(new Event("visibilitychange"));
    expect([ended, changes]).toEqual([["account_disabled"], []]);
    stop();
  });
});

describe("createCookieSession() where the browser keeps no cookies (C07)", () => {
  it("a login fails with one clear error, and so does nothing after it", async () => {
    const browser = await startBrowser();
    const { client, ended } = browser.openTab();
    vi.stubGlobal("document", { cookie: "" });
    browser.wire.cookies = undefined;
    const error: unknown = await client.auth.login
      .mutate({ identifier: "ada", password: ada.password })
      .catch((failure: unknown) => failure);
    expect([isCookiesBlocked(error), isTerminal(error), String(error)]).toEqual([
      true,
      false,
      expect.stringContaining("Your browser keeps no cookies for this site"),
    ]);
    expect(await rejectionOf(client.app.mine.query())).toBe("access_token_missing");
    expect([browser.wire.count("auth.refresh"), ended]).toEqual([0, ["access_token_missing"]]);
  });

  it("a refresh whose cookies are thrown away is not tried again", async () => {
    const browser = await startBrowser();
    const { client, ended } = browser.openTab();
    browser.expire();
    browser.wire.between = async (request, send) => {
      const response = await send();
      if (request.url.includes("auth.refresh")) vi.stubGlobal("document", { cookie: "" });
      return response;
    };
    const error: unknown = await client.app.mine.query().catch((failure: unknown) => failure);
    expect([isCookiesBlocked(error), reasonOf(error)]).toEqual([true, "cookies_blocked"]);
    expect([browser.wire.count("auth.refresh"), browser.wire.count("app.mine"), ended]).toEqual([1, 1, []]);
  });
});
