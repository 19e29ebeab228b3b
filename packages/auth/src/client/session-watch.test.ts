import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stubDocument } from "../../test/test-browser.ts";
import { watchHint } from "./session-watch.ts";

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
    const told: string[][] = [];
    const stop = watchHint((...what) => told.push(what));
    const become = (hint: string) => (hint === "" ? jar.clear() : jar.set("__Host-watchword.session", hint));
    return { told, stop, become };
  }
  const withinASecond = () => vi.advanceTimersByTime(1000);

  it("tells within a second that nobody is logged in any more, once (C06)", () => {
    const { told, become } = start();
    become("");
    withinASecond();
    withinASecond();
    expect(told).toEqual([["nobody", "pair1.ada"]]);
  });

  it("tells within a second that somebody else is, also when nobody was for a while (C06)", () => {
    const { told, become } = start();
    become("pair2.bob");
    withinASecond();
    become("");
    withinASecond();
    become("pair3.ada");
    withinASecond();
    expect(told).toEqual([
      ["somebody_else", "pair1.ada"],
      ["nobody", "pair2.bob"],
      ["somebody_else", "pair2.bob"],
    ]);
  });

  it("tells the same user's next pair from another user's, also where a pair does not say whose it is", () => {
    const { told, become } = start();
    for (const hint of ["pair2.ada", "pair3", "pair3", "pair4.ada"]) {
      become(hint);
      withinASecond();
    }
    expect(told).toEqual([
      ["renewed", "pair1.ada"],
      ["renewed", "pair2.ada"],
      ["renewed", "pair3"],
    ]);
  });

  it("tells that the same user is back, after nobody was", () => {
    const { told, become } = start();
    become("");
    withinASecond();
    become("pair2.ada");
    withinASecond();
    expect(told).toEqual([
      ["nobody", "pair1.ada"],
      ["same_user_again", "pair1.ada"],
    ]);
  });

  it("says nothing of a login where nobody was", () => {
    jar.clear();
    const { told, become } = start();
    become("pair1.ada");
    withinASecond();
    become("pair2.bob");
    withinASecond();
    expect(told).toEqual([["somebody_else", "pair1.ada"]]);
  });

  it.each([
    ["visibilitychange", () => document],
    ["pageshow", () => page],
  ])("looks at once at %s: such a page may have heard nothing", (event, target) => {
    const { told, become } = start();
    become("");
    target().dispatchEvent(new Event(event));
    expect(told).toHaveLength(1);
  });

  it("hears of it at once, and looks no more by itself, where the browser tells of changed cookies", () => {
    const cookieStore = new EventTarget();
    vi.stubGlobal("cookieStore", cookieStore);
    const { told, become, stop } = start();
    expect(vi.getTimerCount()).toBe(0);
    become("");
    cookieStore.dispatchEvent(new Event("change"));
    expect(told).toHaveLength(1);
    stop();
    become("pair2.bob");
    cookieStore.dispatchEvent(new Event("change"));
    expect(told).toHaveLength(1);
  });

  it("leaves nothing behind when it is stopped", () => {
    const { told, become, stop } = start();
    stop();
    become("");
    withinASecond();
    document.dispatchEvent(new Event("visibilitychange"));
    page.dispatchEvent(new Event("pageshow"));
    expect([told, vi.getTimerCount()]).toEqual([[], 0]);
  });

  it("does nothing where there is no page", () => {
    vi.stubGlobal("document", undefined);
    start().stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
