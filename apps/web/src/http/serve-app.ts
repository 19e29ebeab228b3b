import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { addressOfIncoming, createNodeHandler } from "@watchword/auth/trpc";
import { takeConsole } from "../server/console-log.ts";
import { isForwarded } from "../server/forwarding.ts";
import { logError } from "../server/log.ts";
import { type PageSource, pageSource } from "../server/page-source.ts";
import { proxyTrust } from "../server/proxy-trust.ts";
import type { Server } from "../server/server.ts";
import { ownCookies } from "./app-cookies.ts";
import { createHttpServer, type RequestHandler } from "./http-server.ts";
import { createPageHandler } from "./page-handler.ts";
import { apiPolicy, everywhere, strictTransport } from "./response-headers.mjs";
import { stopOnSignal } from "./stop.ts";

/** What the host brings: `serve.mjs`, or a test. */
export interface Hosting {
  /** Next's own request handler. */
  pages: RequestHandler;
  closePages: () => Promise<void>;
  /** 0 for any that is free. */
  port: number;
  /** The address to listen on; all of the machine's unless given. */
  hostname?: string | undefined;
}

/**
 * Serves the app on one port until a stop signal.
 *
 * @returns the port, when it listens
 * @throws {Error} of Node's when it cannot listen, such as `EADDRINUSE`
 */
export async function serveApp(app: Server, { pages, closePages, port, hostname }: Hosting): Promise<number> {
  const { appUrl, http: limits } = app.env;
  const trust = proxyTrust(app.env);
  const transportSecurity = strictTransport({ appUrl, subdomains: app.env.hstsSubdomains });
  const answerCall = createNodeHandler({
    handle: app.handle,
    appUrl,
    headers: apiHeaders(transportSecurity),
    ...trust,
  });
  const closing = new AbortController();
  const http = createHttpServer({
    limits,
    ownCookies: ownCookies(app),
    transportSecurity,
    closing: closing.signal,
    router: (incoming, outgoing) => pageSource.run(new CallSource(incoming), answerCall, incoming, outgoing),
    pages: createPageHandler({
      pages,
      appUrl,
      addressOf: (incoming) => addressOfIncoming(incoming, trust),
      onError: logError,
    }),
    onError: logError,
  });
  const { server } = http;
  // Read once, Node keeps it: the address counts also for a request of a client that has gone by then.
  server.on("connection", (socket) => void socket.remoteAddress);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    // As many as there may be can come at once. Of more than wait here the system drops the first packet, and their client is silent for
    // a second, then two, then four.
    server.listen({ port, host: hostname, backlog: limits.maxConnections }, () =>
      resolve(void server.off("error", reject)),
    );
  });
  takeConsole();
  stayAlive();
  stopOnSignal({
    ...http,
    closing,
    graceMs: limits.shutdownMs,
    abandon: async () => app.files.uploads?.abandon(),
    close: closePages,
    exit: (code) => process.exit(code),
  });
  return (server.address() as AddressInfo).port;
}

function apiHeaders(transportSecurity: string | undefined): Record<string, string> {
  const strict = transportSecurity === undefined ? {} : { "Strict-Transport-Security": transportSecurity };
  return { ...everywhere, ...strict, "Content-Security-Policy": apiPolicy };
}

/** What is known of a call. Whether it was forwarded, few ask. */
class CallSource implements PageSource {
  readonly guarded = true;
  readonly #incoming: IncomingMessage;

  constructor(incoming: IncomingMessage) {
    this.#incoming = incoming;
  }

  get forwarded(): boolean {
    return isForwarded(Object.keys(this.#incoming.headers));
  }
}

/**
 * One request's mistake does not end the process: what was not caught is logged, and the process goes on. Nothing that it
 * keeps in memory decides whether a login is good. A log without a reader is no mistake.
 */
function stayAlive(): void {
  process.on("uncaughtException", (error) => logError("process", error));
  process.on("unhandledRejection", (error) => logError("process", error));
  for (const output of [process.stdout, process.stderr]) output.on("error", () => {});
}
