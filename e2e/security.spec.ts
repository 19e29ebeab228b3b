import { expect, test } from "./fixtures.ts";

const json = { "content-type": "application/json" };

test("a page of another site can run nothing here, with the visitor's cookies or without", async ({
  server,
  page,
  context,
  logIn,
}) => {
  await logIn(context);
  await page.goto("/account");
  // 127.0.0.1 is another site than localhost to a browser, and answers here too.
  const stranger = await context.newPage();
  await stranger.goto(server.url.replace("localhost", "127.0.0.1"));
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
});

test("no page can put ours into a frame", async ({ page }) => {
  const response = await page.goto("/login");
  expect(response?.headers()).toMatchObject({
    "x-frame-options": "DENY",
    "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
  });
  expect(response?.headers()["x-powered-by"]).toBeUndefined();
});

test("no header or address gets an anonymous visitor past the door of a protected page", {
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
    { cookie: "__Host-watchword.access=x; __Host-watchword.refresh=y; __Host-watchword.session=1" },
  ];
  const paths = [
    "/account",
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

test("every page that needs a login is kept by no cache", { tag: "@authorisation" }, async ({
  page,
  context,
  logIn,
}) => {
  await logIn(context);
  for (const path of ["/account", "/files", "/account/password", "/api/trpc/auth.me"]) {
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

test("after a login nobody lands on another site, whatever the address asks for", async ({
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

test("a login gives new tokens, whatever cookies the browser was given before", async ({ request, person }) => {
  const planted = "rt1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  const response = await request.post("/api/trpc/auth.login", {
    headers: { ...json, cookie: `__Host-watchword.refresh=${planted}; __Host-watchword.access=planted` },
    data: { identifier: person.username, password: person.password },
  });
  expect(response.status()).toBe(200);
  const cookies = response.headersArray().filter(({ name }) => name.toLowerCase() === "set-cookie");
  expect(cookies).toHaveLength(3);
  expect(cookies.some(({ value }) => value.includes(planted))).toBe(false);
});

test("a password of 5 MB is refused before anything is hashed", async ({ request, person }) => {
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
