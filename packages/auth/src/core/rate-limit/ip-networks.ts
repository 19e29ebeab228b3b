import { isIP } from "node:net";
import type { IpNetwork } from "../domain/rate-limit.ts";

/**
 * A client with one IPv6 address has the /64 around it; a home has a /56, and a site, or a rented server, a /48, which
 * is 65,536 of the first (RFC 6177). So each is counted. What a /56 may do is less than what its /48 may, so that one customer of
 * a provider cannot use up what the others have.
 */
const host: Prefix = { groups: 4, lastMask: 0xffff, bits: 64, factor: 1 };
const home: Prefix = { groups: 4, lastMask: 0xff00, bits: 56, factor: 2 };
const site: Prefix = { groups: 3, lastMask: 0xffff, bits: 48, factor: 3 };

interface Prefix {
  /** How many groups of 16 bits it reaches into. */
  groups: number;
  /** What of the last of them belongs to it. */
  lastMask: number;
  bits: number;
  factor: number;
}

/** The networks that an address is in, the narrowest first. An IPv4 address is one by itself. */
export function ipNetworksOf(ipAddress: string): readonly [IpNetwork, ...IpNetwork[]] {
  const groups = isIP(ipAddress) === 6 ? groupsOf(ipAddress) : undefined;
  if (!groups) return [{ name: ipAddress, factor: 1 }];
  const embedded = embeddedIpv4(groups);
  if (embedded !== undefined) return [{ name: embedded, factor: 1 }];
  return [networkOf(groups, host), networkOf(groups, home), networkOf(groups, site)];
}

function networkOf(address: readonly number[], { groups, lastMask, bits, factor }: Prefix): IpNetwork {
  const kept = address.slice(0, groups).map((group, index) => (index === groups - 1 ? group & lastMask : group));
  return { name: `${kept.map((group) => group.toString(16)).join(":")}::/${bits}`, factor };
}

/**
 * The IPv4 address that an IPv6 one only wraps. Behind each of these stands one IPv4 address, however many IPv6 ones it makes of
 * it (6to4 a /48 of its own), or all of IPv4 lies in one /64, where strangers would be counted together.
 */
function embeddedIpv4(groups: readonly number[]): string | undefined {
  const [a = 0, b = 0, c = 0] = groups;
  const [high = 0, low = 0] = groups.slice(6);
  const zeros = (from: number, to: number) => groups.slice(from, to).every((group) => group === 0);
  if (a === 0x2002) return ipv4Of(b, c); // 6to4, RFC 3056
  if (a === 0x2001 && b === 0) return ipv4Of(high ^ 0xffff, low ^ 0xffff); // Teredo, RFC 4380: the bits turned over
  if (a === 0x64 && b === 0xff9b && zeros(2, 6)) return ipv4Of(high, low); // NAT64, RFC 6052
  if (a === 0x64 && b === 0xff9b && c === 1 && zeros(3, 6)) return ipv4Of(high, low); // a site's own NAT64, RFC 8215
  if (zeros(0, 5) && groups[5] === 0xffff) return ipv4Of(high, low); // mapped, RFC 4291
  if (zeros(0, 4) && groups[4] === 0xffff && groups[5] === 0) return ipv4Of(high, low); // translated, RFC 2765
  return undefined;
}

function ipv4Of(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** The eight groups of an IPv6 address as numbers, so that one address has one spelling. */
function groupsOf(ipAddress: string): number[] {
  const [address = ""] = ipAddress.split("%", 1); // without the interface that a link-local one names
  const [head = "", tail] = address.split("::");
  const [before, after] = [numbersIn(head), numbersIn(tail ?? "")];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return [...before, ...zeros, ...after];
}

function numbersIn(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const [one = 0, two = 0, three = 0, four = 0] = group.split(".").map(Number);
    return [one * 256 + two, three * 256 + four];
  });
}
