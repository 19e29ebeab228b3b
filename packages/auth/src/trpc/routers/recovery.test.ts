import { expect, it } from "vitest";
import { tokensOfAda } from "../../../test/tokens-of-ada.ts";
import { createTestApp } from "../../testing/test-app.ts";
import { ada, loginAda } from "../../testing/test-auth.ts";
import { createTestMail } from "../../testing/test-mailer.ts";

const newPassword = "a wholly different sentence";
const unknown = "nobody@example.com";

async function start() {
  const app = createTestApp();
  const { bearer } = await tokensOfAda(app);
  return { ...app, bearer, mail: createTestMail(app.auth) };
}

it("a reset asked for a known and an unknown address is answered alike, octet for octet (P14)", async () => {
  const { post } = await start();
  const answers = await Promise.all([ada.email, unknown].map((email) => post("auth.requestPasswordReset", { email })));
  const [known, other] = answers.map(({ status, text, headers }) => [status, text, [...headers]]);
  expect(known).toEqual(other);
  expect(answers[0]?.body.result.data).toEqual({ requested: true });
});

it("is answered alike beyond the limit of an hour, and sends no more (P14)", async () => {
  const { post, mail } = await start();
  const answers = [];
  for (let asked = 0; asked < 8; asked += 1)
    answers.push(await post("auth.requestPasswordReset", { email: ada.email }));
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(await mail.deliver()).toHaveLength(5);
});

it("a link is consumed by POST alone: GETs of a mail scanner leave it good (P13)", async () => {
  const { get, post, mail } = await start();
  await post("auth.requestPasswordReset", { email: ada.email });
  const link = await mail.linkOf("reset_password");
  const verify = await mail.linkOf("verify_email");
  expect((await get("auth.resetPassword", { link, newPassword })).status).toBe(405);
  expect((await get("auth.verifyEmail", { link: verify })).status).toBe(405);
  expect((await post("auth.verifyEmail", { link: verify })).body.result.data).toEqual({
    verified: true,
    changed: false,
  });
  expect((await post("auth.resetPassword", { link, newPassword })).body.result.data).toEqual({ changed: true });
});

it("parallel uses and every later one get the same rejection as a link that never existed (P13)", async () => {
  const { post, mail, get, bearer } = await start();
  await post("auth.requestPasswordReset", { email: ada.email });
  const link = await mail.linkOf("reset_password");
  const use = (secret: string) => post("auth.resetPassword", { link: secret, newPassword });
  const replies = await Promise.all(Array.from({ length: 6 }, () => use(link)));
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
  const rejections = [
    ...replies.filter(({ status }) => status !== 200),
    await use(link),
    await use("never-was"),
    await use(""),
  ];
  const said = rejections.map(({ status, body: { error } }) => `${status} ${error.data.reason} ${error.message}`);
  expect(new Set(said)).toEqual(
    new Set(["400 mail_link_invalid This link is not valid or has expired. Ask for a new one"]),
  );
  expect((await get("auth.me", undefined, bearer)).body.error.data.reason).toBe("session_revoked");
});

it("the address and the account are changed only after a step-up", async () => {
  const { post, clock, auth, bearer, mail } = await start();
  await post("auth.changeEmail", { email: "ada.king@example.org" }, bearer);
  expect((await mail.deliver()).map(({ kind }) => kind)).toContain("change_email");
  clock.advance(auth.settings.stepUpMaxAgeSeconds * 1000);
  const rejected = [
    await post("auth.changeEmail", { email: "eve@example.org" }, bearer),
    await post("auth.deleteAccount", undefined, bearer),
  ];
  expect(rejected.map(({ body }) => body.error.data.reason)).toEqual(Array(2).fill("reauthentication_required"));
  expect((await post("auth.requestEmailVerification", undefined, bearer)).status).toBe(200);
  expect(await loginAda(auth)).toBeDefined();
});

it("deleteAccount takes the cookies along, and nothing is left to log in to", async () => {
  const { post, get } = createTestApp();
  const { cookie } = await post("auth.register", { ...ada });
  const deleted = await post("auth.deleteAccount", undefined, { cookie });
  expect(deleted.body.result.data).toEqual({ deleted: true });
  expect(deleted.setCookies.length).toBeGreaterThan(0);
  expect(deleted.setCookies.every((set) => set.includes("Max-Age=0"))).toBe(true);
  expect((await get("auth.me", undefined, { cookie })).body.error.data.reason).toBe("session_revoked");
  const login = await post("auth.login", { identifier: "ada", password: ada.password });
  expect(login.body.error.data.reason).toBe("invalid_credentials");
});

it("exportData gives account, sessions and timeline as others' programs read them, and no secret", async () => {
  const { get, bearer } = await start();
  const { body, text } = await get("auth.exportData", undefined, bearer);
  expect(body.result.data).toMatchObject({
    user: { username: "ada", email: ada.email, emailVerified: false },
    credentials: [{ kind: "password", label: null, lastUsedAt: expect.any(String) }],
    sessions: [{ current: true }],
    timeline: expect.arrayContaining([expect.objectContaining({ event: "session_created" })]),
    app: {},
  });
  expect(text).not.toMatch(/hash|salt|secret/i);
  expect((await get("auth.exportData")).body.error.data.reason).toBe("access_token_missing");
});
