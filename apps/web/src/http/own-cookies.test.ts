import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { forget, keepOwnCookies, ownCookies } from "./own-cookies.ts";

const access = "__Host-watchword.access-3000";
const own = { login: new Set([access, "watchword.access-3000"]), words: new Set(["theme-3000"]) };

describe("ownCookies()", () => {
  it.each([
    ["", ""],
    [`${access}=a`, `${access}=a`],
    [`x=1; ${access}=a; y=2`, `${access}=a`],
    [`x=1;${access}=a;y=2`, `${access}=a`],
    [`x${access}=1; ${access}-1=2; ${access.toLowerCase()}=3; __Host-watchword.access=4`, ""],
    ["__Host-watchword.access-3001=a; theme-3001=dark; theme=dark", ""],
    [`x="; ${access}=a; "`, `${access}=a`],
    [`${access}; =${access}; ${access} =1`, ""],
    [`${access}=a=b==`, `${access}=a=b==`],
    [`x=${"y".repeat(60_000)}; ${access}=a`, `${access}=a`],
  ])("of %.80j keeps %j", (header, kept) => expect(ownCookies(header, own)).toBe(kept));

  it("keeps two of one name where one may be planted, for the login to reject (H08)", () => {
    expect(ownCookies(`${access}=a; ${access}=b`, own)).toBe(`${access}=a; ${access}=b`);
  });

  it("keeps of the words that pages keep the first and short one: a sibling host's do no harm", () => {
    const planted = Array.from({ length: 180 }, () => `theme-3000=${"x".repeat(4_000)}`).join("; ");
    expect(ownCookies(`${planted}; theme-3000=dark; theme-3000=light`, own)).toBe("theme-3000=dark");
  });
});

describe("keepOwnCookies()", () => {
  it.each<[string[], string | undefined, string[]]>([
    [["Cookie", `x=1; ${access}=a`], `${access}=a`, ["Cookie", `${access}=a`]],
    [["Cookie", "x=1"], undefined, ["Cookie", ""]],
    [["Accept", "cookie"], undefined, ["Accept", "cookie"]],
    [["cookie", "x=1", "COOKIE", `${access}=a`], `${access}=a`, ["cookie", `${access}=a`, "COOKIE", ""]],
  ])("leaves of %j what is ours, however it is read", (rawHeaders, cookie, raw) => {
    const lines = rawHeaders.filter((_, at) => at % 2 && rawHeaders[at - 1]?.toLowerCase() === "cookie");
    const headers = lines.length > 0 ? { cookie: lines.join("; ") } : {};
    const incoming = { headers, rawHeaders: [...rawHeaders] } as unknown as IncomingMessage;
    keepOwnCookies(incoming, own);
    expect([incoming.headers.cookie, incoming.rawHeaders]).toEqual([cookie, raw]);
  });
});

describe("forget()", () => {
  const forgotten = (url: string, cookie: string) => forget({ url, headers: { cookie } });

  it("has each name forgotten once, where its browser keeps it", () => {
    expect(forgotten("/a/b?c=/d", `${access}=1; ${access}=2`)).toEqual([
      `${access}=; Max-Age=0; Path=/; Secure; SameSite=Lax`,
    ]);
    expect(forgotten("/a/b?c=/d", "watchword.access-3000=1")).toEqual(
      ["/", "/a", "/a/", "/a/b"].map((path) => `watchword.access-3000=; Max-Age=0; Path=${path}; SameSite=Lax`),
    );
  });

  it("is no long answer to a long or deep address", () => {
    expect(forgotten(`/${"a".repeat(8_000)}`, "watchword.access-3000=1")).toHaveLength(1);
    expect(forgotten("/a".repeat(1_000), "watchword.access-3000=1").length).toBeLessThan(15);
  });
});
