import { describe, expect, it } from "vitest";
import { pageProblem, prepareHeaders } from "./page-request.ts";
import { pagePolicyWith } from "./response-headers.mjs";

const local = { appUrl: "http://localhost:3000", localPort: 3001 };
const behindProxy = { appUrl: "https://app.test", localPort: 3000 };

function head(url: string, headers: Record<string, string> = {}, method = "GET") {
  return { method, url, headers: { host: "localhost:3000", ...headers }, rawHeaders: [] };
}

describe("pageProblem() and another site's form", () => {
  const strangers = [
    { origin: "null" },
    { origin: "https://evil.example" },
    { "sec-fetch-site": "cross-site" },
    { origin: "http://localhost:3000", "sec-fetch-site": "same-site" },
  ];
  const marks: Record<string, string>[] = [
    {},
    { "sec-purpose": "prefetch" },
    { purpose: "prefetch" },
    { "next-router-prefetch": "1" },
    { "next-action": "x" },
    { "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy" },
  ];
  const paths = [
    "/login",
    "/admin/users/x.svg",
    "/LOGIN",
    "/a.ico?x",
    "//login",
    "/%6cogin",
    "/.well-known/x",
    "/api/health",
  ];

  it.each(paths)("rejects it at %s, whatever header marks it", (path) => {
    for (const mark of marks) {
      for (const stranger of strangers) {
        const problem = pageProblem(head(path, { ...mark, ...stranger }, "POST"), local);
        expect(problem?.status, JSON.stringify({ ...mark, ...stranger })).toBe(403);
      }
      const own = { ...mark, origin: "http://localhost:3000", "sec-fetch-site": "same-origin" };
      expect(pageProblem(head(path, own, "POST"), local)).toBeUndefined();
      expect(pageProblem(head(path, mark, "POST"), local)).toBeUndefined(); // a program, which nobody can be lured into
    }
  });

  it("lets people come to a page from anywhere", () => {
    for (const method of ["GET", "HEAD"]) {
      expect(pageProblem(head("/login", { "sec-fetch-site": "cross-site" }, method), local)).toBeUndefined();
    }
  });
});

describe("pageProblem() and the host", () => {
  it.each([
    ["localhost:3000", undefined],
    ["LOCALHOST:3000", undefined],
    ["127.0.0.1:3000", undefined],
    ["[::1]:3000", undefined],
    ["localhost:3001", undefined],
    ["127.0.0.1:3001", undefined],
    ["localhost", 421],
    ["localhost:3002", 421],
    ["evil.example", 421],
    ["evil.example:3000", 421],
    ["localhost.evil.example:3000", 421],
    ["127.0.0.1.nip.io:3000", 421],
    ["", 421],
  ])("on one's own machine %j: %j", (host, status) => {
    expect(pageProblem(head("/", { host }), local)?.status).toBe(status);
  });

  it("takes any behind a proxy, which may send its own", () => {
    expect(pageProblem(head("/", { host: "internal:3000" }), behindProxy)).toBeUndefined();
  });
});

describe("pageProblem() and the path", () => {
  it.each([
    ["/", undefined],
    ["/login?next=%ff", undefined],
    ["/files/%C3%A9", undefined],
    ["/%ff", 400],
    ["/api/files/%ff", 400],
    ["/admin/users/%E0%A4%A", 400],
    ["/%00", 400],
    ["/a%0ab", 400],
    ["/_global-error", 404],
    ["/%5fglobal-error", 404],
    ["/x/../_global-error", 404],
    ["/x/%2e%2e/_global-error", 404],
    ["//_global-error", 404],
    ["/_not-found", 404],
    ["/_next/image?url=%2Ficon.svg&w=64&q=75", 404],
    ["/_next/data/x/index.json", 404],
    ["/_next/static/../image", 404],
    ["/_next/static/chunks/a.js", undefined],
  ])("%s: %j", (url, status) => expect(pageProblem(head(url), local)?.status).toBe(status));

  it("takes no form where a file of Next's stands", () => {
    const problem = pageProblem(head("/_next/static/a.js", {}, "POST"), local);
    expect([problem?.status, problem?.headers]).toEqual([405, { Allow: "GET, HEAD" }]);
  });
});

describe("prepareHeaders()", () => {
  const policy = pagePolicyWith("ours");

  it("drops every internal header of Next's and every policy that a client sends, and hands over ours", () => {
    const kept = { host: "localhost:3000", cookie: "a=b", "next-action": "x", rsc: "1", "next-router-prefetch": "1" };
    const headers: Record<string, string> = {
      ...kept,
      "content-security-policy": "script-src 'nonce-theirs'",
      "content-security-policy-report-only": "script-src 'nonce-theirs'",
      "x-nonce": "theirs",
      "x-watchword-session-ended": "theirs",
    };
    const internal =
      "x-middleware-subrequest x-middleware-next x-middleware-rewrite x-middleware-override-headers x-nextjs-data x-invoke-path x-invoke-status x-now-route-matches x-matched-path x-prerender-revalidate x-action-forwarded x-next-revalidated-tags x-next-resume-state-length next-resume x-vercel-id x-forwarded-host x-forwarded-proto x-forwarded-port";
    for (const name of internal.split(" ")) headers[name] = "theirs";
    prepareHeaders(headers, { appUrl: local.appUrl, policy });
    expect(headers).toEqual({ ...kept, "content-security-policy": policy });
  });

  it("names our own host where a proxy has named its own, and leaves it alone on one's own machine", () => {
    const headers = { host: "internal:3000", "x-forwarded-host": "evil.example" };
    prepareHeaders(headers, { appUrl: behindProxy.appUrl, policy });
    expect(headers).toEqual({ host: "app.test", "content-security-policy": policy });
    const own = { host: "127.0.0.1:3000" };
    prepareHeaders(own, { appUrl: local.appUrl, policy });
    expect(own.host).toBe("127.0.0.1:3000");
  });
});
