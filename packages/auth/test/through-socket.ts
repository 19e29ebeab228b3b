import { createServer, type IncomingMessage, type Server, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import type { FetchHandler } from "../src/trpc/http/fetch-handler.ts";
import { createNodeHandler, type NodeHandlerOptions } from "../src/trpc/http/node-handler.ts";

/** More than any test sends: limits are the business of the server that the handler stands in. */
const largestHeaderBytes = 1024 * 1024;

/** The same HTTP handler behind a real socket on the loopback: what goes in as a `Request` comes out of `node:http` on the way. */
export function throughSocket(
  handle: FetchHandler,
  options: Pick<NodeHandlerOptions, "appUrl" | "trustedProxyHops">,
): (request: Request) => Promise<Response> {
  const answer = createNodeHandler({ handle, ...options });
  let server: Promise<Server> | undefined;
  return async (request) => {
    server ??= listen(
      createServer({ maxHeaderSize: largestHeaderBytes }, (incoming, outgoing) => {
        outgoing.setHeader("x-set-by-host", "1"); // a host sets headers of its own before it hands over
        void answer(incoming, outgoing);
      }),
    );
    return responseOf(await exchange(request, ((await server).address() as AddressInfo).port));
  };
}

/** Ends with the process: no test has to close it. */
function listen(server: Server): Promise<Server> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.unref())));
}

/** Not `fetch`, which writes headers of its own, and rejects some of those that tests are about. */
async function exchange(request: Request, port: number): Promise<IncomingMessage> {
  const { pathname, search } = new URL(request.url);
  const body = await bodyOf(request);
  const length = body instanceof Readable ? {} : { "content-length": body.length };
  const headers = { ...Object.fromEntries(request.headers), ...(request.body ? length : {}) };
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, method: request.method, path: pathname + search, headers, agent: false };
    const outgoing = send(options, resolve).on("error", reject);
    if (!(body instanceof Readable)) {
      outgoing.end(body);
      return;
    }
    // The server may respond before it has read all, and some bodies have no end.
    for (const event of ["response", "close"]) outgoing.once(event, () => body.destroy());
    body.pipe(outgoing);
  });
}

/** In one piece, with a length, or piece by piece as it comes: a test may send one that never ends. */
async function bodyOf(request: Request): Promise<Buffer | Readable> {
  const pieces = request.body?.getReader();
  const first = await pieces?.read();
  if (!pieces || first?.done !== false) return Buffer.alloc(0);
  const second = await pieces.read();
  return second.done ? Buffer.from(first.value) : Readable.from(piecesOf(pieces, [first.value, second.value]));
}

async function* piecesOf(pieces: ReadableStreamDefaultReader<Uint8Array>, known: Uint8Array[]) {
  try {
    yield* known;
    for (let next = await pieces.read(); !next.done; next = await pieces.read()) yield next.value;
  } finally {
    await pieces.cancel();
  }
}

/** Its body comes as it is sent: a stream is read while it goes on, and left by cancelling it. */
function responseOf(message: IncomingMessage): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headersDistinct)) {
    for (const one of value ?? []) headers.append(name, one);
  }
  const body = Readable.toWeb(message) as ReadableStream<Uint8Array>;
  return new Response(body, { status: message.statusCode ?? 0, headers });
}
