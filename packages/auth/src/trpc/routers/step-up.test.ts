import { expect, it } from "vitest";
import { type TestBearer, tokensOfAda } from "../../../test/tokens-of-ada.ts";
import { createTestApp, type Reply, type TestApp } from "../../testing/test-app.ts";
import { ada } from "../../testing/test-auth.ts";

const newName = { name: "Ada King" };
const right = { password: ada.password };

async function start() {
  // Long enough that it is the proof that gets too old, and nothing else.
  const app = createTestApp({ accessTokenTtlSeconds: 3600 });
  const { bearer, refreshToken } = await tokensOfAda(app);
  return { app, bearer, refreshToken };
}

type Bearer = TestBearer | { authorization: string };

/** What the client sends after this answer: the step-up token that it brought, in the place of the one before. */
const after = ({ body }: Reply, bearer: TestBearer): TestBearer => ({
  ...bearer,
  "x-step-up": String(body.result.data.stepUpToken),
});

/** What a call that needs fresh proof answers: "ok", or the reason of its refusal. */
async function change(app: TestApp, bearer: Bearer): Promise<string> {
  const { body } = await app.post("auth.changeName", newName, bearer);
  return body.error?.data.reason ?? "ok";
}

async function nameIn(app: TestApp, bearer: Bearer): Promise<unknown> {
  const { body } = await app.get("auth.me", undefined, bearer);
  return (body.result.data.user as { name: string }).name;
}

it("what needs a step-up succeeds just after the login", async () => {
  const { app, bearer } = await start();
  app.clock.advance(599_000);
  const reply = await app.post("auth.changeName", newName, bearer);
  expect(reply.body).toEqual({ result: { data: { name: "Ada King" } } });
});

it("600 seconds later it is rejected with 403 and the reason, nothing has run, and the session lives", async () => {
  const { app, bearer } = await start();
  app.clock.advance(600_000);
  const reply = await app.post("auth.changeName", newName, bearer);
  expect(reply.status).toBe(403);
  expect(reply.body.error).toMatchObject({
    message: "Enter your password again to do this",
    data: { reason: "reauthentication_required", code: "FORBIDDEN", httpStatus: 403 },
  });
  expect(reply.setCookies).toEqual([]);
  expect(await nameIn(app, bearer)).toBe("Ada Lovelace");
});

it("after auth.confirmPassword the very same call goes through", async () => {
  const { app, bearer } = await start();
  app.clock.advance(600_000);
  const confirmed = await app.post("auth.confirmPassword", right, bearer);
  const stepUpToken = expect.stringMatching(/^su1\.[\w-]{43}$/);
  expect(confirmed.body).toEqual({ result: { data: { confirmed: true, freshFor: 600, stepUpToken } } });
  expect(await change(app, bearer)).toBe("reauthentication_required");
  expect(await change(app, after(confirmed, bearer))).toBe("ok");
});

it("auth.confirmPassword says at the field that the password is wrong, and opens nothing", async () => {
  const { app, bearer } = await start();
  app.clock.advance(600_000);
  const reply = await app.post("auth.confirmPassword", { password: "not it at all" }, bearer);
  expect(reply.status).toBe(401);
  expect(reply.body.error.data).toMatchObject({
    reason: "invalid_credentials",
    fieldErrors: { password: ["That password is not right"] },
  });
  expect(await change(app, bearer)).toBe("reauthentication_required");
});

it("a password given in one session opens nothing in another of the same user", async () => {
  const { app, bearer } = await start();
  const login = { identifier: ada.username, password: ada.password, delivery: "body" };
  const { accessToken } = (await app.post("auth.login", login)).body.result.data;
  const other = { authorization: `Bearer ${String(accessToken)}` };
  app.clock.advance(600_000);
  const confirmed = after(await app.post("auth.confirmPassword", right, bearer), bearer);
  expect(await change(app, other)).toBe("reauthentication_required");
  expect(await change(app, { ...confirmed, ...other })).toBe("reauthentication_required");
  expect(await change(app, confirmed)).toBe("ok");
});

it("a refresh renews no step-up", async () => {
  const { app, bearer, refreshToken } = await start();
  app.clock.advance(600_000);
  const { accessToken } = (await app.post("auth.refresh", { refreshToken })).body.result.data;
  const renewed = { ...bearer, authorization: `Bearer ${String(accessToken)}` };
  expect(await change(app, renewed)).toBe("reauthentication_required");
});

it("in a batch only what needs a step-up is rejected, also beside the password: the next request has it", async () => {
  const { app, bearer } = await start();
  app.clock.advance(600_000);
  const paths = "app.add,auth.confirmPassword,app.erase?batch=1";
  const { body, status } = await app.post(paths, { 0: { text: "x" }, 1: right, 2: { text: "y" } }, bearer);
  expect(status).toBe(207);
  expect(body).toMatchObject([
    { result: { data: "x" } },
    { result: { data: { confirmed: true } } },
    { error: { data: { reason: "reauthentication_required" } } },
  ]);
  const [, confirmed] = body as unknown as Reply["body"][];
  expect(await change(app, { ...bearer, "x-step-up": String(confirmed?.result.data.stepUpToken) })).toBe("ok");
});

it.each(["auth.confirmPassword", "auth.changeName"])("%s needs a login", async (path) => {
  const { app } = await start();
  const reply = await app.post(path, { ...right });
  expect([reply.status, reply.body.error.data.reason]).toEqual([401, "access_token_missing"]);
});

it.each([{}, { password: "" }, { password: ada.password, sessionId: "another" }])(
  "auth.confirmPassword refuses %j",
  async (input) => {
    const { app, bearer } = await start();
    expect((await app.post("auth.confirmPassword", input, bearer)).status).toBe(400);
  },
);
