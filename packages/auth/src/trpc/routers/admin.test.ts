import { describe, expect, it } from "vitest";
import { tokensOfAda } from "../../../test/tokens-of-ada.ts";
import { createTestApp, type TestApp } from "../../testing/test-app.ts";
import { ada } from "../../testing/test-auth.ts";
import { createTestMail } from "../../testing/test-mailer.ts";
import { adminRouter } from "./admin.ts";

type Procedure = { _def: { type: "query" | "mutation"; meta?: { roles?: readonly string[] } } };
const procedures = Object.entries(adminRouter._def.procedures as unknown as Record<string, Procedure>);
const nobody = "0198c0de-0000-7000-8000-000000000000";
const inputs: Record<string, object> = {
  users: { text: "" },
  endSession: { userId: nobody, sessionId: nobody },
  setRole: { userId: nobody, role: "admin" },
};
const inputOf = (name: string) => inputs[name] ?? { userId: nobody };
const call = (app: TestApp, [name, { _def }]: (typeof procedures)[number], headers: Record<string, string>) =>
  _def.type === "query"
    ? app.get(`admin.${name}`, inputOf(name), headers)
    : app.post(`admin.${name}`, inputOf(name), headers);

const grace = { username: "grace", email: "grace@example.com", name: "Grace", password: "a long enough password" };

async function start() {
  const app = createTestApp();
  const { bearer, refreshToken } = await tokensOfAda(app);
  const userId = String(((await app.get("auth.me", undefined, bearer)).body.result.data.user as { id: string }).id);
  const other = await app.post("auth.register", { ...grace, delivery: "body" });
  const { user, session, accessToken } = other.body.result.data as never as {
    user: { id: string };
    session: { id: string };
    accessToken: string;
  };
  const person = { userId: user.id, sessionId: session.id, bearer: { authorization: `Bearer ${accessToken}` } };
  const becomeAdmin = async () => {
    await app.auth.admin.setRole({ actor: null, userId, role: "admin" });
    const reply = await app.post("auth.refresh", { refreshToken });
    return { ...bearer, authorization: `Bearer ${String(reply.body.result.data.accessToken)}` };
  };
  return { app, bearer, person, userId, becomeAdmin };
}

describe("every procedure for administrators", () => {
  it.each(procedures)("admin.%s says in its meta who it is for", (_name, { _def }) => {
    expect(_def.meta?.roles).toEqual(["admin"]);
  });

  it.each(procedures)("admin.%s rejects a caller who is not logged in, or no administrator", async (...procedure) => {
    const { app, bearer } = await start();
    const answers = [await call(app, procedure, {}), await call(app, procedure, bearer)];
    expect(answers.map(({ status, body }) => [status, body.error.data.reason])).toEqual([
      [401, "access_token_missing"],
      [403, "forbidden"],
    ]);
  });

  it.each(procedures)(
    "admin.%s tells of whoever may not call it, by ids and its own name alone (ASVS 16.3.2)",
    async (...procedure) => {
      const { app, bearer, userId } = await start();
      await call(app, procedure, {});
      await call(app, procedure, bearer);
      const rejected = app.events.filter(({ type }) => type === "access_refused");
      const sessionId = expect.stringMatching(/^[0-9a-f-]{36}$/);
      expect(rejected).toEqual([{ type: "access_refused", userId, sessionId, procedure: `admin.${procedure[0]}` }]);
    },
  );

  it.each(procedures)("admin.%s reads no input before it knows the caller", async (name, { _def }) => {
    const { app, bearer } = await start();
    const reply = await (_def.type === "query"
      ? app.get(`admin.${name}`, { nonsense: true }, bearer)
      : app.post(`admin.${name}`, { nonsense: true }, bearer));
    expect(reply.body.error.data.reason).toBe("forbidden");
  });

  it.each(procedures.filter(([, { _def }]) => _def.type === "mutation"))(
    "admin.%s asks for the password again when that was given a while ago (ASVS 7.5.3)",
    async (...procedure) => {
      const { app, becomeAdmin } = await start();
      app.clock.advance(600_000);
      const reply = await call(app, procedure, await becomeAdmin());
      expect([reply.status, reply.body.error.data.reason]).toEqual([403, "reauthentication_required"]);
    },
  );
});

it("a role that was taken away counts on the next request, with the token that still says it (ASVS 8.3.2)", async () => {
  const { app, userId, person, becomeAdmin } = await start();
  const asAdmin = await becomeAdmin();
  expect((await app.get("admin.users", { text: "" }, asAdmin)).status).toBe(200);
  await app.auth.admin.setRole({ actor: null, userId: person.userId, role: "admin" });
  await app.auth.admin.setRole({ actor: null, userId, role: "user" });
  const reply = await app.get("admin.users", { text: "" }, asAdmin);
  expect([reply.status, reply.body.error.data.reason]).toEqual([401, "access_token_expired"]);
});

it("an administrator finds a user, lists their sessions, and ends one", async () => {
  const { app, person, becomeAdmin } = await start();
  const asAdmin = await becomeAdmin();
  const { users } = (await app.get("admin.users", { text: "gra" }, asAdmin)).body.result.data as never as {
    users: object[];
  };
  expect(users).toEqual([
    {
      id: person.userId,
      username: "grace",
      email: "grace@example.com",
      name: "Grace",
      createdAt: expect.any(String),
      emailVerified: false,
      role: "user",
      disabledAt: null,
    },
  ]);
  const seen = await app.get("admin.user", { userId: person.userId }, asAdmin);
  expect(seen.body.result.data).toMatchObject({ sessions: [{ id: person.sessionId, current: false }] });
  expect(seen.text).not.toMatch(/hash|salt|secret/i);
  const ended = await app.post("admin.endSession", { userId: person.userId, sessionId: person.sessionId }, asAdmin);
  expect(ended.body.result.data).toEqual({ ended: 1 });
  const rejected = await app.get("auth.me", undefined, person.bearer);
  expect(rejected.body.error).toMatchObject({
    message: "An administrator ended this login",
    data: { reason: "session_revoked", endedBecause: "ended_by_admin" },
  });
  const listed = await app.get("admin.timeline", { userId: person.userId }, asAdmin);
  expect(listed.text).toContain("authz_admin");
});

it("an administrator invites a user, who chooses a password by the link of the mail and logs in", async () => {
  const { app, becomeAdmin } = await start();
  const asAdmin = await becomeAdmin();
  const joan = { username: "joan", email: "joan@example.com", name: "Joan Clarke" };
  const created = await app.post("admin.createUser", joan, asAdmin);
  const { user, invited } = created.body.result.data as never as { user: { id: string }; invited: boolean };
  expect([invited, user]).toEqual([
    true,
    {
      ...joan,
      id: expect.any(String),
      createdAt: expect.any(String),
      emailVerified: false,
      role: "user",
      disabledAt: null,
    },
  ]);
  expect(created.setCookies).toEqual([]);
  const shown = async () => (await app.get("admin.user", { userId: user.id }, asAdmin)).body.result.data;
  expect(await shown()).toMatchObject({ credentials: [], sessions: [] });
  const mail = createTestMail(app.auth);
  const first = await mail.linkOf("invitation");
  const again = await app.post("admin.sendInvitation", { userId: user.id }, asAdmin);
  expect(again.body.result.data).toEqual({ invited: true });
  const newPassword = "a wholly different sentence";
  const choose = (link: string) => app.post("auth.resetPassword", { link, newPassword });
  expect((await choose(first)).status).toBe(200);
  const late = await app.post("admin.sendInvitation", { userId: user.id }, asAdmin);
  expect([late.status, late.body.error.data.reason]).toEqual([409, "already_has_password"]);
  expect(await shown()).toMatchObject({
    credentials: [{ kind: "password", label: null, createdAt: expect.any(String), lastUsedAt: null }],
  });
  const login = await app.post("auth.login", { identifier: "joan", password: newPassword, delivery: "body" });
  expect(login.status).toBe(200);
});

it("an invitation is rejected with every field that is wrong", async () => {
  const { app, becomeAdmin } = await start();
  const asAdmin = await becomeAdmin();
  const wrong = await app.post("admin.createUser", { username: "", email: "x", name: "" }, asAdmin);
  expect([wrong.status, wrong.body.error.data.reason]).toEqual([400, "validation_failed"]);
  expect(Object.keys(wrong.body.error.data.fieldErrors ?? {})).toEqual(["username", "email", "name"]);
  const taken = await app.post(
    "admin.createUser",
    { ...grace, password: undefined, email: "other@example.com" },
    asAdmin,
  );
  expect([taken.status, taken.body.error.data.reason]).toEqual([409, "username_taken"]);
  const role = await app.post(
    "admin.createUser",
    { username: "joan", email: "j@example.com", name: "J", role: "admin" },
    asAdmin,
  );
  expect(role.body.error.data.reason).toBe("validation_failed");
});

it("the last administrator cannot step down: 409 with its reason", async () => {
  const { app, userId, becomeAdmin } = await start();
  const asAdmin = await becomeAdmin();
  for (const [path, input] of [
    ["admin.disable", { userId }],
    ["admin.setRole", { userId, role: "user" }],
  ] as const) {
    const reply = await app.post(path, input, asAdmin);
    expect([reply.status, reply.body.error.data.reason]).toEqual([409, "last_admin"]);
  }
  expect((await app.get("admin.users", { text: ada.username }, asAdmin)).status).toBe(200);
});

it.each([
  ["admin.setRole", { userId: nobody, role: "root" }],
  ["admin.setRole", { userId: nobody, role: "admin", id: 1 }],
  ["admin.disable", { userId: "1' OR '1'='1" }],
  ["admin.endSession", { userId: nobody }],
])("%s refuses %j", async (path, input) => {
  const { app, becomeAdmin } = await start();
  expect((await app.post(path, input, await becomeAdmin())).body.error.data.reason).toBe("validation_failed");
});
