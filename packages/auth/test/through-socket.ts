import { createServer, type IncomingMessage, type Server, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
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
  const body = request.body ? Buffer.from(await request.arrayBuffer()) : undefined;
  const headers = { ...Object.fromEntries(request.headers), ...(body ? { "content-length": body.length } : {}) };
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, method: request.method, path: pathname + search, headers, agent: false };
    send(options, resolve).on("error", reject).end(body);
  });
}

async function responseOf(message: IncomingMessage): Promise<Response> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headersDistinct)) {
    for (const one of value ?? []) headers.append(name, one);
  }
  return new Response(await text(message), { status: message.statusCode ?? 0, headers });
}
