import { describe, expect, it } from "vitest";
import { deviceKey } from "../../../test/kinds/device-key.ts";
import { bodyJar, codes, cookieJar, type Jar, reasonIn, startSecondFactor } from "../../../test/second-factor.ts";
import { paperCode } from "../../testing/paper-code.ts";
import { createTestApp, type TestApp, type TestAppOptions } from "../../testing/test-app.ts";
import { ada, testSecret } from "../../testing/test-auth.ts";
import { createTestMail } from "../../testing/test-mailer.ts";

const options = { accessTokenTtlSeconds: 7_200 };
const otherSecret = "another-secret-of-tests-that-no-other-process-has";
const jars = [
  ["cookie", cookieJar],
  ["body", bodyJar],
] as const;

/** The same database and clock, seen by another version or with other settings. */
function beside({ store, clock }: TestApp, other: TestAppOptions = {}): TestApp {
  return createTestApp({ ...options, ...other, store, clock });
}

/** What a client sends to another process. */
function moved(jar: Jar, to: TestApp): Jar {
  if (jar.delivery === "body") throw new Error("Cookies alone move");
  const copy = cookieJar(to);
  for (const [name, value] of jar.cookies) copy.cookies.set(name, value);
  return copy;
}

describe("an account with a kind of credential that this version does not know", () => {
  async function start() {
    const test = await startSecondFactor(options);
    const jar = await test.loggedIn(cookieJar(test.app));
    const older = beside(test.app);
    return { ...test, jar, older, inOlder: moved(jar, older) };
  }

  it.each(jars)("begins no session, says so in words, and sets no cookie: %s delivery", async (_, jarOf) => {
    const { older, userId } = await start();
    const reply = await jarOf(older).login();
    expect([reply.status, reply.body.error]).toMatchObject([
      503,
      {
        message:
          "This account uses a way to log in that the server does not know at the moment. Nothing was changed. Try again later",
        data: { reason: "temporarily_unavailable" },
      },
    ]);
    expect(reply.setCookies).toEqual([]);
    expect(await older.auth.listSessions(userId)).toHaveLength(2);
  });

  it("is told by its own password alone that it has one", async () => {
    const { older } = await start();
    const wrong = await older.post("auth.login", { identifier: ada.username, password: "not it at all" });
    expect(reasonIn(wrong)).toBe("invalid_credentials");
  });

  it.each<[string, string, object]>([
    ["a refresh", "auth.refresh", {}],
    ["a step-up by the password", "auth.confirmPassword", { password: ada.password }],
    [
      "a change of the password",
      "auth.changePassword",
      { currentPassword: ada.password, newPassword: "a new sentence" },
    ],
    ["a sensitive call", "auth.changeName", { name: "Ada King" }],
    ["a change of the address", "auth.changeEmail", { email: "new@example.com" }],
    ["the deletion of the account", "auth.deleteAccount", {}],
  ])("%s is put off, ends no session, and clears no cookie", async (_, path, input) => {
    const { inOlder, jar } = await start();
    const reply = await inOlder.post(path, input);
    expect([reply.status, reasonIn(reply)]).toEqual([503, "temporarily_unavailable"]);
    expect(reply.setCookies).toEqual([]);
    expect(reasonIn(await inOlder.get("auth.me"))).toBe("ok");
    // In the version that knows the kind it goes on with the same tokens.
    expect(reasonIn(await jar.post("auth.refresh"))).toBe("ok");
    expect(reasonIn(await jar.post(path === "auth.refresh" ? "auth.logout" : path, input))).toBe("ok");
  });

  it("keeps the challenge of a pending login for the version that knows the kind", async () => {
    const { app, older, responseTo } = await start();
    const login = cookieJar(app);
    await login.login();
    const answer = { method: "device_key", response: await responseTo(login, "auth.beginSecondFactor") };
    const reply = await moved(login, older).post("auth.completeLogin", answer);
    expect([reasonIn(reply), reply.setCookies]).toEqual(["temporarily_unavailable", []]);
    expect(reasonIn(await login.post("auth.completeLogin", answer))).toBe("ok");
  });

  it.each([
    ["reset_password", "auth.resetPassword", { newPassword: "a wholly different sentence" }],
    ["verify_email", "auth.verifyEmail", {}],
    ["change_email", "auth.verifyEmail", {}],
  ] as const)("keeps a link to %s for it", async (kind, path, input) => {
    const { app, jar, older } = await start();
    const mail = createTestMail(app.auth);
    if (kind === "reset_password") await app.auth.requestPasswordReset({ email: ada.email });
    else if (kind === "change_email") await jar.post("auth.changeEmail", { email: "new@example.com" });
    else await jar.post("auth.requestEmailVerification");
    const link = await mail.linkOf(kind);
    expect(reasonIn(await older.post(path, { link, ...input }))).toBe("temporarily_unavailable");
    expect(reasonIn(await app.post(path, { link, ...input }))).toBe("ok");
  });

  it("keeps an administrator's acts for it", async () => {
    const { app, userId, jar, older } = await start();
    await app.auth.admin.setRole({ actor: null, userId, role: "admin" });
    await jar.post("auth.refresh");
    const act = { userId: "0198c0de-0000-7000-8000-000000000000" };
    const inOlder = moved(jar, older);
    expect(reasonIn(await inOlder.get("admin.users", { text: "" }))).toBe("ok");
    expect(reasonIn(await inOlder.post("admin.endSessions", act))).toBe("temporarily_unavailable");
    expect(reasonIn(await jar.post("admin.endSessions", act))).toBe("ok");
  });
});

describe("a credential that no secret of the process decrypts", () => {
  const kinds = { credentialKinds: [deviceKey, paperCode] };

  it("is said by name, in the answer and in an event, and ends nothing", async () => {
    const { app, userId, credentialId, loggedIn } = await startSecondFactor(options);
    const jar = await loggedIn(cookieJar(app));
    const changed = beside(app, { ...kinds, secrets: [otherSecret] });
    const reply = await cookieJar(changed).login();
    expect([reply.status, reply.body.error]).toMatchObject([
      503,
      {
        message:
          "The server cannot read this account's credential (device_key) at the moment. Nothing was changed. Try again later",
        data: { reason: "temporarily_unavailable" },
      },
    ]);
    expect(changed.events).toEqual([{ type: "credential_unreadable", userId, credentialId, kind: "device_key" }]);
    expect(reply.setCookies).toEqual([]);
    expect(reasonIn(await jar.get("auth.me"))).toBe("ok");
    expect(reasonIn(await jar.post("auth.refresh"))).toBe("ok");
    expect(await app.store.listCredentials(userId)).toHaveLength(2);
  });

  it("leaves the other second factors of the account", async () => {
    const { app } = await startSecondFactor({ ...options, codes: true });
    const rows = await app.store.listCredentials(
      (await app.store.findCredentials({ usernameKey: "ada" }))?.user.id ?? "",
    );
    const key = rows.find(({ kind }) => kind === "device_key") ?? expect.fail("no key");
    await app.store.replaceCredential({ id: key.id, version: key.version, data: "jwe:unknown:x" });
    const jar = bodyJar(app);
    expect((await jar.login()).body.result.data.methods).toEqual(["paper_code"]);
    expect(reasonIn(await jar.post("auth.completeLogin", { method: "paper_code", response: codes[0] }))).toBe("ok");
  });

  it("that becomes unreadable while a login waits takes no try, and a step-up by it is put off", async () => {
    const { app, loggedIn, responseTo } = await startSecondFactor(options);
    const jar = await loggedIn(cookieJar(app));
    const changed = beside(app, { ...kinds, secrets: [otherSecret] });
    const login = cookieJar(app);
    await login.login();
    const answer = { method: "device_key", response: await responseTo(login, "auth.beginSecondFactor") };
    // The challenge of the other secret cannot be read either.
    expect(reasonIn(await moved(login, changed).post("auth.completeLogin", answer))).toBe("challenge_invalid");
    expect(reasonIn(await login.post("auth.completeLogin", answer))).toBe("ok");
    expect(reasonIn(await jar.post("auth.beginStepUp", { method: "device_key" }))).toBe("ok");
  });

  it("is readable again with the older secret beside the new one, and then encrypted under the new one", async () => {
    const { app, userId, complete, credentialId } = await startSecondFactor(options);
    const turned = beside(app, { ...kinds, secrets: [otherSecret, testSecret] });
    expect(await turned.auth.reencryptCredentials()).toEqual({ reencrypted: 1, unreadable: 0 });
    expect(await turned.auth.reencryptCredentials()).toEqual({ reencrypted: 0, unreadable: 0 });
    const alone = beside(app, { ...kinds, secrets: [otherSecret] });
    const jar = bodyJar(alone);
    await jar.login();
    expect(reasonIn(await complete(jar))).toBe("ok");
    expect(await app.auth.reencryptCredentials()).toEqual({ reencrypted: 0, unreadable: 1 });
    expect(app.events.at(-1)).toEqual({ type: "credential_unreadable", userId, credentialId, kind: "device_key" });
  });

  it("is encrypted under the first secret by its own use", async () => {
    const { app, userId, complete } = await startSecondFactor(options);
    const turned = beside(app, { ...kinds, secrets: [otherSecret, testSecret] });
    const jar = bodyJar(turned);
    await jar.login();
    expect(reasonIn(await complete(jar))).toBe("ok");
    expect(await turned.auth.reencryptCredentials()).toEqual({ reencrypted: 0, unreadable: 0 });
    expect((await app.store.listCredentials(userId)).map(({ data }) => data).join()).not.toContain('"key"');
  });
});
