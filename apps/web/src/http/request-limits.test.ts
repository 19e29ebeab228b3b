import { describe, expect, it } from "vitest";
import { httpVariables, readHttpLimits } from "../env/http-limits.ts";
import { isForRouter, type RequestHead, rejectionOf } from "./request-limits.ts";

const defaults = Object.entries(httpVariables).map(([name, variable]) => [name, variable.parse(undefined)]);
const limits = readHttpLimits(Object.fromEntries(defaults));

type HeaderLines = Array<[name: string, value: string]>;

function head(url: string, lines: HeaderLines = [], method = "GET"): RequestHead {
  const headers = Object.fromEntries(lines.map(([name, value]) => [name.toLowerCase(), value]));
  return { method, url, headers, rawHeaders: [["Host", "localhost"], ...lines].flat() };
}

function posted(type: string, bytes = 5, lines: HeaderLines = []): RequestHead {
  return head("/login", [["Content-Type", type], ["Content-Length", String(bytes)], ...lines], "POST");
}

const cookies = (count: number, length = 1): HeaderLines => [
  ["Cookie", Array.from({ length: count }, (_, at) => `c${at}=${"x".repeat(length)}`).join("; ")],
];
const cookieLines = (count: number): HeaderLines => Array.from({ length: count }, () => ["cookie", ""]);
const many = (count: number): HeaderLines => Array.from({ length: count }, (_, at) => [`X-${at}`, "1"]);

describe("refusalOf()", () => {
  it.each<[string, RequestHead, number | undefined]>([
    ["a page", head("/account"), undefined],
    ["a call", head("/api/trpc/auth.me"), undefined],
    ["an address of 8 kB", head(`/${"a".repeat(8 * 1024 - 1)}`), undefined],
    ["one more", head(`/${"a".repeat(8 * 1024)}`), 414],
    ["an address with a host, as for a proxy", head("http://evil.test/account"), 400],
    ["an asterisk", head("*", [], "OPTIONS"), 400],
    ["100 headers", head("/", many(99)), undefined],
    ["101 headers", head("/", many(100)), 431],
    ["headers of 16 kB", head("/", [["X-Long", "x".repeat(16 * 1024 - 40)]]), undefined],
    ["more than 16 kB", head("/", [["X-Long", "x".repeat(16 * 1024)]]), 431],
    ["100 cookies (H04)", head("/", cookies(100)), undefined],
    ["500 cookies (H04)", head("/", cookies(500)), 431],
    ["100 headers beside a cookie in 50 lines", head("/", [...many(99), ...cookieLines(50)]), undefined],
    ["cookies of 9 kB (H04)", head("/", cookies(2, 4_500)), 431],
    ["cookies of 60 kB (H04)", head("/", cookies(15, 4_000)), 431],
    ["two hosts (H12)", head("/", [["host", "evil.test"]]), 400],
    [
      "two origins",
      head("/", [
        ["Origin", "null"],
        ["origin", "http://localhost"],
      ]),
      400,
    ],
    [
      "two bearers",
      head("/", [
        ["Authorization", "Bearer a"],
        ["authorization", "Bearer b"],
      ]),
      400,
    ],
    [
      "two lengths (H12)",
      head("/", [
        ["Content-Length", "1"],
        ["content-length", "1"],
      ]),
      400,
    ],
    [
      "two of what may stand there twice",
      head("/", [
        ["Accept", "a"],
        ["Accept", "b"],
      ]),
      undefined,
    ],
    ["a form of 64 kB", posted("application/x-www-form-urlencoded", 65_536), undefined],
    ["a larger form (H03)", posted("application/x-www-form-urlencoded", 65_537), 413],
    ["a form with files", posted("multipart/form-data; boundary=x"), undefined],
    ["an action that a script calls", posted("text/plain;charset=UTF-8", 5, [["Next-Action", "00"]]), undefined],
    ["text that no page reads (H02)", posted("text/plain"), 415],
    ["JSON that no page reads (H02)", posted("application/json"), 415],
    ["a body of no type that no page reads (H02)", head("/login", [["Content-Length", "5"]], "POST"), 415],
    ["nothing that is posted", head("/login", [["Content-Length", "0"]], "POST"), undefined],
    ["a page with a body (H02)", head("/login", [["Content-Length", "5000"]]), 400],
    ["a download with a body (H02)", head("/api/files/1", [["Content-Length", "5000"]]), 400],
    ["the head of a page with a body (H02)", head("/login", [["Content-Length", "5000"]], "HEAD"), 400],
    ["a page with an empty body", head("/login", [["Content-Length", "0"]]), undefined],
    ["a query with a body, which the router refuses itself", head("/api/trpc/a", [["Content-Length", "5"]]), undefined],
    ["a form of unknown length (H03)", head("/login", [["Transfer-Encoding", "chunked"]], "POST"), 411],
    ["PUT on a page (H13)", head("/login", [], "PUT"), 405],
    ["TRACE on a page (H13)", head("/login", [], "TRACE"), 405],
    ["PUT on a call, which the router refuses itself (H13)", head("/api/trpc/auth.me", [], "PUT"), undefined],
    [
      "an upload of unknown length",
      head("/api/trpc/files.upload", [["Transfer-Encoding", "chunked"]], "POST"),
      undefined,
    ],
  ])("%s: %j", (_, request, status) => expect(rejectionOf(request, limits)?.status).toBe(status));

  it("says to a person what becomes of too many cookies, and clears nothing of anybody else's (H04)", () => {
    const rejection = rejectionOf(head("/", cookies(500)), limits);
    expect(rejection).toEqual({
      status: 431,
      sentence: expect.stringContaining("have been removed. Load the page again"),
      forgetsCookies: true,
    });
  });
});

it.each([
  ["/api/trpc", true],
  ["/api/trpc/", true],
  ["/api/trpc/auth.me?batch=1", true],
  ["/api/trpc?x", true],
  ["/api/trpcx", false],
  ["/api/files/1", false],
  ["/", false],
])("isForRouter(%j) is %j", (url, expected) => expect(isForRouter({ url })).toBe(expected));
