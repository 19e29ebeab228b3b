import { describe, expect, it } from "vitest";
import type { RateLimitWindow } from "../domain/rate-limit.ts";
import { addressScope, ipKeys, loginKeys, rateLimitRules, stepUpKeys } from "./limits.ts";

describe("addressScope() says what counts as one place", () => {
  it.each([
    ["an IPv4 address alone", "203.0.113.9", "203.0.113.9"],
    ["the /64 of an IPv6 one", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["of a short one too", "2001:db8::1", "2001:db8:0:0::/64"],
    ["with zeros at the front", "::2:3:4:5:6:7", "0:0:2:3::/64"],
    ["with zeros in the middle", "2001:db8:1::7", "2001:db8:1:0::/64"],
    ["with zeros after the first", "2003::3:4:5:6:7:8", "2003:0:3:4::/64"],
    ["with an IPv4 one that stands for two groups", "::2:3:4:5:192.0.2.33", "0:0:2:3::/64"],
    ["the IPv4 one that an IPv6 one wraps", "64:ff9b::192.0.2.33", "192.0.2.33"],
    ["nothing for one that is not known", null, undefined],
    ["this machine like any other", "127.0.0.1", "127.0.0.1"],
    ["its IPv6 form too", "::1", "0:0:0:0::/64"],
  ])("%s", (_, address, scope) => expect(addressScope(address)).toBe(scope));
});

describe("loginKeys()", () => {
  const stranger = { account: "ada", ipAddress: "203.0.113.9", deviceId: undefined };
  const scopes = (attempt: Parameters<typeof loginKeys>[0]) => loginKeys(attempt).map(({ scope }) => scope);

  it("asks about the pair and the address before the account, which is everybody's", () => {
    expect(scopes(stranger)).toEqual(["pair", "address", "account"]);
  });

  it("asks about each network that an IPv6 address is in, the narrowest first", () => {
    const keys = loginKeys({ ...stranger, ipAddress: "2001:db8:1:ab01::1" });
    expect(keys.map(({ scope, factor }) => `${scope} ${factor}`)).toEqual([
      "pair 1",
      "pair 2",
      "pair 3",
      "address 1",
      "address 2",
      "address 3",
      "account 1",
    ]);
    expect(new Set(keys.map(({ id }) => id)).size).toBe(7);
  });

  it("lets no /48 use up what an account has: its owner comes from elsewhere", () => {
    const widest = Math.max(...loginKeys({ ...stranger, ipAddress: "2001:db8::1" }).map(({ factor }) => factor));
    for (const [index, { tries }] of rateLimitRules.pair.entries()) {
      expect(tries * widest).toBeLessThan(rateLimitRules.account[index]?.tries ?? 0);
    }
  });

  it("leaves out the place where that is not known", () => {
    expect(scopes({ ...stranger, ipAddress: null })).toEqual(["account"]);
    expect(ipKeys("registration", null)).toEqual([]);
  });

  it("counts what comes from this machine: a proxy on it may not say for whom it forwards", () => {
    expect(scopes({ ...stranger, ipAddress: "127.0.0.1" })).toEqual(["pair", "address", "account"]);
    const first = [ipKeys("registration", "127.0.0.1")[0], ipKeys("mail", "::1")[0]];
    expect(first.map((key) => key?.scope)).toEqual(["registration", "mail"]);
  });

  it("sets a known device apart from all that strangers do, wherever it is (P12)", () => {
    const known = { ...stranger, deviceId: "d1" };
    expect(scopes(known)).toEqual(["device"]);
    expect(loginKeys({ ...known, ipAddress: "198.51.100.1" })).toEqual(loginKeys(known));
    expect(loginKeys({ ...known, deviceId: "d2" })).not.toEqual(loginKeys(known));
  });

  it("names nobody: a key is a hash", () => {
    const keys = [
      ...loginKeys(stranger),
      ...ipKeys("registration", stranger.ipAddress),
      ...ipKeys("mail", stranger.ipAddress),
      ...stepUpKeys({ userId: "a-user", sessionId: "a-session" }),
    ];
    expect(JSON.stringify(keys)).not.toMatch(/ada|203\.0|a-session|a-user/);
    expect(new Set(keys.map(({ id }) => id)).size).toBe(keys.length);
    for (const { id } of keys) expect(id).toMatch(/^[\w-]{24}$/);
  });
});

it("every scope has a window of a minute, so that no wait is long at first, and one of an hour", () => {
  const { secondFactor, ...others } = rateLimitRules;
  for (const windows of Object.values<readonly RateLimitWindow[]>(others)) {
    expect(windows.map(({ perSeconds }) => perSeconds)).toEqual([60, 3600]);
    expect(windows[1]?.tries).toBeGreaterThan(windows[0]?.tries ?? 0);
  }
  expect(secondFactor.map(({ perSeconds }) => perSeconds)).toEqual([60, 3600, 86_400]);
  expect(secondFactor.map(({ tries }) => tries)).toEqual([5, 20, 60]);
});
