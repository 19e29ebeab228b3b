import { expect, it } from "vitest";
import { tokensOfAda } from "../../../test/tokens-of-ada.ts";
import { createTestApp } from "../../testing/test-app.ts";
import { ada } from "../../testing/test-auth.ts";
import { createTestMail } from "../../testing/test-mailer.ts";

const { email, ...account } = ada;
const grace = { username: "grace", name: "Grace Hopper", password: "a long enough sentence" };

function start() {
  const app = createTestApp({ registration: "by_mail" });
  const mail = createTestMail(app.auth);
  const linkFor = async (address: string) => {
    await app.post("auth.requestRegistration", { email: address });
    return mail.linkOf("register");
  };
  return { ...app, mail, linkFor };
}

it("asked for a known and an unknown address, registration answers alike, octet for octet (P14)", async () => {
  const { post, linkFor } = start();
  await post("auth.completeRegistration", { ...account, link: await linkFor(email) });
  const asked = [email, email.toUpperCase(), "nobody@example.com"];
  const answers = await Promise.all(asked.map((address) => post("auth.requestRegistration", { email: address })));
  const said = answers.map(({ status, text, headers }) => JSON.stringify([status, text, [...headers]]));
  expect(new Set(said).size).toBe(1);
  expect(answers[0]?.body.result.data).toEqual({ requested: true });
});

it("register is closed with one answer for known and unknown, and sets no cookie (P14)", async () => {
  const { post, linkFor } = start();
  await post("auth.completeRegistration", { ...account, link: await linkFor(email) });
  const known = await post("auth.register", ada);
  const unknown = await post("auth.register", { ...ada, ...grace, email: "nobody@example.com" });
  expect([known.status, known.text, known.setCookies]).toEqual([unknown.status, unknown.text, unknown.setCookies]);
  expect(known.body.error.data).toMatchObject({ reason: "registration_by_mail", httpStatus: 403 });
  expect(known.setCookies).toEqual([]);
});

it("the link makes an account by POST alone, and logs in: with cookies in a browser, with a body elsewhere (P13)", async () => {
  const { post, get, linkFor } = start();
  const link = await linkFor(email);
  expect((await get("auth.completeRegistration", { ...account, link })).status).toBe(405);
  const { body, cookie, setCookies } = await post("auth.completeRegistration", { ...account, link });
  expect(body.result.data.user).toMatchObject({ username: "ada", email, emailVerified: true });
  expect(body.result.data).not.toHaveProperty("refreshToken");
  expect(setCookies).toHaveLength(4);
  expect((await get("auth.me", undefined, { cookie })).body.result.data.user).toMatchObject({ username: "ada" });

  const phone = await post("auth.completeRegistration", {
    ...grace,
    link: await linkFor("grace@example.com"),
    delivery: "body",
  });
  expect(phone.setCookies).toEqual([]);
  const authorization = `Bearer ${phone.body.result.data.accessToken}`;
  expect((await get("auth.me", undefined, { authorization })).body.result.data.user).toMatchObject({
    username: "grace",
  });
});

it("a used link, one that never existed and one of another kind are rejected alike", async () => {
  const { post, linkFor, mail } = start();
  const link = await linkFor(email);
  await post("auth.completeRegistration", { ...account, link });
  await post("auth.requestPasswordReset", { email });
  const reset = await mail.linkOf("reset_password");
  for (const dead of [link, reset, "never-was", ""]) {
    const { status, body } = await post("auth.completeRegistration", { ...grace, link: dead });
    expect([status, body.error.data.reason]).toEqual([400, "mail_link_invalid"]);
  }
});

it.each([{ email: "eve@example.com" }, { role: "admin" }, { emailVerifiedAt: 1 }])(
  "takes no field beyond its own, such as %j: the address is the link's",
  async (extra) => {
    const { post, linkFor, auth } = start();
    const link = await linkFor(email);
    const { body } = await post("auth.completeRegistration", { ...account, ...extra, link });
    expect(body.error.data.reason).toBe("validation_failed");
    expect(await auth.findRegistrationLinkEmail(link)).toEqual({ email });
  },
);

it("where accounts begin at once, a link makes one all the same", async () => {
  const app = createTestApp();
  await tokensOfAda(app);
  await app.post("auth.requestRegistration", { email: "grace@example.com" });
  const link = await createTestMail(app.auth).linkOf("register");
  expect((await app.post("auth.completeRegistration", { ...grace, link })).status).toBe(200);
});
