import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { createMemoryRateLimitCounter } from "../../testing/memory-store/rate-limit-counter.ts";
import { reasonOf } from "../../testing/test-auth.ts";
import { AuthError, type AuthErrorReason } from "../domain/errors.ts";
import type { RateLimitWindow } from "../domain/rate-limit.ts";
import type { CountedTry } from "../ports/rate-limit-counter.ts";
import { createRateLimiter } from "./limiter.ts";

const address = "203.0.113.9";
const attempt = { account: "ada", ipAddress: address, deviceId: undefined };
const one: readonly RateLimitWindow[] = [{ tries: 1, perSeconds: 60 }];
const many: readonly RateLimitWindow[] = [{ tries: 9, perSeconds: 60 }];
const fail = (reason: AuthErrorReason) => () => Promise.reject(new AuthError(reason));
const deriveNextToken = async () => "done";

/** One try of each kind, and what was given back again. */
function createLimits(rules: Parameters<typeof createRateLimiter>[0]["rules"]) {
  const counter = createMemoryRateLimitCounter(createFakeClock());
  const givenBack: CountedTry[] = [];
  const refund = (counted: CountedTry) => {
    givenBack.push(counted);
    return counter.refund(counted);
  };
  return { limits: createRateLimiter({ counter: { ...counter, refund }, rules }), givenBack };
}

describe("A try stays counted", () => {
  const limitsOfOne = () => createLimits({ registration: one, mail: one }).limits;

  it.each<AuthErrorReason>(["username_taken", "email_taken"])("of an account whose answer is %s", async (reason) => {
    const limits = limitsOfOne();
    expect(await reasonOf(limits.registration(address, fail(reason)))).toBe(reason);
    expect(await reasonOf(limits.registration(address, deriveNextToken))).toBe("rate_limited");
  });

  it("of an account that was made, and of none that was rejected for its password", async () => {
    const limits = limitsOfOne();
    expect(await reasonOf(limits.registration(address, fail("password_unacceptable")))).toBe("password_unacceptable");
    expect(await reasonOf(limits.registration(address, deriveNextToken))).toBe("ok");
    expect(await reasonOf(limits.registration(address, deriveNextToken))).toBe("rate_limited");
  });

  it("of an email that was ordered, and of none that could not be", async () => {
    const limits = limitsOfOne();
    expect(await reasonOf(limits.emailRequest(address, fail("temporarily_unavailable")))).toBe(
      "temporarily_unavailable",
    );
    expect(await reasonOf(limits.emailRequest(address, deriveNextToken))).toBe("ok");
    expect(await reasonOf(limits.emailRequest(address, deriveNextToken))).toBe("rate_limited");
  });
});

describe("Whoever is asked to wait", () => {
  it("has spent nothing of what was counted before the limit, and the limit's own try stays", async () => {
    const { limits, givenBack } = createLimits({ pair: many, address: many, account: one });
    expect(await reasonOf(limits.login(attempt, fail("invalid_credentials")))).toBe("invalid_credentials");
    expect(givenBack).toEqual([]);
    expect(await reasonOf(limits.login(attempt, deriveNextToken))).toBe("rate_limited");
    expect(givenBack.map(({ scope }) => scope)).toEqual(["pair", "address"]);
  });

  it("is told how long, a second at least, also where nobody listens", async () => {
    const counter = { count: async () => ({ tries: 2, leftMs: 0 }), refund: async () => undefined };
    const limits = createRateLimiter({ counter, rules: { proof: one } });
    await expect(limits.stepUp({ userId: "a-user", sessionId: "a-session" }, deriveNextToken)).rejects.toMatchObject({
      reason: "rate_limited",
      retryAfterSeconds: 1,
    });
  });
});
