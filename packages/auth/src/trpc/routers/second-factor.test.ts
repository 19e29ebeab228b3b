import { describe, expect, it } from "vitest";
import { bodyJar, codes, cookieJar, reasonIn, startSecondFactor } from "../../../test/second-factor.ts";
import { ada } from "../../testing/test-auth.ts";
import { createTestMail } from "../../testing/test-mailer.ts";

const jars = [
  ["cookie", cookieJar],
  ["body", bodyJar],
] as const;

describe.each(jars)("a login with a second factor and %s delivery", (delivery, jarOf) => {
  it("is answered with methods and a challenge, and begins no session", async () => {
    const { app, userId } = await startSecondFactor();
    const jar = jarOf(app);
    const reply = await jar.login();
    const challenge = expect.stringMatching(/^ch1\.[\w-]{64}$/);
    expect([reply.status, reply.body.result.data]).toEqual([
      200,
      {
        status: "second_factor_required",
        methods: ["device_key"],
        expiresIn: 600,
        ...(delivery === "body" ? { challenge } : {}),
      },
    ]);
    expect(reply.setCookies).toEqual(
      delivery === "body"
        ? []
        : [
            expect.stringMatching(
              /^__Host-watchword\.challenge=ch1\.[\w-]{64}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
            ),
          ],
    );
    expect(app.events).toEqual([{ type: "second_factor_required", userId }]);
    expect(await app.auth.listSessions(userId)).toHaveLength(1);
    expect(reasonIn(await jar.get("auth.me"))).toBe("access_token_missing");
  });

  it("is complete with the response of the device, and says by what the user was proven", async () => {
    const { app, complete } = await startSecondFactor();
    const jar = jarOf(app);
    await jar.login();
    const { status, body } = await complete(jar);
    expect([status, body.result.data]).toMatchObject([
      200,
      { status: "complete", user: { username: "ada" }, session: { delivery, amr: ["pwd", "hwk", "mfa"] } },
    ]);
    const me = await jar.get("auth.me");
    expect(me.body.result.data).toMatchObject({ session: { amr: ["pwd", "hwk", "mfa"] } });
    expect(jar.delivery === "cookie" && jar.challenge()).toBeFalsy();
    expect(app.events.map(({ type }) => type)).toEqual(["second_factor_required", "login_succeeded"]);
  });

  it("notes the last use of both credentials", async () => {
    const { app, userId, loggedIn } = await startSecondFactor();
    app.clock.advance(5_000);
    await loggedIn(jarOf(app));
    const found = await app.store.listCredentials(userId);
    expect(found.map(({ kind, lastUsedAt }) => [kind, lastUsedAt]).sort()).toEqual([
      ["device_key", app.clock.now()],
      ["password", app.clock.now()],
    ]);
  });

  it("a challenge that is answered twenty times at the same moment begins one session", async () => {
    const { app, userId, responseTo } = await startSecondFactor();
    const jar = jarOf(app);
    await jar.login();
    const answer = { method: "device_key", response: await responseTo(jar, "auth.beginSecondFactor") };
    const replies = await Promise.all(Array.from({ length: 20 }, () => jar.post("auth.completeLogin", answer)));
    const reasons = replies.map(reasonIn).sort();
    expect(reasons).toEqual([...Array(19).fill("challenge_invalid"), "ok"]);
    expect(await app.auth.listSessions(userId)).toHaveLength(2);
  });

  it("a used challenge is not valid any more", async () => {
    const { app, responseTo } = await startSecondFactor();
    const jar = jarOf(app);
    await jar.login();
    const challenge = jar.challenge() ?? "";
    const answer = { method: "device_key", response: await responseTo(jar, "auth.beginSecondFactor") };
    expect(reasonIn(await jar.post("auth.completeLogin", answer))).toBe("ok");
    const again =
      delivery === "body"
        ? await app.post("auth.completeLogin", { ...answer, challenge })
        : await app.post("auth.completeLogin", answer, { cookie: `__Host-watchword.challenge=${challenge}` });
    expect(reasonIn(again)).toBe("challenge_invalid");
  });

  it("takes five wrong responses, says at the field that they are wrong, and then no right one", async () => {
    const { app, userId, responseTo } = await startSecondFactor();
    const jar = jarOf(app);
    await jar.login();
    const response = await responseTo(jar, "auth.beginSecondFactor");
    const wrong = () => jar.post("auth.completeLogin", { method: "device_key", response: "wrong" });
    const first = await wrong();
    expect([first.status, first.body.error.data]).toMatchObject([
      401,
      { reason: "invalid_credentials", fieldErrors: { response: ["That code is not right"] } },
    ]);
    for (let count = 0; count < 4; count += 1) expect(reasonIn(await wrong())).toBe("invalid_credentials");
    expect(reasonIn(await jar.post("auth.completeLogin", { method: "device_key", response }))).toBe(
      "challenge_invalid",
    );
    expect(app.events.filter(({ type }) => type === "login_failed")).toEqual(
      Array(5).fill({ type: "login_failed", userId, why: "wrong_second_factor" }),
    );
  });

  it.each([
    ["the last millisecond of ten minutes", 599_999, "ok"],
    ["ten minutes later", 600_000, "challenge_invalid"],
  ])("is taken until it expires: %s", async (_, ms, reason) => {
    const { app, responseTo } = await startSecondFactor();
    const jar = jarOf(app);
    await jar.login();
    const response = await responseTo(jar, "auth.beginSecondFactor");
    app.clock.advance(ms);
    expect(reasonIn(await jar.post("auth.completeLogin", { method: "device_key", response }))).toBe(reason);
  });

  it("answers for another method than those of the login name the field, and take no try", async () => {
    const { app, complete } = await startSecondFactor();
    const jar = jarOf(app);
    await jar.login();
    for (const method of ["password", "paper_code", "of_tomorrow", "", "__proto__"]) {
      for (let count = 0; count < 3; count += 1) {
        const reply = await jar.post("auth.completeLogin", { method, response: ada.password });
        expect([reply.status, reply.body.error.data.fieldErrors]).toEqual([400, { method: [expect.any(String)] }]);
      }
    }
    expect(reasonIn(await complete(jar))).toBe("ok");
  });

  it("a kind that draws something takes no response before it has", async () => {
    const { app } = await startSecondFactor();
    const jar = jarOf(app);
    await jar.login();
    const reply = await jar.post("auth.completeLogin", { method: "device_key", response: "x" });
    expect(reasonIn(reply)).toBe("challenge_invalid");
  });

  it("what was drawn before something else was drawn is not valid any more", async () => {
    const { app, responseTo, complete } = await startSecondFactor();
    const jar = jarOf(app);
    await jar.login();
    const response = await responseTo(jar, "auth.beginSecondFactor");
    await responseTo(jar, "auth.beginSecondFactor");
    expect(reasonIn(await jar.post("auth.completeLogin", { method: "device_key", response }))).toBe(
      "invalid_credentials",
    );
    expect(reasonIn(await complete(jar))).toBe("ok");
  });

  it("offers every second factor, and takes any one of them", async () => {
    const { app } = await startSecondFactor({ codes: true });
    const jar = jarOf(app);
    expect((await jar.login()).body.result.data.methods).toEqual(["device_key", "paper_code"]);
    const reply = await jar.post("auth.completeLogin", { method: "paper_code", response: codes[0] });
    expect(reply.body.result.data).toMatchObject({ session: { amr: ["pwd", "otp", "mfa"] } });
  });

  it("one code in two logins at the same moment begins one session", async () => {
    const { app, userId } = await startSecondFactor({ codes: true });
    const both = [jarOf(app), jarOf(app)];
    for (const jar of both) await jar.login();
    const answer = { method: "paper_code", response: codes[1] };
    const reasons = await Promise.all(both.map(async (jar) => reasonIn(await jar.post("auth.completeLogin", answer))));
    expect(reasons.filter((reason) => reason === "ok")).toHaveLength(1);
    expect(await app.auth.listSessions(userId)).toHaveLength(2);
  });
});

describe("a challenge answered from elsewhere", () => {
  it("is rejected from a browser without its cookie, and as a body", async () => {
    const { app, responseTo } = await startSecondFactor();
    const jar = cookieJar(app);
    await jar.login();
    const answer = { method: "device_key", response: await responseTo(jar, "auth.beginSecondFactor") };
    const replies = [
      await app.post("auth.completeLogin", answer),
      await app.post("auth.completeLogin", { ...answer, challenge: jar.challenge() }),
      await app.post("auth.beginSecondFactor", { method: "device_key", challenge: jar.challenge() }),
    ];
    expect(replies.map(reasonIn)).toEqual(Array(3).fill("challenge_invalid"));
    expect(reasonIn(await jar.post("auth.completeLogin", answer))).toBe("ok");
  });

  it("is rejected as a cookie where it was issued in the body", async () => {
    const { app, responseTo } = await startSecondFactor();
    const jar = bodyJar(app);
    await jar.login();
    const answer = { method: "device_key", response: await responseTo(jar, "auth.beginSecondFactor") };
    const cookie = `__Host-watchword.challenge=${jar.challenge()}`;
    expect(reasonIn(await app.post("auth.completeLogin", answer, { cookie }))).toBe("challenge_invalid");
    const both = await app.post("auth.completeLogin", { ...answer, challenge: jar.challenge() }, { cookie });
    expect(reasonIn(both)).toBe("validation_failed");
  });

  it("is rejected where two cookies differ", async () => {
    const { app } = await startSecondFactor();
    const [one, other] = [cookieJar(app), cookieJar(app)];
    await one.login();
    await other.login();
    const cookie = [one, other].map((jar) => `__Host-watchword.challenge=${jar.challenge()}`).join("; ");
    const reply = await app.post("auth.completeLogin", { method: "device_key", response: "x" }, { cookie });
    expect(reasonIn(reply)).toBe("challenge_invalid");
  });

  it.each([
    "",
    "ch1.",
    "ch1.x",
    `ch1.${"A".repeat(64)}`,
    `ch1.${"A".repeat(65)}`,
    `ch2.${"A".repeat(64)}`,
    "\u0000",
    "x".repeat(512),
  ])("rejects %j", async (challenge) => {
    const { app } = await startSecondFactor();
    const reply = await app.post("auth.completeLogin", { method: "device_key", response: "x", challenge });
    expect(reasonIn(reply)).toBe("challenge_invalid");
  });

  it("of a login is none of a step-up, and the other way round", async () => {
    const { app, loggedIn, responseTo } = await startSecondFactor();
    const jar = await loggedIn(bodyJar(app));
    const login = bodyJar(app);
    await login.login();
    const response = await responseTo(login, "auth.beginSecondFactor");
    const challenge = login.challenge();
    const swapped = await jar.post("auth.confirm", { method: "device_key", response, challenge });
    expect(reasonIn(swapped)).toBe("challenge_invalid");
    const stepUp = await responseTo(jar, "auth.beginStepUp");
    const taken = { method: "device_key", response: stepUp, challenge: jar.challenge() };
    expect(reasonIn(await app.post("auth.completeLogin", taken))).toBe("challenge_invalid");
  });
});

describe("a login that waits for its second factor", () => {
  it("leaves the session of the same browser alone, until it is complete", async () => {
    const { app, userId, loggedIn, complete } = await startSecondFactor();
    const jar = await loggedIn(cookieJar(app));
    await jar.login();
    expect(reasonIn(await jar.get("auth.me"))).toBe("ok");
    expect(await app.auth.listSessions(userId)).toHaveLength(2);
    await complete(jar);
    expect(await app.auth.listSessions(userId)).toHaveLength(2);
  });

  it("is shown to a page that was loaded anew, by its cookie alone", async () => {
    const { app } = await startSecondFactor({ codes: true });
    const jar = cookieJar(app);
    await jar.login();
    app.clock.advance(1_000);
    const reply = await jar.get("auth.pendingLogin");
    expect(reply.body.result.data).toEqual({ methods: ["device_key", "paper_code"], expiresIn: 599 });
    expect(reasonIn(await app.get("auth.pendingLogin"))).toBe("challenge_invalid");
  });

  it("keeps what the browser was asked to remember", async () => {
    const { app, complete } = await startSecondFactor();
    const jar = cookieJar(app);
    const reply = await jar.post("auth.login", { identifier: ada.username, password: ada.password, rememberMe: false });
    expect(reply.setCookies.join()).not.toContain("Max-Age");
    expect((await complete(jar)).body.result.data).toMatchObject({ session: { rememberMe: false } });
  });

  it.each<[string, (test: Awaited<ReturnType<typeof startSecondFactor>>) => Promise<unknown>]>([
    ["the user is disabled", ({ app, userId }) => app.auth.admin.disable({ actor: null, userId })],
    [
      "the user is disabled and enabled",
      async ({ app, userId }) => {
        await app.auth.admin.disable({ actor: null, userId });
        await app.auth.admin.enable({ actor: null, userId });
      },
    ],
    [
      "the device key is removed",
      ({ app, userId, credentialId }) => app.store.removeCredential({ id: credentialId, userId, waysIn: ["password"] }),
    ],
    [
      "the device key is replaced",
      ({ app, credentialId }) => app.store.replaceCredential({ id: credentialId, version: 1, data: "other" }),
    ],
    ["the account is deleted", ({ app, userId }) => app.store.deleteUser({ userId })],
  ])("begins no session when %s", async (_, change) => {
    const test = await startSecondFactor();
    const jar = cookieJar(test.app);
    await jar.login();
    const answer = { method: "device_key", response: await test.responseTo(jar, "auth.beginSecondFactor") };
    await change(test);
    expect(reasonIn(await jar.post("auth.completeLogin", answer))).toBe("challenge_invalid");
  });
});

it("after a reset of the password asks for the second factor all the same", async () => {
  const { app, complete } = await startSecondFactor();
  const mail = createTestMail(app.auth);
  await app.auth.requestPasswordReset({ email: ada.email });
  const newPassword = "a wholly different sentence";
  const link = await mail.linkOf("reset_password");
  expect((await app.post("auth.resetPassword", { link, newPassword })).setCookies).toEqual([]);
  const jar = cookieJar(app);
  const reply = await jar.post("auth.login", { identifier: ada.username, password: newPassword });
  expect(reply.body.result.data.status).toBe("second_factor_required");
  expect(reasonIn(await complete(jar))).toBe("ok");
});

describe("many challenges", () => {
  it("leave an account ten, of which the newest is always among them", async () => {
    const { app, complete } = await startSecondFactor();
    const first = bodyJar(app);
    await first.login();
    const later = Array.from({ length: 10 }, () => bodyJar(app));
    for (const jar of later) {
      app.clock.advance(1);
      await jar.login();
    }
    expect(reasonIn(await first.post("auth.beginSecondFactor", { method: "device_key" }))).toBe("challenge_invalid");
    for (const jar of later.reverse()) expect(reasonIn(await complete(jar))).toBe("ok");
  });

  it("of others leave those of a user alone", async () => {
    const { app, complete } = await startSecondFactor();
    const jar = bodyJar(app);
    await jar.login();
    const found = await app.store.findCredentials({ usernameKey: "ada" });
    for (let count = 0; count < 500; count += 1) {
      await app.post("auth.login", { identifier: `stranger${count}`, password: "not it at all" });
    }
    expect(found?.kinds).toEqual(["device_key", "password"]);
    expect(reasonIn(await complete(jar))).toBe("ok");
  });
});
