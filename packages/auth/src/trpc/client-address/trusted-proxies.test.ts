import { describe, expect, it } from "vitest";
import { createTrustedProxies } from "./trusted-proxies.ts";

describe("createTrustedProxies()", () => {
  it("trusts private networks and the loopback by default, and no public address", () => {
    const isTrusted = createTrustedProxies();
    const ours = ["127.0.0.1", "127.9.9.9", "10.255.0.1", "172.31.0.1", "192.168.7.7", "169.254.1.1", "::1", "fd12::1"];
    expect([...ours, "fe80::1"].filter((address) => !isTrusted(address))).toEqual([]);
    const others = ["172.32.0.1", "11.0.0.1", "100.64.0.1", "203.0.113.9", "2001:db8::1", "fec0::1", "unknown", ""];
    expect(others.filter(isTrusted)).toEqual([]);
  });

  it("trusts the networks of the setting, and nothing else", () => {
    const isTrusted = createTrustedProxies(["203.0.113.0/24", " 2001:db8::/32 ", "198.51.100.7"]);
    expect(["203.0.113.200", "2001:db8:9::1", "198.51.100.7"].filter((address) => !isTrusted(address))).toEqual([]);
    expect(["198.51.100.8", "10.0.0.1", "127.0.0.1", "2001:db9::1"].filter(isTrusted)).toEqual([]);
  });

  it.each([
    "",
    "10.0.0.0/33",
    "::/129",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "proxy.example.com",
    "10.0.0",
    "*",
    "10.0.0.0/-1",
  ])("refuses a range that cannot be read: %j", (range) =>
    expect(() => createTrustedProxies([range])).toThrow("Use addresses and networks"),
  );
});
