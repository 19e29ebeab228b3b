import { isIP } from "node:net";

export interface Connection {
  /** The address at the other end of the socket, as Node gives it. */
  socketAddress: string | undefined;
  /** `X-Forwarded-For`, as it came. */
  forwardedFor: string | null | undefined;
  /** How many proxies in front of us are ours, counted from the socket. */
  trustedProxyHops: number;
}

/**
 * Who is asking: without proxies of ours the other end of the socket, whatever a header says; with them the address that the
 * outermost of ours saw, the n-th entry from the right. Whatever is left of that can be forged. Null when it is not known.
 */
export function clientAddress({ socketAddress, forwardedFor, trustedProxyHops }: Connection): string | null {
  if (trustedProxyHops === 0) return normalAddress(socketAddress);
  return normalAddress(forwardedFor?.split(",").at(-trustedProxyHops)?.trim());
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
