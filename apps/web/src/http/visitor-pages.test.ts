import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { createPageHandler } from "./page-handler.ts";
import { startHttpApp } from "./testing/http-app.ts";

const browser = { accept: "text/html", "user-agent": "Mozilla/5.0 Firefox/151.0", "sec-fetch-site": "none" };

/** A page of Next's that counts how often it is rendered, with its nonce where Next puts it. */
async function serve(render: (outgoing: ServerResponse) => void = () => {}) {
  let rendered = 0;
  const encodings: unknown[] = [];
  const pages = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    rendered += 1;
    encodings.push(incoming.headers["accept-encoding"]);
    const [, nonce = ""] = /'nonce-([^']+)'/.exec(String(incoming.headers["content-security-policy"])) ?? [];
    outgoing.setHeader("Content-Type", "text/html; charset=utf-8");
    outgoing.setHeader("Cache-Control", "private, no-store");
    outgoing.setHeader("Link", `</font>; rel=preload; nonce="${nonce}"`);
    render(outgoing);
    outgoing.write(`<script nonce="${nonce.slice(0, 9)}`);
    outgoing.end(`${nonce.slice(9)}">naïve</script><style nonce="${nonce}">`);
  };
  const handler = createPageHandler({
    pages,
    appUrl: "http://localhost:3000",
    addressOf: () => "127.0.0.1",
    onError: () => {},
  });
  const app = await startHttpApp({ pages: handler });
  const ask = async (path = "/login", headers: Record<string, string> = {}, method = "GET") => {
    const response = await fetch(app.url + path, {
      method,
      headers: { host: "localhost:3000", ...browser, ...headers },
    });
    return { response, text: await response.text() };
  };
  return { ask, encodings, rendered: () => rendered };
}

function nonceOf(response: Response): string {
  return /'nonce-([^']+)'/.exec(response.headers.get("content-security-policy") ?? "")?.[1] ?? "";
}

describe("a page that is the same for every visitor", () => {
  it("is rendered once, and each copy has a nonce of its own wherever one stands", async () => {
    const { ask, rendered } = await serve();
    const nonces = new Set<string>();
    const texts = new Set<string>();
    for (let count = 0; count < 5; count += 1) {
      const { response, text } = await ask("/login", count === 4 ? { "accept-encoding": "identity" } : {});
      const nonce = nonceOf(response);
      nonces.add(nonce);
      expect(nonce).toHaveLength(24);
      expect(text).toBe(`<script nonce="${nonce}">naïve</script><style nonce="${nonce}">`);
      expect(response.headers.get("link")).toBe(`</font>; rel=preload; nonce="${nonce}"`);
      expect(response.headers.get("cache-control")).toBe("private, no-store");
      expect(response.headers.get("x-frame-options")).toBe("DENY");
      texts.add(text.replaceAll(nonce, ""));
    }
    expect([nonces.size, texts.size, rendered()]).toEqual([5, 1, 1]);
  });

  it.each([
    ["gzip, br", "gzip"],
    ["gzip;q=0.5", "gzip"],
    ["gzip;q=0, br", null],
    ["gzip;q=0.000", null],
    ["identity", null],
    ["xgzip", null],
  ])("with Accept-Encoding %s is sent with Content-Encoding %s", async (accepted, encoding) => {
    const { ask, encodings } = await serve();
    await ask();
    const { response, text } = await ask("/login", { "accept-encoding": accepted });
    expect(response.headers.get("content-encoding")).toBe(encoding);
    expect(response.headers.get("vary")).toContain("Accept-Encoding");
    expect(text).toContain("naïve");
    expect(encodings).toEqual([undefined]); // what is kept must not be compressed
  });

  it("is kept for its own address alone", async () => {
    const { ask, rendered } = await serve();
    for (const path of ["/", "/login", "/register", "/forgot-password"]) await ask(path);
    expect(rendered()).toBe(4);
    for (const path of ["/", "/login", "/register", "/forgot-password"]) await ask(path);
    expect(rendered()).toBe(4);
  });
});

describe("a page is rendered for each request", () => {
  it.each([
    ["/login?next=%2Ffiles", {}, "GET"],
    ["/account", {}, "GET"],
    ["/login/second-factor", {}, "GET"],
    ["//login", {}, "GET"],
    ["/login", {}, "HEAD"],
    ["/login", { cookie: "theme-3000=dark" }, "GET"],
    ["/login", { authorization: "Bearer x" }, "GET"],
    ["/login", { rsc: "1" }, "GET"],
    ["/login", { "next-router-prefetch": "1" }, "GET"],
    ["/login", { "sec-purpose": "prefetch" }, "GET"],
    ["/login", { range: "bytes=0-1" }, "GET"],
    ["/login", { "if-none-match": "x" }, "GET"],
    ["/login", { "x-unknown": "1" }, "GET"],
  ])("of %s with %j, by %s", async (path, headers, method) => {
    const { ask, rendered } = await serve();
    await ask("/login");
    await ask(path, headers, method);
    await ask(path, headers, method);
    expect(rendered()).toBe(3);
  });

  it.each<[what: string, render: (outgoing: ServerResponse) => void]>([
    ["sets a cookie", (outgoing) => outgoing.setHeader("Set-Cookie", "a=b")],
    ["is no page", (outgoing) => outgoing.setHeader("Content-Type", "text/plain")],
    ["is not found", (outgoing) => Object.assign(outgoing, { statusCode: 404 })],
    ["leads elsewhere", (outgoing) => Object.assign(outgoing, { statusCode: 307 })],
    ["breaks", (outgoing) => Object.assign(outgoing, { statusCode: 500 })],
  ])("while its answer %s", async (_, render) => {
    let isFirst = true;
    const { ask, rendered } = await serve((outgoing) => {
      if (isFirst) render(outgoing);
      isFirst = false;
    });
    await ask();
    await ask();
    await ask();
    expect(rendered()).toBe(2);
  });
});
