import { afterEach, expect, it, vi } from "vitest";
import { createHold } from "../../test/hold.ts";
import { startBrowser } from "../../test/test-browser.ts";
import { rejectionOf } from "../../test/test-client.ts";
import { ada } from "../testing/test-auth.ts";
import { watchSession } from "./hint-cookie.ts";

afterEach(() => vi.unstubAllGlobals());

const grace = { ...ada, username: "grace", email: "grace@example.com" };

/** A tab whose session was ended elsewhere, and another tab of the same browser. */
async function start() {
  const browser = await startBrowser();
  const [tab, other] = [browser.openTab(), browser.openTab()];
  const { user } = await tab.client.auth.me.query();
  await browser.app.auth.logoutEverywhere(user.id);
  browser.expire();
  /** Holds the answer of the next call of this path, after the server has given it. */
  const holdResponse = (path: string) => {
    const hold = createHold();
    browser.wire.between = async (request, send) => {
      const response = await send();
      if (request.url.includes(path)) await hold.pause(path);
      return response;
    };
    return hold.next(path);
  };
  const settle = async () => {
    for (let turn = 0; turn < 5; turn += 1) await other.client.app.open.query();
  };
  return { ...browser, tab, other, holdResponse, settle };
}

it("asks for nothing to be cleared when a rejection comes late and the cookies are another user's by then", async () => {
  const { wire, jar, tab, other, holdResponse, settle } = await start();
  vi.stubGlobal("addEventListener", () => undefined);
  const stop = watchSession(tab.session, () => undefined);
  const held = holdResponse("auth.refresh");
  const call = rejectionOf(tab.client.app.mine.query());
  await held.reached;
  await other.client.auth.register.mutate(grace);
  const ofLogin = new Map(jar);
  document.dispatchEvent(new Event("visibilitychange"));
  expect(await call).toBe("logged_out");
  held.release();
  await settle();
  expect(wire.count("auth.clearDeadCookies")).toBe(0);
  expect(jar).toEqual(ofLogin);
  stop();
});

it("gives up a call that clears dead cookies as soon as there is a new login, so that its answer counts for nothing", async () => {
  const { wire, tab, other, holdResponse } = await start();
  vi.stubGlobal("cookieStore", new EventTarget());
  const held = holdResponse("auth.clearDeadCookies");
  const { between } = wire;
  const signals: AbortSignal[] = [];
  wire.between = (request, send) => {
    if (request.url.includes("auth.clearDeadCookies")) signals.push(request.signal);
    return between(request, send);
  };
  const call = rejectionOf(tab.client.app.mine.query());
  await held.reached;
  await other.client.auth.register.mutate(grace);
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  globalThis.cookieStore.dispatchEvent(new Event("change"));
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  held.release();
  expect(await call).toBe("session_revoked");
});
