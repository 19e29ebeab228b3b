import { describe, expect, it } from "vitest";
import { errorResponse, formFor } from "./error-response.ts";
import { everywhere } from "./response-headers.mjs";
import { typedIn } from "./typed-text.ts";

const browser = { accept: "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8" };

describe("formFor()", () => {
  it.each([
    ["a browser that shows a page", "/login", browser, "page"],
    ["a browser that opens a file", "/api/files/1", browser, "page"],
    ["a navigation that names no type", "/login", { "sec-fetch-mode": "navigate" }, "page"],
    ["a program at the API", "/api/files/1", { accept: "*/*" }, "json"],
    ["a program at the router", "/api/trpc/auth.me", {}, "json"],
    ["a program that wants JSON", "/login", { accept: "application/json" }, "json"],
    ["a program that wants problems", "/login", { accept: "application/problem+json" }, "json"],
    ["curl", "/login", { accept: "*/*" }, "text"],
    ["a script of ours that sends a form", "/login", { ...browser, "next-action": "x" }, "text"],
    ["a script of ours that asks for a page", "/login", { ...browser, rsc: "1" }, "text"],
    ["a type that is none", "/login", { accept: ";;;" }, "text"],
  ] as const)("%s", (_, url, headers, form) => expect(formFor({ url, headers })).toBe(form));
});

describe("errorAnswer()", () => {
  it("is a page that needs no script, with our headers and a nonce of its own", () => {
    const [first, second] = [0, 1].map(() => errorResponse({ url: "/login", headers: browser }, { status: 503 }));
    const text = String(first?.body);
    const [, nonce] = /'nonce-([^']+)'/.exec(first?.headers["Content-Security-Policy"] ?? "") ?? [];
    expect(text).toContain(`<style nonce="${nonce}">`);
    expect(text).toContain("<h1>This page is not available now</h1>");
    expect(text).not.toMatch(/<script|\son[a-z]+=|\sstyle=/i);
    expect(second?.headers["Content-Security-Policy"]).not.toContain(nonce);
    expect(first?.headers).toMatchObject({ ...everywhere, "Cache-Control": "no-store" });
    expect(first?.headers["Content-Length"]).toBe(String(first?.body.length));
  });

  it("is the JSON of the router's own errors, with the reason, and the id of an error", () => {
    const { body, headers } = errorResponse({ url: "/api/x", headers: {} }, { status: 500, errorId: "a-1" });
    const data = { code: "INTERNAL_SERVER_ERROR", httpStatus: 500, reason: "internal_error", faultId: "a-1" };
    expect(JSON.parse(String(body)).error).toMatchObject({ data, code: -32603, message: expect.any(String) });
    expect(headers["Content-Security-Policy"]).toContain("default-src 'none'");
  });

  it("says when to come again", () => {
    const { headers } = errorResponse({ url: "/", headers: {} }, { status: 503, retryAfterSeconds: 0.2 });
    expect(headers["Retry-After"]).toBe("1");
  });

  it("writes no address and no text of a client's into a page as it came", () => {
    const url = '//evil.example/"><script>alert(1)</script>';
    const typed = [{ label: "Name", text: "<script>alert(1)</script>" }];
    const text = String(errorResponse({ url, headers: browser }, { status: 409, typed }).body);
    expect(text).not.toContain("<script>");
    expect(text).toContain('href="/evil.example/');
    expect(text).toContain("&lt;script&gt;alert(1)");
  });

  it("follows the colours that were chosen", () => {
    const page = (cookie: string) =>
      String(errorResponse({ url: "/", headers: { ...browser, cookie } }, { status: 404 }).body);
    expect(page("a=b; theme=dark")).toContain('<html lang="en" data-theme="dark">');
    expect(page('theme="><script>')).toContain('<html lang="en">');
  });
});

it("typedIn() gives back what was typed, and neither passwords nor what stands in a form unseen", async () => {
  const form = new FormData();
  const fields = {
    identifier: "ada",
    password: "secret",
    newPassword: "secret",
    link: "secret",
    $ACTION_KEY: "k",
    name: " ",
  };
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const sent = new Response(form);
  const type = sent.headers.get("content-type") ?? "";
  const body = Buffer.from(await sent.arrayBuffer());
  expect(await typedIn(type, body)).toEqual([{ label: "Username or email", text: "ada" }]);
  expect(await typedIn(type, body.subarray(0, 40))).toEqual([]);
});
