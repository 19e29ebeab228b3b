import { BlockList, isIP } from "node:net";
import { ConfigError } from "../../core/domain/config-error.ts";

/**
 * The networks that a proxy of one's own usually has an address in: loopback, private (RFC 1918), unique local (RFC 4193) and
 * link-local ones. No request of the public Internet comes from there.
 */
const privateNetworks = [
  "127.0.0.0/8",
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "169.254.0.0/16",
  "::1/128",
  "fc00::/7",
  "fe80::/10",
] as const;

/** Says of a normal address (see `normalAddress`) whether a proxy of ours has it. */
export type TrustedProxies = (address: string) => boolean;

/**
 * @param ranges addresses and networks in CIDR form, such as `203.0.113.7` and `2001:db8::/32`
 * @throws {ConfigError} for a range that cannot be read
 */
export function createTrustedProxies(ranges: readonly string[] = privateNetworks): TrustedProxies {
  const list = new BlockList();
  for (const range of ranges) addRange(list, range.trim());
  return (address) => {
    const family = familyOf(address);
    return family !== undefined && list.check(address, family);
  };
}

function addRange(list: BlockList, range: string): void {
  const [, address = "", length] = /^([\d.]+|[\da-f:.]+)(?:\/(\d{1,3}))?$/i.exec(range) ?? [];
  const family = familyOf(address);
  const longest = family === "ipv4" ? 32 : 128;
  const prefix = length === undefined ? longest : Number(length);
  if (family === undefined || prefix > longest) {
    throw new ConfigError("Use addresses and networks with commas between, such as 10.0.0.0/8,2001:db8::7");
  }
  list.addSubnet(address, prefix, family);
}

function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  const version = isIP(address);
  return version === 0 ? undefined : version === 4 ? "ipv4" : "ipv6";
}
