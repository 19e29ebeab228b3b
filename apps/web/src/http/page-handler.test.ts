import type { IncomingMessage, ServerResponse } from "node:http";
import { AuthError } from "@watchword/auth/core";
import { describe, expect, it } from "vitest";
import { noteBegun, noteError, noteLength, pageSource } from "../server/page-source.ts";
import { createPageHandler } from "./page-handler.ts";
import { everywhere } from "./response-headers.mjs";
import { startHttpApp } from "./testing/http-app.ts";

const html = { accept: "text/html" };
const appUrl = "http://localhost:3000";

type Page = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void> | void;

/** Something in the place of Next, behind all that stands before it. */
async function serve(page: Page) {
  const errors: Array<{ id: string; error: unknown }> = [];
  const handler = createPageHandler({
    pages: async (incoming, outgoing) => page(incoming, outgoing),
    appUrl,
    addressOf: () => "127.0.0.1",
    onError: (_, error, id) => errors.push({ id, error }),
  });
  const app = await startHttpApp({ pages: handler });
  const ask = (path = "/login", headers: Record<string, string> = html, init: RequestInit = {}) =>
    fetch(app.url + path, { ...init, headers: { host: "localhost:3000", ...headers }, redirect: "manual" });
  return { ...app, ask, errors };
}

const writes =
  (status: number, type: string, text = "Internal Server Error"): Page =>
  (_, outgoing) => {
    outgoing.statusCode = status;
    outgoing.setHeader("Content-Type", type);
    outgoing.end(text);
  };

const form = (headers: Record<string, string> = html) => ({
  headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
  init: { method: "POST", body: "x" },
});

describe("createPageHandler() and what Next answers", () => {
  it("sets our headers on every answer, and the policy of the page that Next was given", async () => {
    let given = "";
    const { ask } = await serve((incoming, outgoing) => {
      given = String(incoming.headers["content-security-policy"]);
      outgoing.setHeader("Content-Security-Policy", "script-src 'unsafe-inline'");
      outgoing.end("page");
    });
    const headers = [{}, { "sec-purpose": "prefetch" }, { "content-security-policy": "script-src 'nonce-theirs'" }];
    for (const path of ["/login", "/admin/users/x.svg", "/.well-known/x"]) {
      for (const extra of headers) {
        const answer = await ask(path, { ...html, ...extra });
        const policy = answer.headers.get("content-security-policy");
        expect(policy).toBe(given);
        expect(policy).toMatch(/script-src 'nonce-[^']{22,}' 'strict-dynamic'/);
        expect(policy).not.toMatch(/unsafe|theirs/);
        for (const [name, value] of Object.entries(everywhere)) expect(answer.headers.get(name)).toBe(value);
      }
    }
  });

  it("puts no nonce on what a cache may keep, and the API's own policy on the API", async () => {
    const { ask } = await serve((incoming, outgoing) => {
      if (!incoming.url?.startsWith("/api")) outgoing.setHeader("Cache-Control", "public, max-age=31536000, immutable");
      outgoing.end("file");
    });
    expect((await ask("/_next/static/a.js")).headers.get("content-security-policy")).toMatch(/script-src 'self';/);
    expect((await ask("/api/files/1")).headers.get("content-security-policy")).toContain("sandbox");
  });

  it.each<[string, Page]>([
    ["ends at once", writes(500, "text/plain")],
    [
      "writes its head itself",
      (_, outgoing) =>
        void outgoing.writeHead(500, { "Content-Type": "text/plain", ETag: "x" }).end("Internal Server Error"),
    ],
    [
      "writes in pieces",
      (_, outgoing) => {
        outgoing.statusCode = 500;
        outgoing.setHeader("Content-Encoding", "gzip");
        outgoing.write("Internal ");
        outgoing.write("Server Error");
        outgoing.end();
      },
    ],
  ])("sends a page of ours in the place of a bare error that %s", async (_, page) => {
    const { ask } = await serve(page);
    const answer = await ask();
    const text = await answer.text();
    expect([answer.status, answer.headers.get("content-type")]).toEqual([500, "text/html; charset=utf-8"]);
    expect(text).toContain("<h1>This page could not be shown</h1>");
    expect(text).not.toContain("Internal Server Error");
    expect([answer.headers.get("etag"), answer.headers.get("content-encoding")]).toEqual([null, null]);
    const head = await ask("/login", html, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([500, ""]);
  });

  it("keeps the 503 of a route of ours, with its time, and logs no error", async () => {
    const { ask, errors } = await serve((_, outgoing) => void outgoing.writeHead(503, { "Retry-After": "7" }).end());
    const answer = await ask("/.well-known/jwks.json", {});
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "7"]);
    expect(await answer.text()).toContain("This page is not available now");
    expect(errors).toEqual([]);
  });

  it("lets through the app's own page for what is not there, and JSON of its routes; but JSON where JSON is asked", async () => {
    const { ask } = await serve((incoming, outgoing) => {
      const isApi = incoming.url?.startsWith("/api");
      return writes(404, isApi ? "application/json" : "text/html; charset=utf-8", "ours")(incoming, outgoing);
    });
    expect(await (await ask("/nothing")).text()).toBe("ours");
    expect(await (await ask("/api/files/1", {})).text()).toBe("ours");
    const scripts = await serve(writes(404, "text/x-component", "0:{}"));
    expect(await (await scripts.ask("/login.rsc", { rsc: "1" })).text()).toBe("0:{}");
    expect(await (await scripts.ask("/login.rsc")).text()).toContain("<h1>There is nothing here</h1>");
    const json = await ask("/nothing", { accept: "application/json" });
    expect((await json.json()).error.data).toMatchObject({ httpStatus: 404, reason: "not_found" });
  });
});

describe("createPageHandler() and whose error it was", () => {
  it.each<[string, Record<string, string>]>([
    ["a form", html],
    ["an action called by a script", { "next-action": "x" }],
  ])("says 400 for %s on which Next broke before anything of ours began, and logs nothing", async (_, headers) => {
    const { ask, errors } = await serve((incoming, outgoing) => {
      noteError(new TypeError("Failed to parse body as FormData."));
      writes(500, "text/plain")(incoming, outgoing);
      noteBegun(); // Next renders a page for its own error
    });
    const sent = form(headers);
    const answer = await ask("/login", sent.headers, sent.init);
    expect([answer.status, errors]).toEqual([400, []]);
    expect(await answer.text()).toContain("This could not be read");
  });

  it("says 500 where ours had begun, and on a plain page: with the id under which the log has it", async () => {
    const broken = new TypeError("no such column: password of ada@example.com");
    const { ask, errors } = await serve((incoming, outgoing) => {
      if (incoming.method === "POST") noteBegun();
      noteError(broken);
      writes(500, "text/html")(incoming, outgoing);
    });
    const sent = form();
    for (const send of [() => ask(), () => ask("/login", sent.headers, sent.init)]) {
      const answer = await send();
      const text = await answer.text();
      expect(answer.status).toBe(500);
      expect(text).not.toContain("ada@");
      await expect.poll(() => errors.length).toBeGreaterThan(0);
      expect(text).toContain(`<code>${errors.at(-1)?.id}</code>`);
      expect(errors.splice(0).map(({ error }) => error)).toEqual([broken]);
    }
  });

  it("says 503 and when to come again where the store could not be asked, however the error is wrapped", async () => {
    const { ask, errors } = await serve((incoming, outgoing) => {
      noteBegun();
      noteError(new Error("failed to pipe response", { cause: new AuthError("temporarily_unavailable") }));
      writes(500, "text/html")(incoming, outgoing);
    });
    const answer = await ask("/verify-email?link=x");
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await answer.text()).toContain("The server cannot reach its database");
    await expect.poll(() => errors.length).toBe(1);
  });

  it("says 500 when Next throws, and cuts off an answer that had begun", async () => {
    const crash = new Error("Next broke");
    const { ask, errors } = await serve((incoming, outgoing) => {
      if (incoming.url === "/half") outgoing.write("half");
      throw crash;
    });
    expect((await ask()).status).toBe(500);
    await expect(ask("/half").then((answer) => answer.text())).rejects.toThrow();
    await expect.poll(() => errors.map(({ error }) => error)).toEqual([crash, crash]);
  });
});

describe("createPageHandler() and forms of another build", () => {
  it("gives back what was typed, but no password", async () => {
    const { ask } = await serve(async (incoming, outgoing) => {
      for await (const _ of incoming); // Next reads the form before it knows the action
      writes(409, "text/plain", "Server Action unavailable.")(incoming, outgoing);
    });
    const body = new FormData();
    for (const [name, value] of [
      ["identifier", "ada"],
      ["password", "notes on the engine"],
    ] as const)
      body.set(name, value);
    const sent = new Request("http://x.test", { method: "POST", body });
    const headers = { ...html, "content-type": sent.headers.get("content-type") ?? "" };
    const answer = await ask("/login?next=%2Ffiles", headers, {
      method: "POST",
      body: Buffer.from(await sent.arrayBuffer()),
    });
    const text = await answer.text();
    expect(answer.status).toBe(409);
    expect(text).toContain("<h1>This page is from before an update</h1>");
    expect(text).toContain("<bdi>ada</bdi>");
    expect(text).not.toContain("notes on the engine");
    expect(text).toContain('href="/login?next=%2Ffiles"');
  });
});

it("createPageHandler() says how long a download is where the route knows it", async () => {
  const { ask } = await serve((_, outgoing) => {
    noteLength(5);
    outgoing.write("he");
    outgoing.end("llo");
  });
  const got = await ask("/api/files/1");
  expect([got.headers.get("content-length"), await got.text()]).toEqual(["5", "hello"]);
});

it("createPageHandler() gives the pages the client address, that the guard ran, and whether a proxy forwarded the request", async () => {
  const seen: unknown[] = [];
  const { ask } = await serve((_, outgoing) => {
    const { clientAddress, guarded, forwarded } = pageSource.getStore() ?? {};
    seen.push([clientAddress, guarded, forwarded]);
    outgoing.end();
  });
  const names = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "cf-connecting-ip",
  ];
  for (const name of names) await ask("/", { [name]: "x" });
  await ask("/");
  expect(seen).toEqual([...names.map(() => ["127.0.0.1", true, true]), ["127.0.0.1", true, false]]);
});
