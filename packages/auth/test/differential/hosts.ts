import { Agent, createServer, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { AnyRouter } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { incomingMessageToRequest } from "@trpc/server/adapters/node-http";
import { createTestAuth, testIssuer } from "../../src/testing/test-auth.ts";
import { createFetchHandler } from "../../src/trpc/http/fetch-handler.ts";
import { createNodeHandler } from "../../src/trpc/http/node-handler.ts";
import { createTokenCookies, headersSink } from "../../src/trpc/token-cookies.ts";
import { endpoint, type RawRequest } from "./requests.ts";

/** What came back. */
export interface Received {
  status: number;
  headers: Record<string, string[]>;
  body: string;
}

/** One router behind one carrier, on a socket of the loopback. */
export interface Host {
  ask(request: RawRequest): Promise<Received>;
  /** How many requests the direct path has answered. */
  direct: number;
}

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** Our handlers: with the direct path, or through `Request` and `Response` alone. */
export function ownHost(router: AnyRouter, carrier: "direct" | "fetch"): Host {
  const { auth } = createTestAuth();
  const tokenCookies = createTokenCookies({ appUrl: testIssuer });
  const handle = createFetchHandler({ router, auth, tokenCookies, endpoint, appUrl: testIssuer, trustedProxyHops: 0 });
  const host: Host = { ...hostOf(listener()), direct: 0 };

  function listener(): Listener {
    const options = { appUrl: testIssuer, trustedProxyHops: 0 };
    if (carrier === "fetch") return createNodeHandler({ handle: (request) => handle(request), ...options });
    const { plain } = handle;
    if (!plain) throw new Error("The handler has no direct path");
    const counted: typeof plain = {
      ...plain,
      answer: (...given) => {
        host.direct += 1;
        return plain.answer(...given);
      },
    };
    const whole = Object.assign((request: Request) => handle(request), { plain: counted });
    return createNodeHandler({ handle: whole, ...options });
  }
  return host;
}

/** The oracle: tRPC's own adapter, under the limit of a batch that ours has. */
export function trpcHost(router: AnyRouter): Host {
  const host = hostOf(async (incoming, outgoing) => {
    const req = incomingMessageToRequest(incoming, outgoing, { maxBodySize: null });
    const createContext = ({ resHeaders }: { resHeaders: Headers }) => ({ cookies: headersSink(resHeaders) });
    const response = await fetchRequestHandler({ router, req, endpoint, createContext, maxBatchSize: 20 });
    outgoing.statusCode = response.status;
    for (const [name, value] of response.headers) if (name !== "set-cookie") outgoing.setHeader(name, value);
    const cookies = response.headers.getSetCookie();
    if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies);
    try {
      for await (const chunk of response.body ?? []) outgoing.write(chunk);
    } finally {
      outgoing.end();
    }
  });
  return { ...host, direct: 0 };
}

function hostOf(listener: Listener): Omit<Host, "direct"> {
  const server = createServer((incoming, outgoing) => {
    listener(incoming, outgoing).catch(() => {
      if (outgoing.writableEnded) return; // a stream that has failed on its way
      outgoing.statusCode = 500;
      outgoing.end("crashed");
    });
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const listening = new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.unref().address() as AddressInfo).port));
  });
  return { ask: async (request) => exchange(request, { agent, port: await listening }) };
}

function exchange(
  { method, target, headers, body }: RawRequest,
  { agent, port }: { agent: Agent; port: number },
): Promise<Received> {
  const bytes = body === undefined ? undefined : Buffer.from(body);
  const length = bytes ? ["Content-Length", String(bytes.length)] : [];
  const all = ["Host", "watchword.test", ...headers, ...length];
  return new Promise((resolve, reject) => {
    const sent = send({ host: "127.0.0.1", port, agent, method, path: target, headers: all as never }, (incoming) => {
      text(incoming).then((said) => resolve(receivedOf(incoming, said)), reject);
    });
    sent.on("error", reject).end(bytes);
  });
}

/** Without what says how an answer was carried. */
function receivedOf({ statusCode = 0, headersDistinct }: IncomingMessage, body: string): Received {
  const { date: _date, connection: _c, "keep-alive": _k, "content-length": _l, ...headers } = headersDistinct;
  const { "transfer-encoding": _t, ...rest } = headers;
  return { status: statusCode, headers: rest as Record<string, string[]>, body };
}
