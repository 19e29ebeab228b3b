/** The headers in which proxies say for whom they forward a request. */
export const proxyHeaders = ["x-forwarded-for", "forwarded"] as const;
export type ProxyHeader = (typeof proxyHeaders)[number];

/** The entries of `X-Forwarded-For`, one for each hop: what the last proxy wrote stands last. */
export function entriesOfForwardedFor(value: string): string[] {
  return value.split(",").map((entry) => entry.trim());
}

/**
 * The values of `for` in a `Forwarded` header (RFC 7239 section 4), one for each hop, unquoted; empty for a hop without one.
 *
 * @returns undefined for a header that does not follow the grammar: a client that sends an open quote to the proxy must not
 * choose where the element of the proxy begins
 */
export function entriesOfForwarded(value: string): string[] | undefined {
  const entries: string[] = [];
  let hop = "";
  for (let rest = value.trimStart(); ; ) {
    const [whole, name = "", quoted, plain = "", separator] = pair.exec(rest) ?? [];
    if (whole === undefined) return undefined;
    if (name.toLowerCase() === "for") hop = quoted?.replace(/\\(.)/g, "$1") ?? plain;
    rest = rest.slice(whole.length);
    if (separator === ";") continue;
    entries.push(hop);
    hop = "";
    if (separator !== ",") return entries;
  }
}

/**
 * One `name=value` and what separates it from the next. Some proxies write an address with a port or in brackets without the
 * quotes that the grammar asks for.
 */
const pair = /^([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([\w!#$%&'*+.^`|~:[\]-]+))[ \t]*(?:([;,])[ \t]*|$)/;
