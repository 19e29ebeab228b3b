import type { ChildProcess } from "node:child_process";
import { renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "./fixtures.ts";
import { sendRaw } from "./raw-request.ts";
import { describeServer, startBuiltApp } from "./server.ts";

interface Odd {
  method?: string;
  path: string;
  headers?: Record<string, string | number | undefined>;
  body?: string;
}

interface ReceivedResponse {
  status: number;
  header: (name: string) => string | undefined;
  body: string;
}

const page = { Accept: "text/html" };
const multipart = { "Content-Type": "multipart/form-data; boundary=xx", ...page };
const part = (name: string, value = "") => `--xx\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

/** What the page itself would send: the name of a real action of the login form. */
async function actionIn(url: string): Promise<string> {
  const text = await (await fetch(`${url}/login`)).text();
  return /&quot;id&quot;:&quot;([0-9a-f]{40,})&quot;/.exec(text)?.[1] ?? "";
}

function addresses(): Odd[] {
  const paths =
    "/%ff /%00 /a%0ab /api/files/%ff /admin/users/%ff /%E0%A4%A //account //evil.example/x /\\evil.example /%5Cevil.example /api/files/x /api/nothing /api /api/ /.well-known/x /_next/data/x/index.json /_next/static/missing /_next/static/%ff /_next/static/../../x /_next/image /_next/image?url=%2Ficon.svg&w=64&q=75 /_next/ /_global-error /%5fglobal-error /x/%2e%2e/_global-error /_global-error.rsc /_not-found /404 /500 /_error /_next/hmr /__nextjs_original-stack-frame /favicon.ico /robots.txt /login.rsc /login.segments/x.segment.rsc /login/ /login?_rsc=x /login?next=%ff /login?nxtPid=1&__nextLocale=x&__nextDataReq=1 /verify-email?link[]=1&link=%ff /admin/users/x.svg".split(
      " ",
    );
  const long = [`/${"a/".repeat(2_000)}`, `/login?${"a=1&".repeat(1_500)}`, `/api/files/${"x".repeat(7_000)}`];
  return [...paths, ...long, `/${"a".repeat(9_000)}`].flatMap((path) => [
    { path },
    { path, headers: page },
    { path, method: "HEAD" },
    { path, method: "POST", body: "x" },
  ]);
}

function methods(): Odd[] {
  const paths = [
    "/",
    "/login",
    "/login/second-factor",
    "/api/health",
    "/api/files/x",
    "/api/trpc/auth.me",
    "/.well-known/jwks.json",
    "/icon.svg",
  ];
  const names = ["TRACE", "OPTIONS", "PUT", "DELETE", "PATCH", "PROPFIND", "CONNECT", "POST"];
  return paths.flatMap((path) => names.map((method) => ({ path, method })));
}

function headers(): Odd[] {
  const odd: Record<string, string>[] = [
    { RSC: "1" },
    { RSC: "1", "Next-Router-State-Tree": "junk" },
    { RSC: "1", "Next-Router-State-Tree": "%5B%5D" },
    { RSC: "1", "Next-Router-State-Tree": "%ff" },
    { RSC: "1", "Next-Router-Prefetch": "1" },
    { RSC: "1", "Next-Router-Segment-Prefetch": "/junk" },
    { "Next-Url": "junk" },
    { "X-Middleware-Subrequest": "src/proxy:src/proxy:src/proxy:src/proxy:src/proxy" },
    { "X-Middleware-Rewrite": "/account", "X-Middleware-Next": "1" },
    { "X-Nextjs-Data": "1" },
    { "X-Invoke-Path": "/500", "X-Invoke-Status": "500", "X-Invoke-Error": "{" },
    { "X-Now-Route-Matches": "1=%ff", "X-Matched-Path": "/account" },
    { "X-Prerender-Revalidate": "x", "Next-Resume": "1", "X-Next-Resume-State-Length": "9" },
    { "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https" },
    { Range: "bytes=9999999-" },
    { "If-Match": '"x"', "If-None-Match": "*", "If-Modified-Since": "junk" },
    { Accept: ";;;" },
    { Accept: "application/json" },
    { "Accept-Encoding": "junk;q=x, gzip" },
    { "Accept-Language": "%ff-☃".replace("☃", "x") },
    { Cookie: "theme=%ff; =; ;;; a" },
    { Cookie: "__prerender_bypass=x; __next_preview_data=y" },
    { Cookie: "__Host-watchword.access=%ff; __Host-watchword.refresh=; __Host-watchword.session=1" },
    { Authorization: "Bearer %ff" },
    { "Sec-Fetch-Dest": "image" },
    { "Sec-Purpose": "prefetch;prerender" },
    { Expect: "junk" },
    { Host: "evil.example" },
  ];
  const paths = ["/", "/login", "/nothing", "/account", "/api/files/x", "/icon.svg"];
  return paths.flatMap((path) => odd.map((each) => ({ path, headers: each })));
}

function forms(action: string): Odd[] {
  const post = (more: Record<string, string>, body: string) => ({
    path: "/login",
    method: "POST",
    headers: more,
    body,
  });
  const text = { "Next-Action": action, "Content-Type": "text/plain" };
  const noId = "00".repeat(21);
  return [
    ...[
      "junk",
      "",
      "[]",
      "[1,2,3]",
      "{}",
      '["$Q1"]',
      '["$F1"]',
      '[null,"$K1"]',
      '["$@0"]',
      "[[".repeat(3_000),
      "\u0000",
    ].map((body) => post(text, body)),
    ...["junk", "toString", "__proto__", noId, "a".repeat(5_000)].map((id) => post({ "Next-Action": id }, "[]")),
    post({ ...text, "Content-Type": "application/x-www-form-urlencoded" }, "a=b"),
    ...["junk", "", part("a").slice(0, 20), `${part("1")}--xx--\r\n`].flatMap((body) => [
      post(multipart, body),
      post({ ...multipart, "Next-Action": action }, body),
    ]),
    post({ "Content-Type": "multipart/form-data", ...page }, "x"),
    ...["$ACTION_ID_junk", `$ACTION_ID_${noId}`, "$ACTION_REF_1", "$ACTION_1:0", "$ACTION_KEY"].map((name) =>
      post(multipart, `${part(name)}--xx--\r\n`),
    ),
    post(multipart, `${part(`$ACTION_ID_${action}`)}--xx--\r\n`),
    post({ "Content-Type": "application/json" }, "{"),
    { path: "/nothing", method: "POST", headers: multipart, body: "junk" },
    { path: "/", method: "POST", headers: text, body: "[]" },
  ];
}

const ours = {
  "x-content-type-options": /^nosniff$/,
  "x-frame-options": /^DENY$/,
  "referrer-policy": /^same-origin$/,
  "cross-origin-opener-policy": /^same-origin$/,
  "cross-origin-resource-policy": /^same-origin$/,
  "permissions-policy": /camera=\(\)/,
  "content-security-policy": /^default-src 'none'(?!.*unsafe).*frame-ancestors 'none'/,
};

async function send(
  port: number,
  { path, method = "GET", headers: more = {}, body = "" }: Odd,
): Promise<ReceivedResponse> {
  const headers = { Host: `localhost:${port}`, Connection: "close", ...more };
  const response = await sendRaw(port, { path, method, headers, body });
  const [head = "", ...rest] = response.split("\r\n\r\n");
  return {
    status: Number(head.slice(9, 12)),
    header: (name) => new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1]?.trim(),
    body: rest.join("\r\n\r\n"),
  };
}

/** What is wrong with an answer; nothing, as a rule. */
function problems(odd: Odd, { status, header, body }: ReceivedResponse): string[] {
  const found: string[] = [];
  if (!(status >= 200 && status < 500)) found.push(`status ${status}`);
  for (const [name, value] of Object.entries(ours)) {
    if (!value.test(header(name) ?? "")) found.push(`${name}: ${header(name)}`);
  }
  if (/Internal Server Error|Server Action|Method Not Allowed|^Not Found|Bad Request$|\bat .*:\d+:\d+/m.test(body)) {
    found.push(`Next's words: ${body.slice(0, 80)}`);
  }
  if (status >= 400 && !header("cache-control")?.includes("no-store")) found.push("a cache may keep it");
  if (/evil\.example/.test(header("location") ?? "") && !/^\/(?![/\\])/.test(header("location") ?? ""))
    found.push("leads away");
  const accept = String(odd.headers?.Accept ?? "");
  const type = header("content-type") ?? "";
  if (status >= 400 && odd.method === undefined) {
    // A route of ours answers in its own way.
    const isRoute = odd.path.startsWith("/api/files/x");
    if (accept === "text/html" && !isRoute && !type.startsWith("text/html")) found.push(`no page: ${type}`);
    if (accept === "application/json" && !type.startsWith("application/json")) found.push(`no JSON: ${type}`);
  }
  return found;
}

test("no odd request is answered with 5xx, in words of Next's, without our headers or in a form that was not asked for", async ({
  server,
}) => {
  const { port } = new URL(server.url);
  const odd = [...addresses(), ...methods(), ...headers(), ...forms(await actionIn(server.url))];
  const wrong: string[] = [];
  for (const each of odd) {
    const found = problems(each, await send(Number(port), each));
    if (found.length > 0) wrong.push(`${JSON.stringify(each).slice(0, 200)}: ${found.join("; ")}`);
  }
  expect(wrong).toEqual([]);
  expect((await fetch(`${server.url}/login`)).status).toBe(200);
});

test("a form of another build, without JavaScript, is answered by a page that says what to do and gives back what was typed", async ({
  server,
  browser,
}) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: server.url });
  const page = await context.newPage();
  await page.route("**/login", async (route) => {
    if (route.request().method() !== "GET") return route.continue();
    const response = await route.fetch();
    const body = (await response.text()).replace(/(&quot;id&quot;:&quot;)[0-9a-f]{40,}/g, `$1${"00".repeat(21)}`);
    await route.fulfill({ response, body });
  });
  await page.goto("/login");
  await page.getByLabel("Username or email").fill("ada@example.com");
  await page.getByLabel("Password", { exact: true }).fill("notes on the engine");
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await expect(page.getByRole("heading", { name: "This page is from before an update" })).toBeVisible();
  await expect(page.getByText("ada@example.com")).toBeVisible();
  expect(await page.content()).not.toContain("notes on the engine");
  await page.unroute("**/login");
  await page.getByRole("link", { name: "Load the page again" }).click();
  await expect(page.getByLabel("Username or email")).toBeVisible();
  await context.close();
});

test("a download says how long it is, and HEAD says the same", async ({ server, request, person }) => {
  const call = `${server.url}/api/trpc`;
  const data = { identifier: person.username, password: person.password, delivery: "body" };
  const { accessToken } = (await (await request.post(`${call}/auth.login`, { data })).json()).result.data;
  const headers = { authorization: `Bearer ${accessToken}`, "accept-encoding": "gzip" };
  const upload = {
    ...headers,
    "content-type": "application/octet-stream",
    "x-file-name": "a.txt",
    "x-file-type": "text/plain",
  };
  const sent = await request.post(`${call}/files.upload`, { headers: upload, data: Buffer.from("x".repeat(100_000)) });
  const { id } = (await sent.json()).result.data;
  for (const method of ["GET", "HEAD"]) {
    const response = await request.fetch(`${server.url}/api/files/${id}`, { method, headers });
    expect([response.status(), response.headers()["content-length"]], method).toEqual([200, "100000"]);
    expect(response.headers()["content-encoding"]).toBeUndefined();
    expect((await response.body()).length).toBe(method === "GET" ? 100_000 : 0);
  }
});

test.describe("with the database away", () => {
  const server = describeServer("server-away", 3466);
  let child: ChildProcess;

  test.beforeAll(async ({ request }) => {
    rmSync(dirname(server.databaseFile), { recursive: true, force: true });
    child = startBuiltApp({ port: 3466, env: server.env });
    await expect(async () => {
      expect((await request.get(`${server.url}/api/health`)).status()).toBe(200);
    }).toPass({ timeout: 60_000 });
  });

  test.afterAll(() => void child.kill("SIGTERM"));

  test("pages that read it say 503, when to come again, and what it means, and others are there", async ({
    request,
  }) => {
    await request.get(`${server.url}/`);
    renameSync(server.databaseFile, `${server.databaseFile}.away`);
    // Whether the file is there is asked ten times a second at most.
    await expect(async () => {
      expect((await request.get(`${server.url}/api/health`)).status()).toBe(503);
    }).toPass({ timeout: 10_000 });
    const link = "A".repeat(43);
    for (const path of ["/verify-email", "/reset-password", "/register/finish"]) {
      const headers = { accept: "text/html" };
      const response = await request.get(`${server.url}${path}?link=${link}`, { headers });
      expect(response.status(), path).toBe(503);
      expect(Number(response.headers()["retry-after"]), path).toBeGreaterThan(0);
      expect(await response.text(), path).toContain("The server cannot reach its database");
    }
    const cookie = "__Host-watchword.access=x; __Host-watchword.refresh=rt1.x; __Host-watchword.session=1";
    for (const path of ["/", "/login"]) {
      const response = await request.get(`${server.url}${path}`, { headers: { cookie } });
      expect(response.status(), path).toBe(200);
    }
    renameSync(`${server.databaseFile}.away`, server.databaseFile);
  });
});
