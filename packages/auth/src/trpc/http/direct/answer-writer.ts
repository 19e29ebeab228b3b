import type { ServerResponse } from "node:http";

/** An answer to plain calls, ready to be carried. */
export interface PlainAnswer {
  status: number;
  /** Names in small letters and values in turn, each name once: how Node takes them at the least cost. */
  headers: readonly string[];
  /** The values of `Set-Cookie`. */
  cookies: readonly string[];
  /** JSON. */
  body: string;
}

/** @param hostHeaders of every answer. Where an answer has one of that name, the answer's own counts */
export function createAnswerWriter(
  hostHeaders: Readonly<Record<string, string>>,
): (answer: PlainAnswer, outgoing: ServerResponse) => void {
  // Most answers have the same list of headers, not only an equal one.
  const merged = new WeakMap<readonly string[], readonly string[]>();

  return ({ status, headers, cookies, body }, outgoing) => {
    if (outgoing.destroyed || outgoing.headersSent) return;
    const all = merged.get(headers) ?? merge(hostHeaders, headers);
    merged.set(headers, all);
    // Not in the list: where a host has set headers before, Node keeps the last of several with one name.
    if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies);
    outgoing.writeHead(status, [...all, "content-length", String(Buffer.byteLength(body))]).end(body);
  };
}

function merge(hostHeaders: Readonly<Record<string, string>>, headers: readonly string[]): readonly string[] {
  const own = new Set(headers.filter((_, index) => index % 2 === 0));
  const others = Object.entries(hostHeaders).filter(([name]) => !own.has(name.toLowerCase()));
  return [...others.flat(), ...headers];
}
