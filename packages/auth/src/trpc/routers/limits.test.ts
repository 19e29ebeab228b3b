import { expect, it } from "vitest";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { createMemoryRateLimitCounter } from "../../testing/memory-store/rate-limit-counter.ts";
import { createTestApp } from "../../testing/test-app.ts";
import { ada } from "../../testing/test-auth.ts";

function createLimitedApp() {
  const clock = createFakeClock();
  return createTestApp({ clock, rateLimitCounter: createMemoryRateLimitCounter(clock), trustedProxyHops: 1 });
}

const fromAfar = { "x-forwarded-for": "203.0.113.9" };
const guess = { identifier: ada.username, password: "not the password" };

it("too many wrong passwords: 429, with the seconds in the header and in the answer", async () => {
  const app = createLimitedApp();
  await app.post("auth.register", { ...ada }, fromAfar);
  for (let n = 0; n < 5; n += 1) expect((await app.post("auth.login", guess, fromAfar)).status).toBe(401);
  app.clock.advance(30_000);
  const reply = await app.post("auth.login", guess, fromAfar);
  expect([reply.status, reply.headers.get("retry-after")]).toEqual([429, "30"]);
  expect(reply.body.error.data).toMatchObject({ reason: "rate_limited", retryAfterSeconds: 30 });
  expect(reply.setCookies).toEqual([]);
});

it("each login in a batch counts, so that one request is no way around a limit (H07)", async () => {
  const app = createLimitedApp();
  await app.post("auth.register", { ...ada }, fromAfar);
  const before = app.passwords.calls.length;
  const paths = Array.from({ length: 10 }, () => "auth.login").join(",");
  const inputs = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [n, guess]));
  await app.post(`${paths}?batch=1`, inputs, fromAfar);
  expect(app.passwords.calls.length - before).toBeLessThanOrEqual(5);
  await app.post("auth.login", guess, fromAfar);
  for (let n = 0; n < 5; n += 1) await app.post("auth.login", guess, fromAfar);
  expect((await app.post("auth.login", guess, fromAfar)).status).toBe(429);
});

it("a browser that has logged in before is let in while strangers have to wait (P12)", async () => {
  const app = createLimitedApp();
  const registered = await app.post("auth.register", { ...ada }, fromAfar);
  for (let n = 0; n < 21; n += 1) await app.post("auth.login", guess, { "x-forwarded-for": `198.51.100.${n}` });
  const right = { ...guess, password: ada.password };
  const elsewhere = { "x-forwarded-for": "192.0.2.1" };
  expect((await app.post("auth.login", right, elsewhere)).status).toBe(429);
  expect((await app.post("auth.login", right, { ...elsewhere, cookie: registered.cookie })).status).toBe(200);
});
