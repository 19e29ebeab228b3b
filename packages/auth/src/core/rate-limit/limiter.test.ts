import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { createMemoryRateLimitCounter } from "../../testing/memory-store/rate-limit-counter.ts";
import {
  ada,
  completed,
  createTestAuth,
  fromBrowser,
  fromTerminal,
  loginAda,
  reasonOf,
  registerAda,
} from "../../testing/test-auth.ts";
import { AuthError } from "../domain/errors.ts";
import type { RateLimitRules } from "../domain/rate-limit.ts";

const minute = 60_000;
const wrong = { identifier: "ada", password: "not the password", ...fromTerminal };
const from = (ipAddress: string | null) => ({ ipAddress });

async function createLimitedAuth(rateLimitRules?: Partial<RateLimitRules>) {
  const clock = createFakeClock();
  const rateLimitCounter = createMemoryRateLimitCounter(clock);
  const test = createTestAuth({ clock, rateLimitCounter, ...(rateLimitRules ? { rateLimitRules } : {}) });
  const first = await registerAda(test.auth, fromBrowser);
  return {
    ...test,
    first,
    /** Wrong passwords, one after the other: what each was answered. */
    async guess(times: number, input: Partial<typeof wrong & { deviceToken: string | undefined }> = {}) {
      const outcomes: string[] = [];
      for (let time = 0; time < times; time += 1)
        outcomes.push(await reasonOf(completed(test.auth.login({ ...wrong, ...input }))));
      return outcomes;
    },
  };
}

const rejected = (times: number, reason = "invalid_credentials") => Array.from({ length: times }, () => reason);
const errorOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: AuthError) => error,
  );

describe("login() counts wrong passwords", () => {
  it("from one address for one account: five a minute, and says how long to wait", async () => {
    const test = await createLimitedAuth();
    expect(await test.guess(6)).toEqual([...rejected(5), "rate_limited"]);
    test.clock.advance(20_000);
    const error = await errorOf(completed(test.auth.login(wrong)));
    expect(error).toMatchObject({ reason: "rate_limited", status: 429, retryAfterSeconds: 40 });
    test.clock.advance(40_000);
    expect(await test.guess(1)).toEqual(rejected(1));
  });

  it("waits grow for whoever goes on: after twenty in an hour for the rest of it, and no longer", async () => {
    const test = await createLimitedAuth();
    for (let round = 0; round < 4; round += 1) {
      expect(await test.guess(5)).toEqual(rejected(5));
      test.clock.advance(minute);
    }
    expect(await errorOf(completed(test.auth.login(wrong)))).toMatchObject({ retryAfterSeconds: 56 * 60 });
    test.clock.advance(56 * minute);
    expect(await loginAda(test.auth)).toBeDefined();
  });

  it("of an unknown name like those of a known one", async () => {
    const test = await createLimitedAuth();
    expect(await test.guess(6, { identifier: "nobody" })).toEqual(await test.guess(6));
    expect(await test.guess(6, { identifier: "nobody@example.com" })).toEqual([...rejected(5), "rate_limited"]);
  });

  it("whatever way the name is spelled", async () => {
    const test = await createLimitedAuth();
    for (const identifier of ["ada", "ADA", " Ada", "ａｄａ", "AdA"]) await test.guess(1, { identifier });
    expect(await test.guess(1)).toEqual(["rate_limited"]);
  });

  it("before the hash, so that a hundred at once are five guesses (H07)", async () => {
    const test = await createLimitedAuth();
    const before = test.passwords.calls.length;
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => reasonOf(completed(test.auth.login(wrong)))));
    expect(outcomes.filter((outcome) => outcome === "invalid_credentials")).toHaveLength(5);
    expect(test.passwords.calls.length - before).toBe(5);
  });

  it("but none that was right, and none that failed for a fault of ours", async () => {
    const test = await createLimitedAuth();
    for (let time = 0; time < 30; time += 1) await loginAda(test.auth);
    const verify = test.passwords.verify;
    test.passwords.verify = async () => {
      throw new AuthError("temporarily_unavailable");
    };
    expect(await test.guess(30)).toEqual(rejected(30, "temporarily_unavailable"));
    test.passwords.verify = verify;
    expect(await test.guess(5)).toEqual(rejected(5));
  });

  it("and lets in whoever had the right one, also when the count cannot be taken back; not when it cannot be made", async () => {
    const clock = createFakeClock();
    const counter = createMemoryRateLimitCounter(clock);
    const busy = async () => {
      throw new AuthError("temporarily_unavailable");
    };
    const { auth } = createTestAuth({ clock, rateLimitCounter: { ...counter, refund: busy } });
    await registerAda(auth);
    expect(await reasonOf(loginAda(auth))).toBe("ok");
    const closed = createTestAuth({ clock, rateLimitCounter: { ...counter, count: busy } });
    expect(await reasonOf(completed(closed.auth.login(wrong)))).toBe("temporarily_unavailable");
    expect(closed.passwords.calls).toEqual([]); // nothing that is not counted is tried
  });

  it("from one address for many accounts: thirty a minute", async () => {
    const test = await createLimitedAuth();
    const outcomes: string[] = [];
    for (let n = 0; n < 31; n += 1) outcomes.push(...(await test.guess(1, { identifier: `somebody${n}` })));
    expect(outcomes).toEqual([...rejected(30), "rate_limited"]);
    expect(await test.guess(1, from("198.51.100.1"))).toEqual(rejected(1));
  });

  it("from all of a /64 together, which is one subscriber's", async () => {
    const test = await createLimitedAuth();
    for (let n = 1; n <= 5; n += 1) await test.guess(1, from(`2001:db8:1:2::${n}`));
    expect(await test.guess(1, from("2001:db8:1:2:ffff::1"))).toEqual(["rate_limited"]);
    expect(await test.guess(1, from("2001:db8:1:3::1"))).toEqual(rejected(1));
  });

  it("tells the account's owner once in each window, however often somebody goes on", async () => {
    const test = await createLimitedAuth();
    await test.guess(30);
    const scopes = test.events.filter(({ type }) => type === "attempts_limited");
    expect(scopes).toEqual([{ type: "attempts_limited", scope: "pair", userId: test.first.user.id, sessionId: null }]);
    const { entries } = await test.auth.listAuditEntries(test.first.user.id);
    expect(entries.filter(({ event }) => event === "authn_login_fail_max")).toHaveLength(1);
  });
});

describe("A login from a known device", () => {
  /** From ever new addresses, until the account itself asks strangers to wait. */
  async function attack(test: Awaited<ReturnType<typeof createLimitedAuth>>) {
    for (let n = 0; n < 30; n += 1) await test.guess(1, from(`203.0.113.${n}`));
    expect(await test.guess(1, from("203.0.113.200"))).toEqual(["rate_limited"]);
  }

  it("passes whatever strangers do to the account, from anywhere (P12)", async () => {
    const test = await createLimitedAuth();
    await attack(test);
    const { deviceToken } = test.first;
    expect(deviceToken).toBeDefined();
    for (const ipAddress of ["203.0.113.200", "198.51.100.9", null]) {
      expect(await reasonOf(loginAda(test.auth, { ...fromBrowser, ...from(ipAddress), deviceToken } as never))).toBe(
        "ok",
      );
    }
    expect(await reasonOf(loginAda(test.auth, { ...fromBrowser, ...from("198.51.100.9") }))).toBe("rate_limited");
  });

  it("has as few tries as anybody, so that a copied device token is no way in", async () => {
    const test = await createLimitedAuth();
    const { deviceToken } = test.first;
    expect(await test.guess(6, { deviceToken })).toEqual([...rejected(5), "rate_limited"]);
    expect(await test.guess(1, { deviceToken, ...from("198.51.100.9") })).toEqual(["rate_limited"]);
  });

  it("is known for its own account alone, and only by a token that is ours", async () => {
    const test = await createLimitedAuth();
    await test.auth.register({ ...ada, ...fromBrowser, username: "grace", email: "grace@example.com" });
    await attack(test);
    const graces = await completed(test.auth.login({ identifier: "grace", password: ada.password, ...fromBrowser }));
    const { deviceToken = "" } = test.first;
    const [id = "", seal = ""] = deviceToken.split(".");
    for (const token of [
      graces.deviceToken,
      "",
      id,
      `${id}.`,
      `${id}.${"A".repeat(43)}`,
      `${"A".repeat(22)}.${seal}`,
      `${deviceToken}x`,
    ]) {
      expect(await test.guess(1, { deviceToken: token, ...from("198.51.100.9") })).toEqual(["rate_limited"]);
    }
  });

  it("keeps its id from login to login; a client with a body gets none", async () => {
    const { auth, first } = await createLimitedAuth();
    const login = (start: object) =>
      completed(auth.login({ identifier: "ada", password: ada.password, ...fromBrowser, ...start }));
    expect((await login({ deviceToken: first.deviceToken })).deviceToken).toBe(first.deviceToken);
    expect((await login({})).deviceToken).not.toBe(first.deviceToken);
    expect((await login({ rememberMe: false })).deviceToken).toBeDefined();
    expect((await login({ delivery: "body" })).deviceToken).toBeUndefined();
  });
});

describe("register() counts new accounts", () => {
  it("of one address: ten a minute, taken names too, which are questions; a password that is too short is none", async () => {
    const { auth } = await createLimitedAuth();
    const make = (n: number, more: object = {}) =>
      reasonOf(
        auth.register({ ...ada, ...fromTerminal, username: `user${n}`, email: `user${n}@example.com`, ...more }),
      );
    for (let n = 0; n < 20; n += 1) expect(await make(n, { password: "short" })).toBe("password_unacceptable");
    for (let n = 0; n < 4; n += 1) expect(await make(n)).toBe("ok"); // Ada's was the first
    for (let n = 0; n < 5; n += 1) expect(await make(0, { email: "new@example.com" })).toBe("username_taken");
    expect(await make(99)).toBe("rate_limited");
    expect(await make(99, from("198.51.100.9"))).toBe("ok");
  });
});

describe("requestPasswordReset() counts emails", () => {
  it("that one address asks for, to whatever inbox: ten a minute; others may ask (P14)", async () => {
    const { auth } = await createLimitedAuth();
    const ask = (n: number, ipAddress: string = "203.0.113.9") =>
      reasonOf(auth.requestPasswordReset({ email: `inbox${n}@example.com`, client: { userAgent: null, ipAddress } }));
    for (let n = 0; n < 10; n += 1) expect(await ask(n)).toBe("ok");
    expect(await ask(10)).toBe("rate_limited");
    expect(await ask(11, "198.51.100.9")).toBe("ok");
  });
});

describe("One address alone", () => {
  it("cannot fill the line in which passwords wait: the ninth at once is told to come back, others are served (P06)", async () => {
    const test = await createLimitedAuth({ pair: [], address: [], account: [] });
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const verify = test.passwords.verify.bind(test.passwords);
    test.passwords.verify = async (...given) => {
      await held;
      return verify(...given);
    };
    const crowd = Array.from({ length: 12 }, () => reasonOf(loginAda(test.auth)));
    const elsewhere = reasonOf(loginAda(test.auth, { ...fromTerminal, ...from("198.51.100.9") }));
    await expect.poll(() => Promise.race([crowd[11], Promise.resolve("waiting")])).toBe("temporarily_unavailable");
    release();
    expect((await Promise.all(crowd)).filter((outcome) => outcome === "ok")).toHaveLength(8);
    expect(await elsewhere).toBe("ok");
    expect(await reasonOf(loginAda(test.auth))).toBe("ok");
  });
});
