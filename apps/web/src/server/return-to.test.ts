import { describe, expect, it } from "vitest";
import { safeReturnTo, withQuery, withReturnTo } from "./return-to.ts";

const ours = "https://watchword.test";

describe("safeReturnTo() keeps a path of this site, with its query and hash", () => {
  it.each([
    "/",
    "/account",
    "/files?sort=name&order=desc#last",
    "/files?back=https://elsewhere.test/",
    "/files?text=a%0Ab",
    "/login-history",
    "/a%20name/with%2Fslash",
    "/@somebody",
    "/files?q=100%",
  ])("%s", (path) => {
    expect(safeReturnTo(path)).toBe(path);
  });

  it("in the form that a browser would give it", () => {
    expect(safeReturnTo("/account/../files")).toBe("/files");
    expect(safeReturnTo("/straße")).toBe("/stra%C3%9Fe");
  });
});

describe("safeReturnTo() refuses", () => {
  const hosts = ["evil.test", "user@evil.test", "user:word@evil.test:81", "2130706433", "[::1]", "ＥＶＩＬ.test", ""];
  const slashes = [
    ..."/ \\ // /\\ \\/ \\\\ /// ////".split(" "),
    ..."/\t/ /\n/ /\r\n/ /\0/ /.// /..// /%2e%2e// /a/..// /%2f /%2F%2F /%5c /%5C/ /%252f%252f".split(" "),
    ..."/%09/ /%0a/ /%0d%0a/ /%00/ /%255c \t// \n/ %2f%2f /%25252525252f/ /%c0%af".split(" "),
  ];
  const schemes =
    "https:// http:// HTTPS:// https: javascript: JaVaScRiPt: data:, blob: file:/// mailto: ftp:// ws://".split(" ");
  const attacks = hosts.flatMap((host) => [...slashes, ...schemes].map((start) => start + host));

  it("every mixture of slashes, backslashes, control characters, schemes and hosts, or keeps it on this site", () => {
    for (const attack of attacks) {
      const path = safeReturnTo(attack);
      expect(new URL(path, ours).origin, attack).toBe(ours);
      expect(path, attack).toMatch(/^\/(?![/\\])/);
      // Also when something on the way decodes it first.
      expect(decodeURIComponent(path), attack).toMatch(/^\/(?![/\\])[^\p{Cc}\\]*$/u);
    }
  });

  it("any text at all, put in front of or behind a path", () => {
    const pieces = ["/", "\\", ".", "..", "%2f", "%5c", "%", "?", "#", "@", ":", "\t", "\n", " ", "a", "//", "https:"];
    for (let round = 0; round < 6_000; round += 1) {
      const text = Array.from({ length: 1 + (round % 7) }, (_, at) => pieces[mix(round, at) % pieces.length]).join("");
      const path = safeReturnTo(text);
      expect(new URL(path, ours).origin, JSON.stringify(text)).toBe(ours);
      expect(safeReturnTo(path), JSON.stringify(text)).toBe(path);
    }
  });

  it.each([
    "/login",
    "/LOGIN?next=/login",
    "/%6cogin",
    "/register#top",
    "/logout",
    "/account/../login",
    "/api/trpc/auth.me",
    "/%61pi/files/1",
    "/_next/static/x.js",
    "/forgot-password",
    "/reconnect?next=/account",
    "/%",
    "/%zz",
    `/${"a".repeat(3000)}`,
    "account",
    "",
  ])("%s", (path) => {
    expect(safeReturnTo(path, "/here")).toBe("/here");
  });

  it("whatever is not one text", () => {
    for (const value of [undefined, null, 7, {}, ["/account"], new URL(ours)]) {
      expect(safeReturnTo(value)).toBe("/account");
    }
  });
});

describe("withReturnTo()", () => {
  it("hands the address on, encoded, and says nothing about the usual one", () => {
    expect(withReturnTo("/register", "/files?a=1&b=2#c")).toBe("/register?next=%2Ffiles%3Fa%3D1%26b%3D2%23c");
    expect(withReturnTo("/register", "/account")).toBe("/register");
  });
});

describe("withQuery()", () => {
  it.each([
    [{}, "/files"],
    [{ sort: "size" }, "/files?sort=size"],
    [{ sort: ["size", "name"], of: undefined, q: "a&b #c" }, "/files?sort=size&sort=name&q=a%26b+%23c"],
  ])("keeps %j, and what it gives is safe to return to", (query, address) => {
    expect(withQuery("/files", query)).toBe(address);
    expect(safeReturnTo(address)).toBe(address);
  });
});

/** A fixed scatter of numbers, so that a failure comes back with the same text. */
function mix(round: number, at: number): number {
  return Math.imul(round * 31 + at * 17 + 7, 2_654_435_761) >>> 8;
}
