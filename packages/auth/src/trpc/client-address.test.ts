import { describe, expect, it } from "vitest";
import { clientAddress, normalAddress } from "./client-address.ts";

describe("clientAddress()", () => {
  it.each([
    ["no proxy: the socket", "203.0.113.7", undefined, 0, "203.0.113.7"],
    ["no proxy: the socket, whatever a header says", "203.0.113.7", "198.51.100.1", 0, "203.0.113.7"],
    ["one proxy: what it wrote", "10.0.0.2", "198.51.100.1", 1, "198.51.100.1"],
    ["one proxy: what it wrote, and not what it was told", "10.0.0.2", "6.6.6.6, 198.51.100.1", 1, "198.51.100.1"],
    ["two proxies: what the outer one wrote", "10.0.0.2", "6.6.6.6, 198.51.100.1, 10.0.0.3", 2, "198.51.100.1"],
    ["one proxy that wrote nothing: unknown, and not the proxy", "10.0.0.2", undefined, 1, null],
    ["fewer entries than proxies: unknown", "10.0.0.2", "198.51.100.1", 2, null],
    ["an entry that is no address: unknown", "10.0.0.2", "unknown", 1, null],
    ["an entry with a script in it: unknown", "10.0.0.2", "<b>1</b>", 1, null],
    ["a socket that is gone: unknown", undefined, "198.51.100.1", 0, null],
  ])("%s", (_, socketAddress, forwardedFor, trustedProxyHops, address) => {
    expect(clientAddress({ socketAddress, forwardedFor, trustedProxyHops })).toBe(address);
  });
});

describe("normalAddress()", () => {
  it.each([
    ["127.0.0.1", "127.0.0.1"],
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["::FFFF:127.0.0.1", "127.0.0.1"],
    ["::ffff:7f00:1", "127.0.0.1"],
    ["0:0:0:0:0:ffff:7f00:0001", "127.0.0.1"],
    ["::1", "::1"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["127.1", null],
    ["127.0.0.1:80", null],
    ["[::1]", null],
    ["", null],
    [undefined, null],
  ])("writes %j as %j", (text, address) => expect(normalAddress(text)).toBe(address));
});
