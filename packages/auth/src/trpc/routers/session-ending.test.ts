import { expect, it } from "vitest";
import { cookiesOfAda } from "../../../test/tokens-of-ada.ts";
import { createTestApp } from "../../testing/test-app.ts";
import { ada } from "../../testing/test-auth.ts";

const login = { identifier: ada.username, password: ada.password };

interface Listed {
  result: { data: { sessions: { id: string; current: boolean }[] } };
}

async function twoBrowsers() {
  const app = createTestApp();
  const here = await cookiesOfAda(app);
  const there = (await app.post("auth.login", login)).cookie;
  const { body } = await app.get("auth.sessions", undefined, { cookie: here });
  const { sessions } = (body as unknown as Listed).result.data;
  const idOf = (current: boolean) => sessions.find((session) => session.current === current)?.id ?? "";
  const statusOf = async (cookie: string) => (await app.get("auth.me", undefined, { cookie })).status;
  return { app, here, there, idOf, statusOf };
}

it("auth.endSession ends another browser's session by the very next request, and names the reason", async () => {
  const { app, here, there, idOf, statusOf } = await twoBrowsers();
  const reply = await app.post("auth.endSession", { sessionId: idOf(false) }, { cookie: here });
  expect(reply.body).toEqual({ result: { data: { ended: 1 } } });
  expect(reply.setCookies).toEqual([]);
  const rejected = await app.get("auth.me", undefined, { cookie: there });
  expect(rejected.status).toBe(401);
  expect(rejected.body).toMatchObject({
    error: {
      message: "You ended this login from another device",
      data: { reason: "session_revoked", endedBecause: "ended_by_user" },
    },
  });
  expect(await statusOf(here)).toBe(200);
});

it("auth.endSession of the session that asks takes its cookies along", async () => {
  const { app, here, idOf, statusOf } = await twoBrowsers();
  const reply = await app.post("auth.endSession", { sessionId: idOf(true) }, { cookie: here });
  expect(reply.setCookies.every((cookie) => cookie.includes("Max-Age=0"))).toBe(true);
  expect(reply.setCookies.length).toBeGreaterThanOrEqual(3);
  expect(await statusOf(here)).toBe(401);
});

it("auth.endSession of another user's session, an unknown one, or one that is over already is not found, and ends nothing", async () => {
  const { app, here, there, idOf, statusOf } = await twoBrowsers();
  const grace = { ...ada, username: "grace", email: "grace@example.com" };
  const theirs = (await app.post("auth.register", grace)).cookie;
  const { body } = await app.get("auth.sessions", undefined, { cookie: theirs });
  const [foreign] = (body as unknown as Listed).result.data.sessions;
  for (const sessionId of [foreign?.id, "0198c0de-0000-7000-8000-000000000000"]) {
    expect((await app.post("auth.endSession", { sessionId }, { cookie: here })).status).toBe(404);
  }
  expect(await statusOf(theirs)).toBe(200);
  await app.post("auth.endSession", { sessionId: idOf(false) }, { cookie: here });
  expect((await app.post("auth.endSession", { sessionId: idOf(false) }, { cookie: here })).status).toBe(404);
  expect([await statusOf(here), await statusOf(there)]).toEqual([200, 401]);
});

it.each([{}, { sessionId: "" }, { sessionId: "1 OR 1=1" }, { sessionId: ["a"] }, { sessionId: null }])(
  "auth.endSession refuses %j as malformed",
  async (input) => {
    const { app, here } = await twoBrowsers();
    expect((await app.post("auth.endSession", input, { cookie: here })).status).toBe(400);
  },
);

it("auth.endOtherSessions ends all but the one that asks, and counts them", async () => {
  const { app, here, there, statusOf } = await twoBrowsers();
  const reply = await app.post("auth.endOtherSessions", undefined, { cookie: here });
  expect(reply.body).toEqual({ result: { data: { ended: 1 } } });
  expect([await statusOf(here), await statusOf(there)]).toEqual([200, 401]);
});

it.each(["auth.endSession", "auth.endOtherSessions"])("%s needs a login", async (path) => {
  const app = createTestApp();
  expect((await app.post(path, { sessionId: "0198c0de-0000-7000-8000-000000000000" })).status).toBe(401);
});
