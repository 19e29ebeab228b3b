import { isIP } from "node:net";
import { LRUCache } from "lru-cache";
import { entriesOfForwarded, entriesOfForwardedFor, type ProxyHeader } from "./forwarded.ts";
import { createTrustedProxies, type TrustedProxies } from "./trusted-proxies.ts";

/** Which proxies are trusted when they name the client of a request. */
export interface ProxyTrust {
  /** How many proxies in front of us are ours, counted from the socket. */
  trustedProxyHops: number;
  /** The addresses that those proxies have; private networks and loopback unless given. */
  trustedProxies?: TrustedProxies | undefined;
  /** The header that they write. Unless given, the one that came; of both, neither if they name different addresses. */
  proxyHeader?: ProxyHeader | undefined;
  /** Called at each request whose forwarded address is not used. */
  onAddressProblem?: ((problem: AddressProblem) => void) | undefined;
}

export type AddressProblem =
  /** The header came from an address that is none of a trusted proxy's. */
  | "proxy_not_trusted"
  /** Fewer proxies wrote an address than there should be. */
  | "address_missing"
  /** What the proxy wrote is no address. */
  | "address_unreadable"
  /** Both headers came, and name different addresses. */
  | "headers_disagree";

export interface Connection extends ProxyTrust {
  /** The address at the other end of the socket, as Node gives it; null for a socket that is gone, undefined for a host that does not know. */
  socketAddress: string | null | undefined;
  /** `X-Forwarded-For` and `Forwarded`, as they came. */
  forwardedFor: string | null | undefined;
  forwarded?: string | null | undefined;
}

/**
 * The address of the client: the other end of the socket, or, if that is a trusted proxy, what this proxy wrote, and so on for as
 * many hops as there are. Everything to the left of that can be forged. What cannot be read counts by the address of the
 * socket, so that no limit is without an address. Null when not even that is known.
 */
export function clientAddress(connection: Connection): string | null {
  const { socketAddress, trustedProxyHops, trustedProxies = privateProxies, onAddressProblem } = connection;
  const socket = socketAddress ? knownAddresses.memo(socketAddress).address : null;
  if (trustedProxyHops === 0 || socketAddress === null) return socket;
  if (socketAddress !== undefined && !(socket !== null && trustedProxies(socket))) {
    if (connection.forwardedFor ?? connection.forwarded) onAddressProblem?.("proxy_not_trusted");
    return socket;
  }
  const found = forwardedAddress(connection, trustedProxies);
  if (found.problem !== undefined) onAddressProblem?.(found.problem);
  return found.address ?? socket;
}

/** Each request of a connection has the same address, and to spell it in one way costs more than to look it up. */
const knownAddresses = new LRUCache<string, { address: string | null }>({
  max: 4_096,
  memoMethod: (text) => ({ address: normalAddress(text) }),
});

interface Found {
  address?: string;
  problem?: AddressProblem;
}

function forwardedAddress(connection: Connection, isTrusted: TrustedProxies): Found {
  const { forwardedFor, forwarded, proxyHeader, trustedProxyHops: hops } = connection;
  const found = [
    ...(forwardedFor && proxyHeader !== "forwarded" ? [entriesOfForwardedFor(forwardedFor)] : []),
    ...(forwarded && proxyHeader !== "x-forwarded-for" ? [entriesOfForwarded(forwarded)] : []),
  ].map((entries) => walk(entries, hops, isTrusted));
  const [first = { problem: "address_missing" }, second] = found;
  return second !== undefined && second.address !== first.address ? { problem: "headers_disagree" } : first;
}

/** From the entry of the proxy at the socket to the left, as long as the one who wrote it is a trusted proxy. */
function walk(entries: readonly string[] | undefined, hops: number, isTrusted: TrustedProxies): Found {
  if (entries === undefined) return { problem: "address_unreadable" };
  for (let hop = 1; ; hop += 1) {
    const entry = entries.at(-hop);
    if (entry === undefined) return { problem: "address_missing" };
    const address = readAddress(entry);
    if (address === null) return { problem: "address_unreadable" };
    if (hop === hops) return { address };
    if (!isTrusted(address)) return { address, problem: "proxy_not_trusted" };
  }
}

const privateProxies = createTrustedProxies();

/** An address as proxies write it: alone or with a port, IPv6 in brackets or not, quoted or not. */
const withoutQuotes = /^"(.*)"$/;
const inBrackets = /^\[([\da-f:.%\w]+)\](?::[\w.-]*)?$/i;
const ipv4WithPort = /^(\d{1,3}(?:\.\d{1,3}){3}):[\w.-]*$/;
const ipv6WithPort = /^((?:[\da-f]{1,4}:){7}[\da-f]{1,4}):\d{1,5}$/i;

/** Null for what is no address, such as `unknown` and `_hidden` (RFC 7239 section 6). */
function readAddress(entry: string): string | null {
  const unquoted = withoutQuotes.exec(entry)?.[1]?.trim() ?? entry;
  const value = unquoted.replace(/^for=/i, "").replace(withoutQuotes, "$1");
  const bracketed = inBrackets.exec(value)?.[1];
  if (bracketed !== undefined) return bracketed.includes(":") ? normalAddress(bracketed) : null;
  return normalAddress(ipv4WithPort.exec(value)?.[1] ?? ipv6WithPort.exec(value)?.[1] ?? value);
}

const mappedIpv4 = /^::ffff:(?:0:)?(\d{1,3}(?:\.\d{1,3}){3})$/i;
const mappedIpv4InHex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/** One spelling for one address (RFC 5952), an IPv4 one that came over an IPv6 socket as IPv4; null for what is none. */
export function normalAddress(text: string | undefined): string | null {
  if (text === undefined) return null;
  const [address = ""] = text.split("%", 1); // without the interface that a link-local one names
  const kind = isIP(address);
  if (kind === 4) return address;
  if (kind === 0) return null;
  const mapped = mappedIpv4.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = mappedIpv4InHex.exec(canonical) ?? [];
  return high !== undefined && low !== undefined
    ? ipv4Of(Number.parseInt(high, 16), Number.parseInt(low, 16))
    : canonical;
}

function ipv4Of(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}
