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
    outgoing.writeHead(status, [...all, "content-length", String(Buffer.byteLength(body))]);
    endInOnePiece(outgoing, body);
  };
}

function merge(hostHeaders: Readonly<Record<string, string>>, headers: readonly string[]): readonly string[] {
  const own = new Set(headers.filter((_, index) => index % 2 === 0));
  const others = Object.entries(hostHeaders).filter(([name]) => !own.has(name.toLowerCase()));
  return [...others.flat(), ...headers];
}

/**
 * Node's own `end(body)` gives the socket two pieces, of which the second is empty, and two pieces go a longer way through it: a tenth
 * of a call. Written while the answer is corked, head and body are one, and nothing is left for the end.
 */
function endInOnePiece(outgoing: ServerResponse, body: string): void {
  outgoing.cork();
  outgoing.write(body);
  outgoing.uncork();
  outgoing.end();
}
