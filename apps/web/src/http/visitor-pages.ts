import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { gzip } from "node:zlib";

/**
 * The pages that are the same for every visitor who has no cookie of ours, but for the nonce. Next renders each once, and all others get a
 * copy with a nonce of their own. A page belongs here only if it asks for nothing but cookies, its address and the settings.
 */
const paths: ReadonlySet<string> = new Set(["/", "/login", "/register", "/forgot-password"]);

export interface VisitorPages {
  /** Sends a copy. False where there is none yet, or the request asks for a page that is not the same for everybody. */
  send: (incoming: IncomingMessage, outgoing: ServerResponse, nonce: string) => boolean;
  /**
   * Keeps what is about to be rendered, if it will be the same for everybody. Call it before anything is written.
   *
   * @param nonce as it will stand in the page and its headers; random, so that no other text in them can be the same
   */
  keep: (incoming: IncomingMessage, outgoing: ServerResponse, nonce: string) => void;
}

/** Texts, each cut where the nonce stands. */
interface KeptPage {
  headers: ReadonlyArray<readonly [name: string, parts: readonly string[]]>;
  body: readonly string[];
}

export function createVisitorPages(): VisitorPages {
  const pages = new Map<string, KeptPage>();
  return {
    send(incoming, outgoing, nonce) {
      const kept = isForEverybody(incoming) ? pages.get(incoming.url ?? "") : undefined;
      if (!kept) return false;
      for (const [name, parts] of kept.headers) outgoing.setHeader(name, parts.join(nonce));
      sendBody(outgoing, Buffer.from(kept.body.join(nonce)), acceptsGzip(incoming.headers));
      return true;
    },
    keep(incoming, outgoing, nonce) {
      if (!isForEverybody(incoming)) return;
      const { url = "" } = incoming;
      // What Next compresses could not be given another nonce.
      delete incoming.headers["accept-encoding"];
      captureBody(outgoing, (body) => {
        const isPage =
          outgoing.statusCode === 200 && String(outgoing.getHeader("content-type")).startsWith("text/html");
        if (!isPage || outgoing.hasHeader("set-cookie")) return;
        pages.set(url, { headers: headersOf(outgoing, nonce), body: body.split(nonce) });
      });
    },
  };
}

function headersOf(outgoing: ServerResponse, nonce: string): KeptPage["headers"] {
  return outgoing
    .getHeaderNames()
    .filter((name) => !ofOneAnswer.has(name))
    .map((name) => [name, String(outgoing.getHeader(name)).split(nonce)]);
}

const ofOneAnswer: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "content-length",
  "transfer-encoding",
  "date",
]);

/** By a list of what may be there, so that a header that one day means something to a page leads to Next. */
function isForEverybody({ method, url, headers }: IncomingMessage): boolean {
  return method === "GET" && paths.has(url ?? "") && Object.keys(headers).every((name) => withoutEffect.test(name));
}

/** Headers that no page of these reads, and Next neither. */
const withoutEffect =
  /^(?:host|connection|user-agent|accept|accept-(?:encoding|language)|cache-control|pragma|dnt|priority|referer|te|sec-ch-.*|sec-fetch-.*|sec-gpc|upgrade-insecure-requests|via|traceparent|tracestate|forwarded|x-(?:forwarded-(?:for|host|proto|port)|real-ip|request-id))$/;

function captureBody(outgoing: ServerResponse, onBody: (body: string) => void): void {
  const chunks: Buffer[] = [];
  const own = { write: outgoing.write, end: outgoing.end };
  const take = (chunk: unknown, encoding: unknown) => {
    if (typeof chunk === "string")
      chunks.push(Buffer.from(chunk, typeof encoding === "string" ? (encoding as BufferEncoding) : "utf8"));
    else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  outgoing.write = ((...given: Parameters<ServerResponse["write"]>) => {
    take(given[0], given[1]);
    return own.write.apply(outgoing, given);
  }) as ServerResponse["write"];
  outgoing.end = ((...given: Parameters<ServerResponse["end"]>) => {
    take(given[0], given[1]);
    return own.end.apply(outgoing, given);
  }) as ServerResponse["end"];
  // Not for an answer that broke off.
  outgoing.once("finish", () => onBody(Buffer.concat(chunks).toString()));
}

function sendBody(outgoing: ServerResponse, body: Buffer, acceptsGzip: boolean): void {
  if (!/\baccept-encoding\b/i.test(String(outgoing.getHeader("vary"))))
    outgoing.appendHeader("Vary", "Accept-Encoding");
  if (!acceptsGzip) {
    outgoing.setHeader("Content-Length", body.length).end(body);
    return;
  }
  gzip(body, (error, packed) => {
    if (error) outgoing.destroy(error);
    else outgoing.setHeader("Content-Encoding", "gzip").setHeader("Content-Length", packed.length).end(packed);
  });
}

/** As Next sends its pages, unless the client says that it cannot read it (RFC 9110 section 12.5.3). */
function acceptsGzip({ "accept-encoding": accepted = "" }: IncomingHttpHeaders): boolean {
  return String(accepted)
    .split(",")
    .some((one) => /^\s*gzip\s*(?:;\s*q=(?:1(?:\.0*)?|0\.0*[1-9]\d*)\s*)?$/i.test(one));
}
