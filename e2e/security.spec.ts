import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import type { Request as PlaywrightRequest } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

const json = { "content-type": "application/json" };

/** A cookie under the name that the app has for it, by the pair alone. */
const ours = ({ url }: { url: string }, cookie: string) => `watchword.${cookie.replace("=", `-${new URL(url).port}=`)}`;

test("a page of another site can run nothing here, with the visitor's cookies or without", async ({
  server,
  page,
  context,
  logIn,
}) => {
  await logIn(context);
  await page.goto("/account");
  // 127.0.0.1 is another site than localhost to a browser.
  const stranger = await context.newPage();
  const theirs = createServer((_, answer) => answer.setHeader("content-type", "text/html").end("<!doctype html>"));
  await new Promise<void>((resolve) => void theirs.listen(0, "127.0.0.1", resolve));
  await stranger.goto(`http://127.0.0.1:${(theirs.address() as AddressInfo).port}/`);
  // What the server answered, which the browser then keeps from the page as well.
  const ours = new Set<string>();
  const answered = new Map<string, number>();
  const network = await context.newCDPSession(stranger);
  await network.send("Network.enable");
  network.on("Network.requestWillBeSent", ({ requestId, request }) => {
    if (request.url.startsWith(`${server.url}/api/`)) ours.add(requestId);
  });
  // Either event may come first.
  network.on("Network.responseReceivedExtraInfo", ({ requestId, statusCode }) => {
    answered.set(requestId, statusCode);
  });
  const read = await stranger.evaluate(async (target) => {
    const form = new FormData();
    form.set("x", "1");
    const tries: RequestInit[] = [
      { method: "POST", body: form },
      { method: "POST", body: "{}", headers: { "content-type": "text/plain" } },
      { method: "POST" },
      { method: "GET" },
    ];
    const read: string[] = [];
    for (const init of tries) {
      for (const path of ["auth.logout", "auth.me"]) {
        const request = fetch(`${target}/api/trpc/${path}`, { ...init, mode: "no-cors", credentials: "include" });
        await request.then(
          async (response) => read.push(await response.text()),
          () => undefined,
        );
      }
    }
    return read.join("");
  }, server.url);
  expect(read).toBe("");
  await expect.poll(() => Array.from(ours, (id) => answered.get(id))).toEqual(Array(8).fill(403));
  await page.reload();
  await expect(page).toHaveURL("/account");
  theirs.close();
});

test("an action that leads elsewhere asks no other server, whatever the Host header names (advisory 6)", async ({
  server,
  page,
  person,
}) => {
  let asked = 0;
  const theirs = createServer((_, answer) => {
    asked += 1;
    answer.end();
  });
  await new Promise<void>((resolve) => void theirs.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(theirs.address() as AddressInfo).port}`;
  await page.goto("/login");
  await page.getByLabel("Username or email").fill(person.username);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  const isAction = (sent: PlaywrightRequest) => sent.headers()["next-action"] !== undefined;
  const [action] = await Promise.all([
    page.waitForRequest(isAction),
    page.getByRole("button", { name: "Log in", exact: true }).click(),
  ]);
  await expect(page).toHaveURL("/account");
  const body = action.postDataBuffer() ?? Buffer.alloc(0);
  expect(body.includes(person.username)).toBe(true);
  const { cookie: _, ...headers } = await action.allHeaders();
  const loggedIn: boolean[] = [];
  for (const lie of [{}, { host }, { host, origin: `http://${host}` }, { "x-forwarded-host": host }]) {
    loggedIn.push((await replay(`${server.url}/login`, { ...headers, ...lie }, body)).includes("watchword.access"));
  }
  expect(loggedIn[0]).toBe(true); // sent as it was: so what is replayed is an action
  expect(asked).toBe(0);
  theirs.close();
});

/** Sends a form again by a client that may say any host. Resolves to the cookies that are set. */
function replay(url: string, headers: Record<string, string>, body: Buffer): Promise<string> {
  const sendable = Object.entries(headers).filter(([name]) => !name.startsWith(":"));
  return new Promise((resolve, reject) => {
    const options = { method: "POST", headers: Object.fromEntries(sendable) };
    const sent = send(url, options, (answer) => resolve(String(answer.resume().headers["set-cookie"])));
    sent.on("error", reject).end(body);
  });
}

test("every answer says what a browser may do with it, and no nonce is used twice", async ({ server, request }) => {
  const nonces = new Set<string>();
  for (const path of [
    "/",
    "/login",
    "/login/second-factor",
    "/register",
    "/forgot-password",
    "/nothing-here",
    "/account",
    "/account/security",
    "/account/sessions",
    "/account/activity",
    "/api/trpc/auth.me",
  ]) {
    const response = await request.get(`${server.url}${path}`, { maxRedirects: 0 });
    const headers = response.headers();
    expect(headers, path).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "same-origin",
      "permissions-policy": expect.stringContaining("camera=()"),
      "cache-control": expect.stringContaining("no-store"),
    });
    const policy = headers["content-security-policy"] ?? "";
    expect(policy, path).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(policy, path).not.toContain("unsafe");
    expect(headers["x-powered-by"]).toBeUndefined();
    const [, nonce] = /script-src 'nonce-([^']+)' 'strict-dynamic'/.exec(policy) ?? [];
    if (nonce === undefined) continue;
    expect(nonces.has(nonce)).toBe(false);
    nonces.add(nonce);
    const page = await response.text();
    const tags = page.match(/<script[^>]*>/g) ?? [];
    if (response.status() < 300) expect(tags.length).toBeGreaterThan(0);
    for (const tag of tags) expect(tag).toContain(`nonce="${nonce}"`);
    expect(page).not.toMatch(/<[^>]+\son[a-z]+=|<[^>]+\sstyle=/i);
  }
  expect(nonces.size).toBeGreaterThanOrEqual(5);
});

test("a page that is kept for all visitors is the page that Next renders, but for its nonce", async ({
  server,
  request,
}) => {
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const response = await request.get(`${server.url}${path}`, { headers });
    const { date: _, "content-length": _length, "transfer-encoding": _coding, ...kept } = response.headers();
    const [, nonce = ""] = /'nonce-([^']+)'/.exec(kept["content-security-policy"] ?? "") ?? [];
    expect(nonce).toHaveLength(24);
    const said = JSON.stringify(kept) + (await response.text());
    return { nonce, text: said.replaceAll(nonce, "NONCE") };
  };
  for (const path of ["/", "/login", "/register", "/forgot-password"]) {
    // A header that is not known has the page rendered.
    const rendered = await ask(path, { "x-unknown": "1" });
    const copies = [await ask(path), await ask(path), await ask(path, { "user-agent": "Googlebot/2.1" })];
    for (const { text } of copies) expect(text, path).toBe(rendered.text);
    expect(new Set([rendered, ...copies].map(({ nonce }) => nonce)).size).toBe(4);
  }
});

test("a page that is fetched ahead, or whose address ends like a file's, has a policy with a nonce too", async ({
  server,
  request,
}) => {
  const asked: [path: string, headers: Record<string, string>][] = [
    ["/login", { "sec-purpose": "prefetch" }],
    ["/login", { purpose: "prefetch" }],
    ["/nothing.svg", {}],
    ["/admin/users/x.svg", {}],
  ];
  for (const [path, headers] of asked) {
    const response = await request.get(`${server.url}${path}`, { headers, maxRedirects: 0 });
    const policy = response.headers()["content-security-policy"] ?? "";
    const [, nonce] = /script-src 'nonce-([^']+)' 'strict-dynamic'/.exec(policy) ?? [];
    expect(policy, path).not.toContain("unsafe");
    for (const tag of (await response.text()).match(/<script[^>]*>/g) ?? [])
      expect(tag, path).toContain(`nonce="${nonce}"`);
  }
});

test("a nonce that a client sends is not used for the page", async ({ server, request }) => {
  const headers = { "content-security-policy": "script-src 'nonce-theirs'", "x-nonce": "theirs" };
  const response = await request.get(`${server.url}/login`, { headers });
  expect(response.headers()["content-security-policy"]).not.toContain("theirs");
  expect(await response.text()).not.toContain("theirs");
});

test("a form that another site posts is rejected before anything is done (H10)", async ({
  server,
  request,
  person,
}) => {
  const page = await (await request.get(`${server.url}/login`)).text();
  const hidden = [...page.matchAll(/<input type="hidden"[^>]*name="([^"]+)"(?:[^>]*value="([^"]*)")?/g)];
  const form = new URLSearchParams();
  const multipart: Record<string, string> = {};
  for (const [, name = "", value = ""] of hidden) {
    multipart[name] = value.replaceAll("&quot;", '"').replaceAll("&amp;", "&");
    form.set(name, multipart[name]);
  }
  multipart.identifier = person.username;
  multipart.password = person.password;
  const send = (headers: Record<string, string>) =>
    request.post(`${server.url}/login`, { multipart, headers, maxRedirects: 0 });
  const strangers = [
    { origin: "null" },
    { origin: "https://evil.example" },
    { origin: server.url.replace("localhost", "sibling.localhost"), "sec-fetch-site": "same-site" },
    { origin: server.url, "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "cross-site" },
  ];
  for (const headers of strangers) {
    const response = await send(headers);
    expect([response.status(), response.headers()["set-cookie"]], JSON.stringify(headers)).toEqual([403, undefined]);
  }
  // Neither a page that is fetched ahead nor an address that looks like a file's is a way round.
  for (const headers of strangers) {
    for (const path of ["/login", "/admin/users/x.svg"]) {
      const ahead = { ...headers, "sec-purpose": "prefetch", accept: "text/html" };
      const response = await request.post(`${server.url}${path}`, { multipart, headers: ahead, maxRedirects: 0 });
      expect([response.status(), response.headers()["set-cookie"]], `${path} ${JSON.stringify(ahead)}`).toEqual([
        403,
        undefined,
      ]);
      expect(await response.text()).toContain("This came from another site");
    }
  }
  const own = await send({ origin: server.url, "sec-fetch-site": "same-origin" });
  expect([own.status(), own.headers()["set-cookie"] !== undefined]).toEqual([303, true]);
});

test("no header or address gets an anonymous visitor into a protected page", {
  tag: "@authorisation",
}, async ({ server, request, person }) => {
  const headers: Record<string, string>[] = [
    {},
    { "x-middleware-subrequest": "src/proxy:src/proxy:src/proxy:src/proxy:src/proxy" },
    { "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy" },
    { "x-middleware-next": "1" },
    { rsc: "1" },
    { rsc: "1", "next-router-prefetch": "1" },
    { rsc: "1", "next-router-segment-prefetch": "/_tree" },
    { "x-user-id": person.username, "x-forwarded-user": person.username },
    { "x-watchword-session-ended": "<script>alert(1)</script>" },
    { authorization: "Basic YWRtaW46YWRtaW4=" },
    { authorization: "Bearer undefined" },
    { cookie: ["access=x", "refresh=y", "session=1"].map((cookie) => `__Host-${ours(server, cookie)}`).join("; ") },
  ];
  const paths = [
    "/account",
    "/account/security",
    "/account/sessions",
    "/account/activity",
    "/files",
    "/account/password",
    "/account.rsc",
    "/files?_rsc=abc",
    "//account",
    "/account/",
  ];
  for (const extra of headers) {
    for (const path of paths) {
      const response = await request.get(`${server.url}${path}`, { headers: extra, maxRedirects: 0 });
      expect([200, 303, 307, 308, 404], `${path} ${JSON.stringify(extra)}`).toContain(response.status());
      const body = await response.text();
      expect(body, `${path} ${JSON.stringify(extra)}`).not.toContain(person.email);
      expect(body).not.toContain("Log out");
      expect(body).not.toContain("<script>alert(1)</script>");
    }
    const me = await request.get("/api/trpc/auth.me", { headers: extra });
    expect(me.status(), JSON.stringify(extra)).toBe(401);
  }
});

test("nothing is served but what is meant to be: no folder, no repository, no settings, no database", async ({
  server,
  request,
}) => {
  const paths = [
    "/.git/HEAD",
    "/.git/config",
    "/.env",
    "/.env.example",
    "/package.json",
    "/data/watchword.db",
    "/src/env.ts",
  ];
  for (const path of [
    ...paths,
    "/_next/",
    "/_next/static/",
    "/_next/static/chunks/",
    "/.next/BUILD_ID",
    "/..%2f.env",
  ]) {
    const response = await request.get(`${server.url}${path}`, { maxRedirects: 0 });
    expect([308, 400, 404], path).toContain(response.status());
    expect(await response.text(), path).not.toMatch(/Index of|\[core\]|AUTH_SECRET|refs\/heads|SQLite format/);
  }
});

test("every page that needs a login is kept by no cache", { tag: "@authorisation" }, async ({
  page,
  context,
  logIn,
}) => {
  await logIn(context);
  for (const path of ["/account", "/account/sessions", "/files", "/account/password", "/api/trpc/auth.me"]) {
    const response = await page.request.get(path);
    expect(response.headers()["cache-control"], path).toContain("no-store");
  }
});

const elsewhere = [
  "//evil.example",
  "/\\evil.example",
  "https://evil.example",
  "javascript:alert(1)",
  "/%2Fevil.example",
  "/%5Cevil.example",
  "/\t/evil.example",
  "/..//evil.example",
  "http:evil.example",
  "/login?next=//evil.example",
];

test("after a login no user lands on another site, whatever the address asks for", async ({
  server,
  page,
  context,
  person,
}) => {
  for (const target of elsewhere) {
    await page.goto(`/login?next=${encodeURIComponent(target)}`);
    await page.getByLabel("Username or email").fill(person.username);
    await page.getByLabel("Password", { exact: true }).fill(person.password);
    await page.getByRole("button", { name: "Log in" }).click();
    await expect(page.getByRole("button", { name: "Log out" }).first(), target).toBeVisible();
    expect(new URL(page.url()).origin, target).toBe(server.url);
    await context.clearCookies();
  }
});

test("a login gives new tokens, whatever cookies the browser was given before", async ({ request, person, server }) => {
  const planted = "rt1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  const response = await request.post("/api/trpc/auth.login", {
    headers: {
      ...json,
      cookie: `__Host-${ours(server, `refresh=${planted}`)}; __Host-${ours(server, "access=planted")}`,
    },
    data: { identifier: person.username, password: person.password },
  });
  expect(response.status()).toBe(200);
  const cookies = response.headersArray().filter(({ name }) => name.toLowerCase() === "set-cookie");
  expect(cookies).toHaveLength(5); // the two tokens, the hint, the device, the step-up secret
  expect(cookies.some(({ value }) => value.includes(planted))).toBe(false);
});

test("a password of 5 MB is rejected before anything is hashed", async ({ request, person }) => {
  const response = await request.post("/api/trpc/auth.login", {
    headers: json,
    data: { identifier: person.username, password: "x".repeat(5_000_000) },
  });
  expect(response.status()).toBe(413);
  expect((await response.json()).error.data.reason).toBe("payload_too_large");
});

test("/.well-known/change-password leads to the page where it is done, and what is unknown there is not found", async ({
  request,
}) => {
  const known = await request.get("/.well-known/change-password", { maxRedirects: 0 });
  expect([302, 303, 307]).toContain(known.status());
  expect(known.headers().location).toMatch(/\/account\/password$/);
  const unknown = await request.get("/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200");
  expect(unknown.status()).toBe(404);
});
