import { afterEach, describe, expect, it, vi } from "vitest";
import { cookieEnding, isSameUser, readHint } from "./hint-cookie.ts";

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
  ])("of the app whose names end in %j finds in %j its own, %j", (ending, cookie, hint) => {
    vi.stubGlobal("document", { cookie });
    expect(readHint(ending)).toBe(hint);
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

describe("cookieEnding()", () => {
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
  ])("of %j, on a page of port 5173, is %j", (url, ending) => {
    vi.stubGlobal("document", { baseURI: "http://localhost:5173/account" });
    expect(cookieEnding(url)).toBe(ending);
  });

  it("is none where a path stands for nothing: on a server, in a frame without an address", () => {
    expect(cookieEnding("/api/trpc")).toBe("");
    vi.stubGlobal("document", { baseURI: "about:srcdoc" });
    expect(cookieEnding("/api/trpc")).toBe("");
  });
});

it("isSameUser() is false only when both say whose they are, and differ", () => {
  expect(isSameUser("one.ada", "two.ada")).toBe(true);
  expect(isSameUser("one.ada", "two.bob")).toBe(false);
  for (const unknown of ["", "two"]) {
    expect([isSameUser("one.ada", unknown), isSameUser(unknown, "one.ada")]).toEqual([true, true]);
  }
});
