import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stubDocument } from "../../test/test-browser.ts";
import { cookieSuffix, isSameUser, readHint, watchHint } from "./hint-cookie.ts";

describe("readHint()", () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each([
    ["", ""],
    ["watchword.session=p.u", "p.u"],
    ["__Host-watchword.session=p.u", "p.u"],
    ["a=b; __Host-watchword.session=p.u; c=d", "p.u"],
    ["other__Host-watchword.session=p.u", ""],
    ["my-watchword.session=p.u", ""],
    ["watchword.sessions=p.u", ""],
    ["watchword.session=", ""],
  ])("in %j finds %j", (cookie, hint) => {
    vi.stubGlobal("document", { cookie });
    expect(readHint()).toBe(hint);
  });

  it.each([
    ["-3000", "__Host-watchword.session-3001=b.b; __Host-watchword.session-3000=a.a; watchword.session=c.c", "a.a"],
    ["-3000", "watchword.session-3000=a.a", "a.a"],
    ["-3000", "watchword.session=c.c; watchword.session-30001=d.d; watchword.session-300=e.e", ""],
    ["", "watchword.session-3000=a.a; watchword.session=c.c", "c.c"],
  ])("of the app whose names end in %j finds in %j its own, %j", (suffix, cookie, hint) => {
    vi.stubGlobal("document", { cookie });
    expect(readHint(suffix)).toBe(hint);
  });

  it("finds none where there are no cookies to be read", () => {
    vi.stubGlobal("document", undefined);
    expect(readHint()).toBe("");
    vi.stubGlobal("document", {
      get cookie(): string {
        throw new DOMException("Not in this frame", "SecurityError");
      },
    });
    expect(readHint()).toBe("");
  });
});

describe("cookieSuffix()", () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each([
    ["http://localhost:3000", "-3000"],
    ["http://localhost:3000/api/trpc", "-3000"],
    ["http://[::1]:3001", "-3001"],
    ["https://example.com:8443/base", "-8443"],
    ["https://example.com", ""],
    ["https://example.com:443", ""],
    ["http://localhost:80", ""],
    ["/api/trpc", "-5173"],
    ["api/trpc", "-5173"],
    ["", "-5173"],
    ["//example.com/api", ""],
  ])("of %j, on a page of port 5173, is %j", (url, suffix) => {
    vi.stubGlobal("document", { baseURI: "http://localhost:5173/account" });
    expect(cookieSuffix(url)).toBe(suffix);
  });

  it("is none where a path stands for nothing: on a server, in a frame without an address", () => {
    expect(cookieSuffix("/api/trpc")).toBe("");
    vi.stubGlobal("document", { baseURI: "about:srcdoc" });
    expect(cookieSuffix("/api/trpc")).toBe("");
  });
});

it("isSameUser() is false only when both say whose they are, and differ", () => {
  expect(isSameUser("one.ada", "two.ada")).toBe(true);
  expect(isSameUser("one.ada", "two.bob")).toBe(false);
  for (const unknown of ["", "two"]) {
    expect([isSameUser("one.ada", unknown), isSameUser(unknown, "one.ada")]).toEqual([true, true]);
  }
});

describe("watchHint()", () => {
  let jar: Map<string, string>;
  let document: EventTarget;
  let page: EventTarget;
  beforeEach(() => {
    vi.useFakeTimers();
    jar = new Map([["__Host-watchword.session", "pair1.ada"]]);
    document = stubDocument(jar);
    page = new EventTarget();
    vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
    vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  function start() {
    const events: string[][] = [];
    const stop = watchHint((...what) => events.push(what));
    const become = (hint: string) => (hint === "" ? jar.clear() : jar.set("__Host-watchword.session", hint));
    return { events, stop, become };
  }
  const withinASecond = () => vi.advanceTimersByTime(1000);

  it("tells within a second that nobody is logged in any more, once (C06)", () => {
    const { events, become } = start();
    become("");
    withinASecond();
    withinASecond();
    expect(events).toEqual([["nobody", "pair1.ada"]]);
  });

  it("tells within a second that somebody else is, also when nobody was for a while (C06)", () => {
    const { events, become } = start();
    become("pair2.bob");
    withinASecond();
    become("");
    withinASecond();
    become("pair3.ada");
    withinASecond();
    expect(events).toEqual([
      ["somebody_else", "pair1.ada"],
      ["nobody", "pair2.bob"],
      ["somebody_else", "pair2.bob"],
    ]);
  });

  it("tells the same user's next pair from another user's, also where a pair does not say whose it is", () => {
    const { events, become } = start();
    for (const hint of ["pair2.ada", "pair3", "pair3", "pair4.ada"]) {
      become(hint);
      withinASecond();
    }
    expect(events).toEqual([
      ["renewed", "pair1.ada"],
      ["renewed", "pair2.ada"],
      ["renewed", "pair3"],
    ]);
  });

  it("tells that the same user is back, after nobody was", () => {
    const { events, become } = start();
    become("");
    withinASecond();
    become("pair2.ada");
    withinASecond();
    expect(events).toEqual([
      ["nobody", "pair1.ada"],
      ["same_user_again", "pair1.ada"],
    ]);
  });

  it("says nothing of a login where nobody was", () => {
    jar.clear();
    const { events, become } = start();
    become("pair1.ada");
    withinASecond();
    become("pair2.bob");
    withinASecond();
    expect(events).toEqual([["somebody_else", "pair1.ada"]]);
  });

  it.each([
    ["visibilitychange", () => document],
    ["pageshow", () => page],
  ])("looks at once at %s: such a page may have heard nothing", (event, target) => {
    const { events, become } = start();
    become("");
    target().dispatchEvent(new Event(event));
    expect(events).toHaveLength(1);
  });

  it("hears of it at once, and looks no more by itself, where the browser tells of changed cookies", () => {
    const cookieStore = new EventTarget();
    vi.stubGlobal("cookieStore", cookieStore);
    const { events, become, stop } = start();
    expect(vi.getTimerCount()).toBe(0);
    become("");
    cookieStore.dispatchEvent(new Event("change"));
    expect(events).toHaveLength(1);
    stop();
    become("pair2.bob");
    cookieStore.dispatchEvent(new Event("change"));
    expect(events).toHaveLength(1);
  });

  it("leaves nothing behind when it is stopped", () => {
    const { events, become, stop } = start();
    stop();
    become("");
    withinASecond();
    document.dispatchEvent(new Event("visibilitychange"));
    page.dispatchEvent(new Event("pageshow"));
    expect([events, vi.getTimerCount()]).toEqual([[], 0]);
  });

  it("does nothing where there is no page", () => {
    vi.stubGlobal("document", undefined);
    start().stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
