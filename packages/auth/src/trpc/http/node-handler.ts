import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as timer } from "node:timers/promises";
import { clientAddress, type ProxyTrust } from "../client-address/client-address.ts";
import { createDirectPath } from "./direct/direct-path.ts";
import type { FetchHandler } from "./fetch-handler.ts";
import type { RequestSource } from "./handler-options.ts";

export interface NodeHandlerOptions extends ProxyTrust {
  handle: FetchHandler;
  /** Where the app is reached; of a request only the path is looked at. */
  appUrl: string;
  /** Headers of every response, beside the handler's own. Cheaper here than set one by one before each call. */
  headers?: Readonly<Record<string, string>>;
}

/**
 * The same HTTP handler for a plain `node:http` server, without a framework in between. Bodies come in and responses go out as fast as
 * the other side reads, and no address is taken from what the client sends.
 *
 * @returns resolves when the response is written or the client has gone; rejects when it could not be made
 */
export function createNodeHandler({ handle, appUrl, headers = {}, ...trust }: NodeHandlerOptions) {
  const answerPlainCall = handle.plain && createDirectPath(handle.plain, headers);

  async function answerByFetch(incoming: IncomingMessage, outgoing: ServerResponse, source: RequestSource) {
    for (const name in headers) outgoing.setHeader(name, headers[name] ?? "");
    const gone = new AbortController();
    outgoing.once("close", () => {
      if (!outgoing.writableFinished) gone.abort();
    });
    try {
      await write(await handle(requestOf(incoming, appUrl, gone.signal), source), incoming, outgoing);
    } catch (error) {
      // A client that left in the middle of its own request gets no response.
      if (!gone.signal.aborted && !incoming.destroyed) throw error;
    }
  }

  return (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const source = { clientAddress: addressOfIncoming(incoming, trust) };
    return answerPlainCall?.({ incoming, outgoing, source }) ?? answerByFetch(incoming, outgoing, source);
  };
}

/** The address of the client that sent a request to a plain `node:http` server. */
export function addressOfIncoming({ socket, headers }: IncomingMessage, trust: ProxyTrust): string | null {
  return clientAddress({
    trustedProxyHops: trust.trustedProxyHops,
    trustedProxies: trust.trustedProxies,
    proxyHeader: trust.proxyHeader,
    onAddressProblem: trust.onAddressProblem,
    socketAddress: socket.remoteAddress ?? null,
    forwardedFor: headers["x-forwarded-for"]?.toString(),
    forwarded: headers.forwarded,
  });
}

function requestOf(incoming: IncomingMessage, appUrl: string, signal: AbortSignal): Request {
  const { method = "GET", url = "/", headers } = incoming;
  const body = method === "GET" || method === "HEAD" ? null : bodyOf(incoming);
  const init = { method, headers: headersOf(headers), body, signal, duplex: "half" };
  return new Request(`${appUrl}${url}`, init as RequestInit);
}

function headersOf(headers: IncomingMessage["headers"]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name in headers) found[name] = String(headers[name]);
  return found;
}

/** Read only as it is asked for. A handler that stops reading does not end the connection, on which the response has yet to go out. */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> | null {
  const { "content-length": length, "transfer-encoding": encoding } = incoming.headers;
  if (encoding === undefined && (length === undefined || length === "0")) return null;
  const chunks: AsyncIterator<Uint8Array> = incoming.iterator({ destroyOnReturn: false });
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await chunks.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

async function write(response: Response, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  if (outgoing.destroyed || outgoing.headersSent) {
    await response.body?.cancel();
    return;
  }
  for (const [name, value] of response.headers) if (name !== "set-cookie") outgoing.setHeader(name, value);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies);
  outgoing.statusCode = response.status;
  if (goesOn(response)) await pump(response, outgoing);
  else await writeAtOnce(Buffer.from(await response.arrayBuffer()), incoming, outgoing);
}

/** A batch that is streamed calls itself JSON, too: by its transfer coding it is known. */
function goesOn({ headers }: Response): boolean {
  return headers.has("transfer-encoding") || !headers.get("content-type")?.startsWith("application/json");
}

async function writeAtOnce(body: Buffer, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  if (incoming.complete) outgoing.setHeader("content-length", body.length).end(body);
  else await endEarly(body, incoming, outgoing);
}

/** For so long is the rest of a body read and thrown away, in milliseconds: a 25 MB file from a slow line is not worth more. */
const lingerMs = 2_000;

/**
 * Responds before the whole request is there, and ends the connection. The rest of the request is discarded for a moment first: a
 * socket that is closed with unread bytes in it is reset, and the response is lost with it.
 */
export async function endEarly(body: Buffer, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  outgoing.setHeader("connection", "close");
  outgoing.setHeader("content-length", body.length);
  outgoing.write(body);
  const waited = new AbortController();
  const over = new Promise<void>((resolve) => {
    for (const event of ["end", "close", "error"] as const) incoming.once(event, () => resolve());
  });
  incoming.resume();
  if (!incoming.readableEnded && !incoming.destroyed) {
    await Promise.race([over, timer(lingerMs, undefined, { signal: waited.signal, ref: false })]).catch(
      () => undefined,
    );
  }
  waited.abort();
  outgoing.end();
}

/** Writes as fast as the other side reads, and ends the source when the other side has gone. */
async function pump({ body }: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.flushHeaders();
  const reader = body?.getReader();
  const left = () => void reader?.cancel().catch(() => undefined);
  outgoing.once("close", left);
  try {
    for (;;) {
      const next = await reader?.read();
      if (!next || next.done || outgoing.destroyed) break;
      if (!outgoing.write(next.value)) await drained(outgoing);
    }
  } finally {
    outgoing.off("close", left);
    outgoing.end();
  }
}

function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      outgoing.off("drain", go).off("close", go);
      resolve();
    };
    outgoing.once("drain", go).once("close", go);
  });
}
