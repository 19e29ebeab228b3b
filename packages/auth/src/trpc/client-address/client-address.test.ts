import { describe, expect, it } from "vitest";
import { type AddressProblem, clientAddress, normalAddress } from "./client-address.ts";
import { createTrustedProxies } from "./trusted-proxies.ts";

/** What one proxy at 10.0.0.2 forwards. */
const byProxy = { socketAddress: "10.0.0.2", forwardedFor: undefined, trustedProxyHops: 1 };

describe("clientAddress()", () => {
  it.each([
    ["no proxy: the socket", "203.0.113.7", undefined, 0, "203.0.113.7"],
    ["no proxy: the socket, whatever a header says", "203.0.113.7", "198.51.100.1", 0, "203.0.113.7"],
    ["one proxy: what it wrote", "10.0.0.2", "198.51.100.1", 1, "198.51.100.1"],
    ["one proxy: what it wrote, and not what it was told", "10.0.0.2", "6.6.6.6, 198.51.100.1", 1, "198.51.100.1"],
    ["two proxies: what the outer one wrote", "10.0.0.2", "6.6.6.6, 198.51.100.1, 10.0.0.3", 2, "198.51.100.1"],
    ["one proxy that wrote nothing: the socket", "10.0.0.2", undefined, 1, "10.0.0.2"],
    ["fewer entries than proxies: the socket", "10.0.0.2", "10.0.0.3", 2, "10.0.0.2"],
    ["a socket that is gone: unknown", null, "198.51.100.1", 0, null],
    ["a socket that is gone behind a proxy: unknown", null, "198.51.100.1", 1, null],
    ["a host without sockets: what the hops say", undefined, "198.51.100.1", 1, "198.51.100.1"],
    ["a host without sockets and without proxies: unknown", undefined, "198.51.100.1", 0, null],
  ])("%s", (_, socketAddress, forwardedFor, trustedProxyHops, address) => {
    expect(clientAddress({ socketAddress, forwardedFor, trustedProxyHops })).toBe(address);
  });

  it.each([
    "203.0.113.9:41234",
    " 203.0.113.9 ",
    "\t203.0.113.9",
    '"203.0.113.9"',
    '"203.0.113.9:41234"',
    "203.0.113.9:_port",
    "203.0.113.9:",
    "::ffff:203.0.113.9",
    "[::ffff:203.0.113.9]:443",
    "[::ffff:cb00:7109]",
    "for=203.0.113.9",
    'For="203.0.113.9:80"',
    "6.6.6.6,203.0.113.9",
    "unknown, 203.0.113.9",
    ", 203.0.113.9",
  ])("reads what proxies write in X-Forwarded-For: %j", (forwardedFor) => {
    expect(clientAddress({ ...byProxy, forwardedFor })).toBe("203.0.113.9");
  });

  it.each([
    "2001:db8::1",
    "[2001:db8::1]",
    "[2001:db8::1]:443",
    '"[2001:db8::1]:443"',
    "[2001:DB8:0:0:0:0:0:1]",
    "2001:db8:0:0:0:0:0:1:443",
    "[2001:db8::1%eth0]:443",
    'for="[2001:db8::1]"',
  ])("reads IPv6 as proxies write it: %j", (forwardedFor) => {
    expect(clientAddress({ ...byProxy, forwardedFor })).toBe("2001:db8::1");
  });

  it.each([
    "for=203.0.113.9",
    'For="203.0.113.9"',
    'for="203.0.113.9:41234"',
    "for=203.0.113.9:41234",
    "for=203.0.113.9;proto=https;by=10.0.0.2",
    "proto=https; for=203.0.113.9",
    "for=6.6.6.6, for=203.0.113.9",
    'for=6.6.6.6;host="a, for=7.7.7.7", for="203.0.113.9"',
    'for="_a\\"b", for=203.0.113.9;by=_hidden',
    'for="[::ffff:203.0.113.9]:_x"',
  ])("reads Forwarded (RFC 7239): %s", (forwarded) => {
    expect(clientAddress({ ...byProxy, forwarded })).toBe("203.0.113.9");
  });

  it.each<[AddressProblem, { forwardedFor?: string; forwarded?: string }]>([
    ["address_missing", {}],
    ["address_missing", { forwardedFor: "" }],
    ["address_unreadable", { forwardedFor: "unknown" }],
    ["address_unreadable", { forwardedFor: "_hidden" }],
    ["address_unreadable", { forwardedFor: "203.0.113.9," }],
    ["address_unreadable", { forwardedFor: "203.0.113.9, unknown" }],
    ["address_unreadable", { forwardedFor: "<b>1</b>" }],
    ["address_unreadable", { forwardedFor: "203.0.113.9.5" }],
    ["address_unreadable", { forwardedFor: "203.0.113.9 198.51.100.1" }],
    ["address_unreadable", { forwardedFor: "203.0.113.256" }],
    ["address_unreadable", { forwardedFor: "[203.0.113.9]" }],
    ["address_unreadable", { forwardedFor: "unix:" }],
    ["address_unreadable", { forwarded: "for=unknown" }],
    ["address_unreadable", { forwarded: "for=_gazonk" }],
    ["address_unreadable", { forwarded: "proto=https" }],
    ["address_unreadable", { forwarded: "203.0.113.9" }],
    ["address_unreadable", { forwarded: 'for="203.0.113.9' }],
    ["address_unreadable", { forwarded: 'for=6.6.6.6;by=", for=203.0.113.9' }],
    ["headers_disagree", { forwardedFor: "6.6.6.6", forwarded: "for=203.0.113.9" }],
    ["headers_disagree", { forwardedFor: "203.0.113.9", forwarded: "for=unknown" }],
  ])("counts by the address of the socket, and tells it: %s %j", (problem, headers) => {
    const problems: AddressProblem[] = [];
    const connection = { ...byProxy, ...headers, onAddressProblem: (it: AddressProblem) => void problems.push(it) };
    expect(clientAddress(connection)).toBe("10.0.0.2");
    expect(problems).toEqual([problem]);
    expect(clientAddress({ ...connection, socketAddress: "::ffff:127.0.0.1" })).toBe("127.0.0.1");
  });

  it("takes both headers where they name the same address, and one of them where the setting names it", () => {
    const both = { ...byProxy, forwardedFor: "203.0.113.9:80", forwarded: "for=203.0.113.9" };
    expect(clientAddress(both)).toBe("203.0.113.9");
    const forged = { ...both, forwardedFor: "6.6.6.6" };
    expect(clientAddress({ ...forged, proxyHeader: "forwarded" })).toBe("203.0.113.9");
    expect(clientAddress({ ...forged, proxyHeader: "x-forwarded-for" })).toBe("6.6.6.6");
  });

  it("believes no header of a client that reaches the port directly", () => {
    const problems: AddressProblem[] = [];
    for (const socketAddress of ["198.51.100.4", "2001:db8::4", "::ffff:198.51.100.4"]) {
      const direct = { ...byProxy, socketAddress, onAddressProblem: (it: AddressProblem) => void problems.push(it) };
      const own = normalAddress(socketAddress);
      expect(clientAddress({ ...direct, forwardedFor: "6.6.6.6" })).toBe(own);
      expect(clientAddress({ ...direct, forwarded: "for=6.6.6.6" })).toBe(own);
      expect(clientAddress({ ...direct, forwardedFor: "6.6.6.6, 10.0.0.3", trustedProxyHops: 2 })).toBe(own);
    }
    expect(new Set(problems)).toEqual(new Set(["proxy_not_trusted"]));
  });

  it("believes no header of a client that reaches the inner of two proxies directly", () => {
    const inner = { ...byProxy, trustedProxyHops: 2 };
    expect(clientAddress({ ...inner, forwardedFor: "6.6.6.6, 198.51.100.4" })).toBe("198.51.100.4");
    const trustedProxies = createTrustedProxies(["10.0.0.2", "198.51.100.0/24"]);
    expect(clientAddress({ ...inner, trustedProxies, forwardedFor: "6.6.6.6, 198.51.100.4" })).toBe("6.6.6.6");
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
