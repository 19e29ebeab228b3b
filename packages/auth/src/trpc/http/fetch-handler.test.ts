import { describe, expect, it } from "vitest";
import { cookiesOfAda, tokensOfAda } from "../../../test/tokens-of-ada.ts";
import { createTestApp, libraryText, type Reply, readReply, type TestApp } from "../../testing/test-app.ts";
import { ada } from "../../testing/test-auth.ts";

const login = { identifier: ada.username, password: ada.password };
const said = (reply: Reply) => [reply.status, reply.body.error.data.reason];

async function send(app: TestApp, path: string, init: RequestInit & { duplex?: "half" }): Promise<Reply> {
  return readReply(await app.handler(new Request(`${app.url}/${path}`, init)));
}

const json = { "content-type": "application/json" };

describe("createFetchHandler() rejects before any procedure", () => {
  it.each([
    ["multipart/form-data; boundary=x", 415],
    ["application/x-www-form-urlencoded", 415],
    ["text/plain", 415],
    ["text/plain; application/json", 415],
    ["application/jsonp", 415],
    ["application/json-patch+json", 415],
    ["", 415],
  ])("a mutation of content type %j: %d", async (type, status) => {
    const app = createTestApp();
    const cookie = await cookiesOfAda(app);
    const reply = await send(app, "auth.logout", {
      method: "POST",
      body: "{}",
      headers: { "content-type": type, cookie },
    });
    expect(said(reply)).toEqual([status, "unsupported_media_type"]);
    expect((await app.get("auth.me", undefined, { cookie })).status).toBe(200);
  });

  it("a form that another site would send, which needs no preflight (H13)", async () => {
    const app = createTestApp();
    const cookie = await cookiesOfAda(app);
    const body = new FormData();
    body.set("x", "1");
    expect(said(await send(app, "auth.logout", { method: "POST", body, headers: { cookie } }))).toEqual([
      415,
      "unsupported_media_type",
    ]);
    expect((await app.get("auth.me", undefined, { cookie })).status).toBe(200);
  });

  it("takes JSON however its type is written", async () => {
    for (const type of [
      "application/json",
      "Application/JSON",
      "application/json;charset=utf-8",
      "application/json ; charset=UTF-8",
    ]) {
      const app = createTestApp();
      const reply = await send(app, "auth.register", {
        method: "POST",
        body: JSON.stringify(ada),
        headers: { "content-type": type },
      });
      expect(reply.status).toBe(200);
    }
  });

  it.each(["PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])("%s: 405", async (method) => {
    const app = createTestApp();
    expect(said(await send(app, "auth.me", { method, headers: json }))).toEqual([405, "method_not_allowed"]);
  });

  it("a method that is overridden by a header or a query", async () => {
    const app = createTestApp();
    const cookie = await cookiesOfAda(app);
    for (const [path, headers] of [
      ["auth.logout", { "x-http-method-override": "POST" }],
      ["auth.logout?_method=POST", {}],
    ] as const) {
      expect(said(await app.get(path, undefined, { cookie, ...headers }))).toEqual([405, "method_not_allowed"]);
    }
    expect((await app.get("auth.me", undefined, { cookie })).status).toBe(200);
  });

  it.each(["auth.login", "auth.register", "auth.refresh", "auth.logout", "auth.changePassword"])(
    "GET on the mutation %s: 405",
    async (path) => {
      const app = createTestApp();
      const reply = await app.get(path, login);
      expect(said(reply)).toEqual([405, "method_not_allowed"]);
      expect(reply.setCookies).toEqual([]);
    },
  );

  it("POST on a query: 405", async () =>
    expect(said(await createTestApp().post("auth.me", {}))).toEqual([405, "method_not_allowed"]));

  it.each([
    "auth.nothing",
    "nothing",
    "auth",
    "",
    "auth.login.x",
    "__proto__",
    "constructor",
    "auth.__proto__",
    "auth.constructor",
    "toString",
    "auth/login",
    "..%2Fauth.login",
    "AUTH.LOGIN",
  ])("the unknown procedure %j: 404", async (path) =>
    expect(said(await createTestApp().post(path, login))).toEqual([404, "not_found"]),
  );

  it.each(["%", "%ff", "auth.login%00", "%E0%A4%A"])("the path %j: 400 or 404, and no internal error", async (path) => {
    const app = createTestApp();
    expect([400, 404]).toContain((await app.post(path, login)).status);
    expect(app.reportedErrors).toEqual([]);
  });
});

describe("createFetchHandler() takes batches", () => {
  const batch = (paths: string[], inputs: unknown[]) =>
    [`${paths.join(",")}?batch=1`, Object.fromEntries(inputs.map((input, at) => [at, input]))] as const;

  it("of queries, and says for each what became of it: 207", async () => {
    const app = createTestApp();
    const { bearer } = await tokensOfAda(app);
    const mixed = await app.get(...batch(["app.open", "app.mine", "app.broken", "app.nothing"], []), bearer);
    expect(mixed.status).toBe(207);
    const answers = JSON.parse(mixed.text) as Array<{
      result?: { data: unknown };
      error?: { data: { reason: string } };
    }>;
    expect(answers.map(({ result, error }) => result?.data ?? error?.data.reason)).toEqual([
      "open",
      "ada",
      "internal_error",
      "not_found",
    ]);
    expect((await app.get(...batch(["app.open", "auth.me", "auth.me"], []), bearer)).status).toBe(200);
    expect((await app.get(...batch(["auth.me", "app.mine"], []))).status).toBe(401);
  });

  it("verifies the caller once, however many calls there are", async () => {
    const app = createTestApp();
    const { bearer } = await tokensOfAda(app);
    let looks = 0;
    const watched = createTestApp({
      store: {
        ...app.store,
        findSessionWithUser: (id) => {
          looks += 1;
          return app.store.findSessionWithUser(id);
        },
      },
    });
    await watched.get(
      ...batch(
        Array.from({ length: 20 }, () => "app.mine"),
        [],
      ),
      bearer,
    );
    expect(looks).toBe(1);
  });

  it.each([
    ["two logins", ["auth.login", "auth.login"]],
    ["login and register", ["auth.login", "auth.register"]],
    ["refresh and logout", ["auth.refresh", "auth.logout"]],
    ["login among others", ["app.add", "auth.login", "app.add", "auth.login"]],
    ["20 logins", Array.from({ length: 20 }, () => "auth.login")],
    ["encoded commas", ["auth.login%2Cauth.login"]],
    ["encoded letters", ["auth%2Elogin", "%61uth.login"]],
  ])("but not of %s: 400, and nothing is tried (H07)", async (_, paths) => {
    const app = createTestApp();
    await cookiesOfAda(app);
    const before = app.passwords.calls.length;
    const reply = await app.post(...batch(paths, [login, login, login, login]));
    expect(said(reply)).toEqual([400, "validation_failed"]);
    expect(app.passwords.calls).toHaveLength(before);
    expect(reply.setCookies).toEqual([]);
  });

  it("with one auth mutation in them", async () => {
    const app = createTestApp();
    await cookiesOfAda(app);
    const reply = await app.post(...batch(["auth.login"], [login]));
    expect([reply.status, reply.setCookies.length]).toEqual([200, 4]);
  });

  it("of 20 calls and no more (H07)", async () => {
    const app = createTestApp();
    const calls = (count: number) =>
      app.get(
        ...batch(
          Array.from({ length: count }, () => "app.open"),
          [],
        ),
      );
    expect((await calls(20)).status).toBe(200);
    expect((await calls(21)).status).toBe(400);
    expect((await calls(1000)).status).toBe(400);
  });
});

describe("createFetchHandler() answers", () => {
  async function everyKindOfResponse(): Promise<Array<[string, Reply]>> {
    const app = createTestApp();
    const registered = await app.post("auth.register", ada);
    const { cookie } = registered;
    const planted = { cookie: `${cookie}; __Host-watchword.access=x` };
    return [
      ["registered", registered],
      ["taken", await app.post("auth.register", ada)],
      ["login", await app.post("auth.login", login)],
      ["wrong password", await app.post("auth.login", { ...login, password: "wrong password" })],
      ["no input", await app.post("auth.login")],
      ["no JSON", await app.post("auth.login", "{")],
      ["too large", await app.post("auth.login", " ".repeat(70_000))],
      ["wrong type", await app.post("auth.login", "{}", { "content-type": "text/plain" })],
      ["cross-site", await app.post("auth.login", login, { origin: "https://evil.test" })],
      ["wrong method", await app.get("auth.login")],
      ["unknown", await app.get("x.y")],
      ["me", await app.get("auth.me", undefined, { cookie })],
      ["planted", await app.get("auth.me", undefined, planted)],
      ["missing", await app.get("auth.me")],
      ["broken", await app.get("app.broken")],
      ["refresh", await app.post("auth.refresh", {}, { cookie })],
      ["bad input", await app.get("app.echo?input={", undefined, { cookie })],
      ["logout", await app.post("auth.logout", {}, { cookie })],
      ["revoked", await app.post("auth.refresh", {}, { cookie })],
    ];
  }

  it("that no cache may keep, and no browser may guess the type of", async () => {
    for (const [name, { headers }] of await everyKindOfResponse()) {
      expect([name, headers.get("cache-control"), headers.get("x-content-type-options")]).toEqual([
        name,
        "no-store",
        "nosniff",
      ]);
      expect([name, headers.get("content-type")]).toEqual([name, "application/json"]);
      expect([name, headers.get("vary")]).toEqual([name, expect.stringContaining("cookie")]);
    }
  });

  it("without a stack, a path, a library's text, a hash or a secret", async () => {
    for (const [name, { text, headers }] of await everyKindOfResponse()) {
      const everything = `${text} ${[...headers].filter(([key]) => key !== "set-cookie" && key !== "vary").join()}`;
      expect([name, everything]).toEqual([
        name,
        expect.not.stringMatching(/stack|node_modules|\.ts\b|\/srv|Sqlite|Error:|Zod|TRPC|jose|fake\.|hash/i),
      ]);
      expect([name, everything]).toEqual([name, expect.not.stringContaining(ada.password)]);
    }
  });

  it("every error with a code, a status and a reason of ours, and nothing but what the contract has", async () => {
    for (const [name, { status, body }] of await everyKindOfResponse()) {
      if (status === 200) continue;
      const { data, message, code, ...rest } = body.error;
      expect([name, rest]).toEqual([name, {}]);
      expect([name, data.httpStatus, typeof data.code, typeof data.reason, typeof message, typeof code]).toEqual([
        name,
        status,
        "string",
        "string",
        "string",
        "number",
      ]);
      expect([
        name,
        Object.keys(data).filter(
          (key) =>
            !["code", "httpStatus", "reason", "path", "fieldErrors", "retryAfterSeconds", "faultId"].includes(key),
        ),
      ]).toEqual([name, []]);
    }
  });

  it("an internal error with 500 and a sentence, and reports the error to its own log", async () => {
    const app = createTestApp();
    const reply = await app.get("app.broken");
    expect(reply.body.error).toMatchObject({
      message: "Something went wrong on our side. Try again in a moment",
      data: { httpStatus: 500, reason: "internal_error" },
    });
    expect(reply.text).not.toContain(libraryText);
    expect(app.reportedErrors).toEqual(["app.broken"]);
  });

  it("an unexpected error of the store with 500, and touches no cookie", async () => {
    const whole = createTestApp();
    const cookie = await cookiesOfAda(whole);
    const app = createTestApp({
      store: { ...whole.store, findStoredSession: () => Promise.reject(new Error(libraryText)) },
    });
    const reply = await app.post("auth.refresh", {}, { cookie });
    expect([...said(reply), reply.setCookies]).toEqual([500, "internal_error", []]);
    expect(reply.text).not.toContain("Sqlite");
  });
});
