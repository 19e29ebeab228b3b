import { expect, it } from "vitest";
import { errorOf } from "../../../test/test-session.ts";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { createMemoryRateLimitCounter } from "../../testing/memory-store/rate-limit-counter.ts";
import { createTestAuth, fromTerminal, loginAda, reasonOf, registerAda } from "../../testing/test-auth.ts";

const dayMs = 86_400_000;
const wrong = { identifier: "ada", password: "not the password", ...fromTerminal };

it("tries under a clock that is a day ahead keep nobody out when it is put right (T07)", async () => {
  const clock = createFakeClock();
  const { auth } = createTestAuth({ clock, rateLimitCounter: createMemoryRateLimitCounter(clock) });
  await registerAda(auth);
  clock.advance(dayMs);
  for (let time = 0; time < 5; time += 1) expect(await reasonOf(auth.login(wrong))).toBe("invalid_credentials");
  expect(await reasonOf(auth.login(wrong))).toBe("rate_limited");
  clock.advance(-dayMs);
  expect(await reasonOf(loginAda(auth))).toBe("ok");
  for (let time = 0; time < 5; time += 1) expect(await reasonOf(auth.login(wrong))).toBe("invalid_credentials");
  expect(await errorOf(auth.login(wrong))).toMatchObject({ reason: "rate_limited", retryAfterSeconds: 60 });
});

it("whatever a counter says, nobody is told to wait for longer than the window (T07)", async () => {
  const rateLimitCounter = { count: async () => ({ tries: 6, leftMs: dayMs }), refund: async () => undefined };
  const { auth } = createTestAuth({ rateLimitCounter });
  expect(await errorOf(auth.login(wrong))).toMatchObject({ reason: "rate_limited", retryAfterSeconds: 60 });
});
