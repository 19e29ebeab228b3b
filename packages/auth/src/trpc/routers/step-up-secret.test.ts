import { describe, expect, it } from "vitest";
import { cookiesOfAda, tokensOfAda } from "../../../test/tokens-of-ada.ts";
import { createTestApp, type Reply, type TestApp } from "../../testing/test-app.ts";
import { ada } from "../../testing/test-auth.ts";

const right = { password: ada.password };
const newPassword = "another correct horse";
const change = { currentPassword: ada.password, newPassword };
const stepUpName = "__Host-watchword.step-up";

/** The cookies of a jar after an answer. */
function jarAfter(jar: string, { setCookies }: Reply): string {
  const cookies = new Map(jar.split("; ").map((cookie) => cookie.split("=", 2) as [string, string]));
  for (const cookie of setCookies) {
    const [name = "", value = ""] = (cookie.split(";")[0] ?? "").split("=");
    if (cookie.includes("Max-Age=0")) cookies.delete(name);
    else cookies.set(name, value);
  }
  return [...cookies].map((cookie) => cookie.join("=")).join("; ");
}

const without = (jar: string, name: string) =>
  jar
    .split("; ")
    .filter((cookie) => !cookie.startsWith(`${name}=`))
    .join("; ");
const stepUpIn = (jar: string) => jar.split("; ").find((cookie) => cookie.startsWith(`${stepUpName}=`));
const erase = async (app: TestApp, headers: Record<string, string>) =>
  (await app.post("app.erase", { text: "x" }, headers)).body.error?.data.reason ?? "ok";

/** What asks for fresh proof, and what each is called with. */
const dangerous = [
  ["auth.changeName", "POST", { name: "Ada King" }],
  ["auth.changeEmail", "POST", { email: "ada.king@example.org" }],
  ["auth.exportData", "GET", undefined],
  ["auth.deleteAccount", "POST", undefined],
] as const;

describe("a thief with every access and refresh token of before", () => {
  it.each(dangerous)("gets nothing from %s, however fresh the step-up is", async (path, method, input) => {
    const app = createTestApp();
    const { bearer } = await tokensOfAda(app);
    const { authorization } = bearer;
    const call = (headers: Record<string, string>) =>
      method === "GET" ? app.get(path, input, headers) : app.post(path, input, headers);
    expect((await call({ authorization })).body.error.data.reason).toBe("reauthentication_required");
    expect((await call(bearer)).status).toBe(200);
  });

  it.each(["auth.confirmPassword", "auth.changePassword"])("gets nothing after %s either", async (path) => {
    const app = createTestApp();
    const jar = await cookiesOfAda(app);
    const stolen = without(jar, stepUpName);
    const proven = jarAfter(
      jar,
      await app.post(path, path.endsWith("confirmPassword") ? right : change, { cookie: jar }),
    );
    expect(await erase(app, { cookie: proven })).toBe("ok");
    expect(await erase(app, { cookie: stolen })).not.toBe("ok");
    const refreshed = jarAfter(stolen, await app.post("auth.refresh", {}, { cookie: stolen }));
    expect(stepUpIn(refreshed)).toBeUndefined();
    expect(await erase(app, { cookie: refreshed })).toBe("reauthentication_required");
  });

  it.each(["auth.confirmPassword", "auth.changePassword"])(
    "who has the step-up secret of before, too, has lost it with %s",
    async (path) => {
      const app = createTestApp();
      const jar = await cookiesOfAda(app);
      const reply = await app.post(path, path.endsWith("confirmPassword") ? right : change, { cookie: jar });
      const proven = jarAfter(jar, reply);
      const old = `${without(proven, stepUpName)}; ${stepUpIn(jar)}`;
      expect(await erase(app, { cookie: old })).toBe("reauthentication_required");
      expect(await erase(app, { cookie: proven })).toBe("ok");
    },
  );
});

describe("a step-up secret", () => {
  it("of another session, or of another user, opens nothing", async () => {
    const app = createTestApp();
    const { bearer } = await tokensOfAda(app);
    const again = { identifier: ada.username, password: ada.password, delivery: "body" };
    const grace = { username: "grace", email: "grace@example.com", name: "Grace", password: "a long enough one" };
    for (const reply of [
      await app.post("auth.login", again),
      await app.post("auth.register", { ...grace, delivery: "body" }),
    ]) {
      const foreign = { ...bearer, "x-step-up": String(reply.body.result.data.stepUpToken) };
      expect(await erase(app, foreign)).toBe("reauthentication_required");
    }
    expect(await erase(app, bearer)).toBe("ok");
  });

  it("counts by cookie alone for a session in cookies, and by header alone for one in the body", async () => {
    const app = createTestApp();
    const jar = await cookiesOfAda(app);
    const secret = stepUpIn(jar)?.split("=")[1] ?? "";
    expect(await erase(app, { cookie: without(jar, stepUpName), "x-step-up": secret })).toBe(
      "reauthentication_required",
    );
    const { body } = await app.post("auth.login", { ...right, identifier: ada.username, delivery: "body" });
    const { accessToken, stepUpToken } = body.result.data;
    const authorization = `Bearer ${String(accessToken)}`;
    const inCookie = { authorization, cookie: `${stepUpName}=${String(stepUpToken)}` };
    expect(await erase(app, inCookie)).toBe("reauthentication_required");
    expect(await erase(app, { authorization, "x-step-up": String(stepUpToken) })).toBe("ok");
  });

  it.each(["su1.x", "x", "", "su1."])(
    "that is none, or stands beside another one, counts as none: %j",
    async (other) => {
      const app = createTestApp();
      const jar = await cookiesOfAda(app);
      expect(await erase(app, { cookie: `${without(jar, stepUpName)}; ${stepUpName}=${other}` })).not.toBe("ok");
      if (other !== "") expect(await erase(app, { cookie: `${jar}; ${stepUpName}=${other}` })).not.toBe("ok");
      expect(await erase(app, { cookie: `${jar}; ${stepUpIn(jar)}` })).toBe("ok");
    },
  );

  it("is left alone by silent refreshes until its age is over, and goes with the logout", async () => {
    const app = createTestApp();
    const jar = await cookiesOfAda(app);
    app.clock.advance(599_000);
    const reply = await app.post("auth.refresh", {}, { cookie: jar });
    const refreshed = jarAfter(jar, reply);
    expect(reply.setCookies.join()).not.toContain("step-up");
    expect(reply.text).not.toContain("su1.");
    expect(await erase(app, { cookie: refreshed })).toBe("ok");
    app.clock.advance(1_000);
    expect(await erase(app, { cookie: refreshed })).toBe("reauthentication_required");
    expect(jarAfter(refreshed, await app.post("auth.logout", {}, { cookie: refreshed }))).toBe("");
  });

  it("is in no answer of a session in cookies, and never the same twice", async () => {
    const app = createTestApp();
    const jar = await cookiesOfAda(app);
    const replies = [
      await app.post("auth.confirmPassword", right, { cookie: jar }),
      await app.post("auth.confirmPassword", right, { cookie: jar }),
      await app.post("auth.changePassword", change, { cookie: jar }),
    ];
    for (const { text } of replies) expect(text).not.toMatch(/su1\.|rt1\.|eyJ/);
    expect(new Set([stepUpIn(jar), ...replies.map((reply) => stepUpIn(jarAfter("", reply)))]).size).toBe(4);
  });
});

describe("auth.changePassword", () => {
  it("rotates by the first row of the table, and older access tokens cost a refresh", async () => {
    const app = createTestApp();
    const { bearer, refreshToken } = await tokensOfAda(app);
    const { data } = (await app.post("auth.changePassword", { ...change, refreshToken }, bearer)).body.result;
    expect(data).toMatchObject({ changed: true, tokenType: "Bearer", stepUpToken: expect.any(String) });
    expect(data.refreshToken).not.toBe(refreshToken);
    expect(await erase(app, bearer)).toBe("access_token_expired");
    const next = { authorization: `Bearer ${String(data.accessToken)}`, "x-step-up": String(data.stepUpToken) };
    expect(await erase(app, next)).toBe("ok");
    const { session } = (await app.get("auth.me", undefined, next)).body.result.data;
    expect(session).toMatchObject({ rotations: 1 });
  });

  it("a lost answer costs the password again, never the login", async () => {
    const app = createTestApp();
    const jar = await cookiesOfAda(app);
    await app.post("auth.changePassword", change, { cookie: jar });
    const refreshed = jarAfter(jar, await app.post("auth.refresh", {}, { cookie: jar }));
    expect(await erase(app, { cookie: refreshed })).toBe("reauthentication_required");
    const proven = jarAfter(
      refreshed,
      await app.post("auth.confirmPassword", { password: newPassword }, { cookie: refreshed }),
    );
    expect(await erase(app, { cookie: proven })).toBe("ok");
  });

  it("is at peace with a refresh in another tab, whichever comes first, also when it was sent long before", async () => {
    for (const order of ["refresh first", "change first", "at once"]) {
      const app = createTestApp();
      const jar = await cookiesOfAda(app);
      const refresh = () => app.post("auth.refresh", {}, { cookie: jar });
      const changeIt = () => app.post("auth.changePassword", change, { cookie: jar });
      const first = order === "refresh first" ? [await refresh(), await changeIt()] : [];
      const second = order === "change first" ? [await changeIt(), await refresh()] : [];
      const third = order === "at once" ? await Promise.all([changeIt(), refresh()]) : [];
      const replies = [...first, ...second, ...third];
      expect(
        replies.map(({ status }) => status),
        order,
      ).toEqual([200, 200]);
      for (const answers of [replies, [...replies].reverse()]) {
        const after = answers.reduce(jarAfter, jar);
        const again = await app.post("auth.refresh", {}, { cookie: after });
        expect(again.status, order).toBe(200);
      }
    }
  });

  it("keeps the refresh token where that was renewed a moment ago, so that a duplicate on its way ends nothing", async () => {
    const app = createTestApp();
    const jar = await cookiesOfAda(app);
    const refreshed = jarAfter(jar, await app.post("auth.refresh", {}, { cookie: jar }));
    const reply = await app.post("auth.changePassword", change, { cookie: refreshed });
    expect(reply.setCookies).toHaveLength(4);
    expect((await app.post("auth.refresh", {}, { cookie: jar })).status).toBe(200);
    expect(await erase(app, { cookie: jarAfter(refreshed, reply) })).toBe("ok");
  });

  it("goes through for a client that shows no refresh token, or an old one, and ignores what is new", async () => {
    for (const shown of [{}, { refreshToken: "rt1.x" }]) {
      const app = createTestApp();
      const { bearer, refreshToken } = await tokensOfAda(app);
      const { authorization } = bearer;
      const reply = await app.post("auth.changePassword", { ...change, ...shown }, { authorization });
      expect(reply.body.result.data).toEqual({ changed: true, stepUpToken: expect.any(String) });
      const next = (await app.post("auth.refresh", { refreshToken })).body.result.data;
      const renewed = { authorization: `Bearer ${String(next.accessToken)}` };
      expect((await app.get("auth.me", undefined, renewed)).status).toBe(200);
      expect((await app.post("app.add", { text: "x" }, renewed)).status).toBe(200);
      expect(await erase(app, renewed)).toBe("reauthentication_required");
    }
  });
});

it("the end of a session leaves no step-up secret that opens anything", async () => {
  const app = createTestApp();
  const { bearer } = await tokensOfAda(app);
  await app.post("auth.logout", {}, bearer);
  expect(await erase(app, bearer)).toBe("session_revoked");
});
