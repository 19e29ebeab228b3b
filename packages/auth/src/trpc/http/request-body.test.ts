import { describe, expect, it } from "vitest";
import { endlessBody } from "../../../test/endless-body.ts";
import { cookiesOfAda } from "../../../test/tokens-of-ada.ts";
import { createTestApp, type Reply, readReply, type TestApp } from "../../testing/test-app.ts";
import { ada } from "../../testing/test-auth.ts";

const login = { identifier: ada.username, password: ada.password };
const said = (reply: Reply) => [reply.status, reply.body.error.data.reason];

/** Logs in with a body that no client would write. */
async function send(app: TestApp, init: RequestInit & { duplex?: "half" }): Promise<Reply> {
  const headers = { "content-type": "application/json", ...init.headers };
  return readReply(await app.handler(new Request(`${app.url}/auth.login`, { ...init, method: "POST", headers })));
}

describe("createFetchHandler() reads a body", () => {
  const badJson = [
    "{",
    "nonsense",
    "{}{}",
    "[",
    '{"identifier":"ada",}',
    "{'a':1}",
    "NaN",
    "undefined",
    '"\u0001"',
    "\u0000",
    '{"a":\n\u0007}',
    "﻿{",
  ];
  it.each(badJson)("that is no JSON, %j: 400", async (body) => {
    const app = createTestApp();
    const reply = await app.post("auth.login", body);
    expect(said(reply)).toEqual([400, "validation_failed"]);
    expect(reply.text).not.toMatch(/JSON|token|position|unexpected/i);
    expect(app.reportedErrors).toEqual([]);
  });

  it.each([
    ["null"],
    ["[]"],
    ["1"],
    ['"x"'],
    ["true"],
    ["{}"],
    ['{"identifier":null,"password":null}'],
    ['{"identifier":{},"password":[]}'],
    ['{"identifier":["ada"],"password":true}'],
  ])("of another shape, %s: 400 with the fields", async (body) =>
    expect(said(await createTestApp().post("auth.login", body))).toEqual([400, "validation_failed"]),
  );

  it.each([
    ["a broken byte", [0x22, 0xff, 0x22]],
    ["an overlong slash", [0x22, 0xc0, 0xaf, 0x22]],
    ["a surrogate in UTF-8", [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ["a cut sequence", [0x22, 0xe2, 0x82, 0x22]],
    ["UTF-16", [0xff, 0xfe, 0x7b, 0x00]],
    ["gzip", [0x1f, 0x8b, 0x08, 0x00]],
  ])("that is not UTF-8, %s: 400, also inside a text", async (_, bytes) => {
    const between = Buffer.from(bytes.filter((byte) => byte !== 0x22));
    const inside = Buffer.concat([Buffer.from('{"identifier":"ada'), between, Buffer.from('","password":"x"}')]);
    for (const body of [Uint8Array.from(bytes), Uint8Array.from(inside)]) {
      const app = createTestApp();
      expect(said(await send(app, { body }))).toEqual([400, "validation_failed"]);
      expect(app.passwords.calls).toEqual([]);
    }
  });

  it.each(["identifier", "password"])(
    "with a NUL or half a character in %s: 400, before anything is hashed (H05, P03, P05)",
    async (field) => {
      for (const text of ["a\\u0000b", "\\ud800", "\\udc00x", "x\\ud83d"]) {
        const app = createTestApp();
        const body = JSON.stringify({ ...login, [field]: "<here>" }).replace("<here>", text);
        const reply = await app.post("auth.login", body);
        expect(said(reply)).toEqual([400, "validation_failed"]);
        expect(Object.keys(reply.body.error.data.fieldErrors ?? {})).toEqual([field]);
        expect(app.passwords.calls).toEqual([]);
      }
    },
  );

  it.each([
    ["auth.login", login],
    ["auth.register", ada],
    ["auth.refresh", {}],
    ["auth.logout", {}],
  ])("of %s with a field that nobody asked for: 400 (H06)", async (path, input) => {
    for (const extra of [
      '"role":"admin"',
      '"id":"1"',
      '"__proto__":{"role":"admin"}',
      '"constructor":{"prototype":{"role":"admin"}}',
      '"disabledAt":null',
      '"credentialVersion":9',
    ]) {
      const app = createTestApp();
      const inner = JSON.stringify(input).slice(1, -1);
      const reply = await app.post(path, `{${[inner, extra].filter(Boolean).join(",")}}`);
      expect([extra, ...said(reply)]).toEqual([extra, 400, "validation_failed"]);
      expect(app.passwords.calls).toEqual([]);
    }
    expect(Object.prototype).not.toHaveProperty("role");
  });

  it("of which a field came twice: 400, because it is ambiguous which one counts (H06)", async () => {
    const app = createTestApp();
    await cookiesOfAda(app);
    for (const twice of ['"identifier":"nobody","identifier":"ada"', '"identifier":"ada","\\u0069dentifier":"ada"']) {
      const before = app.passwords.calls.length;
      const reply = await app.post("auth.login", `{${twice},"password":${JSON.stringify(ada.password)}}`);
      expect(said(reply)).toEqual([400, "validation_failed"]);
      expect(app.passwords.calls).toHaveLength(before);
    }
  });

  it("as deep as it may be, in no time (H06)", async () => {
    const app = createTestApp();
    const began = performance.now();
    for (const body of [
      `${"[".repeat(30_000)}${"]".repeat(30_000)}`,
      `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`,
    ]) {
      expect(said(await app.post("auth.login", body))).toEqual([400, "validation_failed"]);
    }
    expect(performance.now() - began).toBeLessThan(500);
  });
});

describe("createFetchHandler() bounds a body", () => {
  it("of 5 MB: 413, and the hasher is not called (P02)", async () => {
    const app = createTestApp();
    const reply = await app.post("auth.login", { ...login, password: "x".repeat(5_000_000) });
    expect(said(reply)).toEqual([413, "payload_too_large"]);
    expect(app.passwords.calls).toEqual([]);
  });

  it("of no announced length and without an end: 413, while it is still being sent", async () => {
    const body = endlessBody();
    const reply = await send(createTestApp(), { body: body.stream, duplex: "half" });
    expect(said(reply)).toEqual([413, "payload_too_large"]);
  });

  it("whose announced length is a lie", async () => {
    const app = createTestApp();
    for (const length of ["1", "-1", "x", "1e9", "0x10"]) {
      const reply = await send(app, { body: " ".repeat(70_000), headers: { "content-length": length } });
      expect(said(reply)).toEqual([413, "payload_too_large"]);
    }
  });

  it("and takes one just below the limit", async () => {
    const app = createTestApp();
    await cookiesOfAda(app);
    const body = JSON.stringify(login);
    expect((await app.post("auth.login", body + " ".repeat(64 * 1024 - body.length))).status).toBe(200);
    expect((await app.post("auth.login", body + " ".repeat(64 * 1024 - body.length + 1))).status).toBe(413);
  });

  it.each([
    ["identifier", 513, 400],
    ["password", 2049, 400],
    ["password", 1024, 401],
  ])("and each field: %s of %d characters: %d", async (field, length, status) => {
    const app = createTestApp();
    expect((await app.post("auth.login", { ...login, [field]: "x".repeat(length) })).status).toBe(status);
  });
});
