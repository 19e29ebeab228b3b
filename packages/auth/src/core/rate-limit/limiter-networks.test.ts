import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { createMemoryRateLimitCounter } from "../../testing/memory-store/rate-limit-counter.ts";
import { createTestAuth, fromTerminal, loginAda, reasonOf, registerAda } from "../../testing/test-auth.ts";

async function start() {
  const clock = createFakeClock();
  const test = createTestAuth({ clock, rateLimitCounter: createMemoryRateLimitCounter(clock) });
  await registerAda(test.auth, { ...fromTerminal, ipAddress: null });
  const from = (ipAddress: string) => ({ ...fromTerminal, ipAddress });
  return {
    ...test,
    from,
    guess: (identifier: string, ipAddress: string) =>
      reasonOf(test.auth.login({ identifier, password: "not the password", ...from(ipAddress) })),
  };
}

/** How many of so many calls, one after the other, got through. */
async function countPassed(times: number, call: (time: number) => Promise<string>): Promise<number> {
  let passed = 0;
  for (let time = 0; time < times; time += 1) if ((await call(time)) !== "rate_limited") passed += 1;
  return passed;
}

const hex = (time: number) => time.toString(16);
/** One address after the other, each in a /64 of its own. */
const inOne = {
  "/56": (time: number) => `2001:db8:1:ab${hex(time).padStart(2, "0")}::1`,
  "/48": (time: number) => `2001:db8:1:${hex(time * 251)}::1`,
  "IPv4 address by 6to4": (time: number) => `2002:c000:221:${hex(time)}::1`,
  "IPv4 address by Teredo": (time: number) => `2001:0:4136:e378:8000:${hex(time)}:3fff:fdde`,
};
const networks = [
  ["/56", 2],
  ["/48", 3],
  ["IPv4 address by 6to4", 1],
  ["IPv4 address by Teredo", 1],
] as const;

describe("whoever has many IPv6 addresses has a few more tries, and not as many more (P12)", () => {
  it.each(networks)("in one %s: %d times as many wrong passwords for many accounts", async (network, factor) => {
    const { guess } = await start();
    expect(await countPassed(200, (time) => guess(`user${time}`, inOne[network](time)))).toBe(30 * factor);
  });

  it.each(networks)("in one %s: %d times as many wrong passwords for one account", async (network, factor) => {
    const { guess } = await start();
    expect(await countPassed(60, (time) => guess("ada", inOne[network](time)))).toBe(5 * factor);
  });

  it.each(networks)("in one %s: %d times as many emails and new accounts", async (network, factor) => {
    const { auth, from } = await start();
    const ask = (time: number) => {
      const client = from(inOne[network](time));
      return reasonOf(auth.requestPasswordReset({ email: `user${time}@example.com`, client }));
    };
    expect(await countPassed(60, ask)).toBe(10 * factor);
    const register = (time: number) => {
      const account = { username: "ada", email: "ada@example.com", name: "Ada", password: "a long enough sentence" };
      return reasonOf(auth.register({ ...account, ...from(inOne[network](time)) }));
    };
    expect(await countPassed(60, register)).toBe(10 * factor);
  });

  it("the owner comes from elsewhere meanwhile, and so do neighbours of one /56 in the same /48", async () => {
    const { auth, guess, from } = await start();
    await countPassed(250, (time) => guess("ada", inOne["/48"](time)));
    expect(await reasonOf(loginAda(auth, from("2001:db8:2::1")))).toBe("ok");
    const second = await start();
    await countPassed(250, (time) => second.guess(`user${time}`, inOne["/56"](time)));
    expect(await reasonOf(loginAda(second.auth, from("2001:db8:1:cd00::1")))).toBe("ok");
  });
});
