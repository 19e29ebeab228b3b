import { describe, expect, it } from "vitest";
import { bodyJar, codes, cookieJar, type Jar, reasonIn, startSecondFactor } from "../../../test/second-factor.ts";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { createMemoryRateLimitCounter } from "../../testing/memory-store/rate-limit-counter.ts";
import type { Reply } from "../../testing/test-app.ts";
import { ada } from "../../testing/test-auth.ts";

const jars = [
  ["cookie", cookieJar],
  ["body", bodyJar],
] as const;

/** Longer than a step-up lasts, shorter than a session. */
const tenMinutes = 600_000;
const options = { accessTokenTtlSeconds: 7_200 };
const right = { password: ada.password };

/** Asks for any one kind. */
const erase = (jar: Jar) => jar.post("app.erase", { text: "it" });
/** Asks for all factors. */
const changeEmail = (jar: Jar) => jar.post("auth.changeEmail", { email: "new@example.com" });
const methodsIn = ({ body }: Reply) => (body.error?.data as { methods?: string[] } | undefined)?.methods;

describe.each(jars)("a step-up by another kind of credential, with %s delivery", (_, jarOf) => {
  async function start() {
    const test = await startSecondFactor({ ...options, codes: true });
    const jar = await test.loggedIn(jarOf(test.app));
    return { ...test, jar };
  }

  it("is asked for by the kinds that the account has, and lets the same call through", async () => {
    const { app, jar, confirm } = await start();
    expect(reasonIn(await erase(jar))).toBe("ok");
    app.clock.advance(tenMinutes);
    const rejected = await erase(jar);
    expect([reasonIn(rejected), methodsIn(rejected)]).toEqual([
      "reauthentication_required",
      ["device_key", "paper_code", "password"],
    ]);
    expect((await confirm(jar)).body.result.data).toMatchObject({ confirmed: true, freshFor: 600 });
    expect(reasonIn(await erase(jar))).toBe("ok");
  });

  it("is taken from a kind that draws nothing, each code once", async () => {
    const { app, jar } = await start();
    app.clock.advance(tenMinutes);
    const confirm = () => jar.post("auth.confirm", { method: "paper_code", response: codes[2] });
    expect(reasonIn(await confirm())).toBe("ok");
    expect(reasonIn(await erase(jar))).toBe("ok");
    expect(reasonIn(await confirm())).toBe("invalid_credentials");
  });

  it("by the password does not freshen the second factor, nor the other way round", async () => {
    const { app, jar, confirm } = await start();
    app.clock.advance(tenMinutes);
    expect(methodsIn(await changeEmail(jar))).toEqual(["password", "device_key", "paper_code"]);
    expect(reasonIn(await jar.post("auth.confirmPassword", right))).toBe("ok");
    expect(methodsIn(await changeEmail(jar))).toEqual(["device_key", "paper_code"]);
    app.clock.advance(tenMinutes / 2);
    expect(reasonIn(await confirm(jar))).toBe("ok");
    expect(reasonIn(await changeEmail(jar))).toBe("ok");
    app.clock.advance(tenMinutes / 2);
    expect(methodsIn(await changeEmail(jar))).toEqual(["password"]);
    expect(reasonIn(await jar.post("auth.confirmPassword", right))).toBe("ok");
    expect(reasonIn(await changeEmail(jar))).toBe("ok");
  });

  it("by one second factor counts for another, and each keeps its own age", async () => {
    const { app, jar } = await start();
    app.clock.advance(tenMinutes);
    await jar.post("auth.confirmPassword", right);
    await jar.post("auth.confirm", { method: "paper_code", response: codes[0] });
    expect(reasonIn(await changeEmail(jar))).toBe("ok");
  });

  it("is asked of an account with a second factor before its password changes", async () => {
    const { app, jar, confirm } = await start();
    app.clock.advance(tenMinutes);
    const change = () =>
      jar.post("auth.changePassword", { currentPassword: ada.password, newPassword: "another correct horse" });
    const rejected = await change();
    expect([reasonIn(rejected), methodsIn(rejected)]).toEqual([
      "reauthentication_required",
      ["device_key", "paper_code"],
    ]);
    await confirm(jar);
    expect(reasonIn(await change())).toBe("ok");
    // The new step-up secret says what the one before said, and the password.
    await jar.post("auth.refresh");
    expect(reasonIn(await changeEmail(jar))).toBe("ok");
  });

  it("is asked of an administrator with a second factor", async () => {
    const { app, jar, userId, confirm } = await start();
    await app.auth.admin.setRole({ actor: null, userId, role: "admin" });
    app.clock.advance(tenMinutes);
    await jar.post("auth.refresh");
    const act = () => jar.post("admin.endSessions", { userId: "0198c0de-0000-7000-8000-000000000000" });
    await jar.post("auth.confirmPassword", right);
    expect(methodsIn(await act())).toEqual(["device_key", "paper_code"]);
    await confirm(jar);
    expect(reasonIn(await act())).toBe("ok");
  });

  it("a wrong response names the field, and leaves an event without it", async () => {
    const { app, jar, userId } = await start();
    app.clock.advance(tenMinutes);
    const reply = await jar.post("auth.confirm", { method: "paper_code", response: "a secret guess" });
    expect([reply.status, reply.body.error.data]).toMatchObject([
      401,
      { reason: "invalid_credentials", fieldErrors: { response: ["That code is not right"] } },
    ]);
    const sessionId = expect.any(String);
    const failed = { type: "step_up_failed", userId, sessionId, kind: "paper_code" };
    expect(app.events.at(-1)).toEqual(failed);
    expect(JSON.stringify(app.events)).not.toContain("guess");
    const [entry] = (await app.auth.listAuditEntries(userId)).entries;
    expect(entry).toMatchObject({ event: "authn_reauth_fail", outcome: "failure", detail: "wrong_second_factor" });
  });

  it("a challenge of one session proves nothing in another, nor a second time", async () => {
    const { app, jar, loggedIn, responseTo } = await start();
    const other = await loggedIn(jarOf(app));
    app.clock.advance(tenMinutes);
    const response = await responseTo(jar, "auth.beginStepUp");
    await responseTo(other, "auth.beginStepUp");
    const answer = { method: "device_key", response };
    expect(reasonIn(await other.post("auth.confirm", answer))).toBe("invalid_credentials");
    if (jar.delivery === "body") {
      const stolen = await other.post("auth.confirm", { ...answer, challenge: jar.challenge() });
      expect(reasonIn(stolen)).toBe("challenge_invalid");
    }
    expect(reasonIn(await erase(other))).toBe("reauthentication_required");
    expect(reasonIn(await jar.post("auth.confirm", answer))).toBe("ok");
    expect(reasonIn(await jar.post("auth.confirm", answer))).toBe("challenge_invalid");
  });

  it("a device that has only the tokens of the session gets none of what another one proved", async () => {
    const { app, jar } = await start();
    app.clock.advance(tenMinutes);
    const thief = jar.withoutStepUp();
    await jar.post("auth.confirm", { method: "paper_code", response: codes[0] });
    await thief.post("auth.confirmPassword", right);
    expect(methodsIn(await changeEmail(thief))).toEqual(["device_key", "paper_code"]);
  });

  it("for a method that the account does not use says so, and the password has its own call", async () => {
    const { jar } = await start();
    for (const method of ["password", "of_tomorrow", "constructor"]) {
      for (const path of ["auth.confirm", "auth.beginStepUp"]) {
        const input = path === "auth.confirm" ? { method, response: "x" } : { method };
        const reply = await jar.post(path, input);
        expect([reply.status, reply.body.error.data.fieldErrors]).toEqual([400, { method: [expect.any(String)] }]);
      }
    }
  });
});

describe("wrong responses", () => {
  async function start() {
    const clock = createFakeClock();
    const rateLimitCounter = createMemoryRateLimitCounter(clock);
    const test = await startSecondFactor({ ...options, clock, rateLimitCounter, codes: true });
    const guess = async (jar: Jar) =>
      reasonIn(await jar.post("auth.completeLogin", { method: "paper_code", response: "a guess" }));
    return { ...test, guess };
  }

  it("of one account are limited over all its challenges, and a thief of the password gets no more by logging in again", async () => {
    const { app, guess } = await start();
    const reasons: string[] = [];
    for (let count = 0; count < 7; count += 1) {
      const jar = bodyJar(app);
      await jar.login();
      reasons.push(await guess(jar));
    }
    expect(reasons).toEqual([...Array(5).fill("invalid_credentials"), "rate_limited", "rate_limited"]);
    app.clock.advance(60_000);
    const jar = bodyJar(app);
    await jar.login();
    expect(await guess(jar)).toBe("invalid_credentials");
  });

  it("of a thief keep a device that has logged in before from nothing", async () => {
    const { app, guess, loggedIn, complete } = await start();
    const jar = cookieJar(app);
    await loggedIn(jar);
    const thief = bodyJar(app);
    await thief.login();
    for (let count = 0; count < 5; count += 1) await guess(thief);
    expect(await guess(thief)).not.toBe("invalid_credentials");
    await jar.login();
    expect(reasonIn(await complete(jar))).toBe("ok");
  });

  it("for a step-up count with the wrong passwords of the session", async () => {
    const { app, loggedIn } = await start();
    const jar = await loggedIn(bodyJar(app));
    const reasons: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      reasons.push(reasonIn(await jar.post("auth.confirm", { method: "paper_code", response: "a guess" })));
      reasons.push(reasonIn(await jar.post("auth.confirmPassword", { password: "a guess" })));
    }
    expect(reasons).toEqual([...Array(5).fill("invalid_credentials"), "rate_limited"]);
  });
});
