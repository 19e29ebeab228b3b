import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { endEarly, errorIdOf } from "@watchword/auth/trpc";
import { type HttpLimits, parserHeaderBytes } from "../env/http-limits.ts";
import { endBroken, rejectTunnel } from "./broken-request.ts";
import { type Connection, createConnection } from "./connection.ts";
import { endIdleConnections } from "./connections.ts";
import { errorResponse } from "./error-response.ts";
import { forget, keepOwnCookies, type OwnCookies } from "./own-cookies.ts";
import type { Problem } from "./problem.ts";
import { isForRouter, type Rejection, rejectionOf } from "./request-limits.ts";
import { apiPolicy, everywhere } from "./response-headers.mjs";

/** Answers a request, or rejects when it could not. */
export type RequestHandler = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

export interface HttpServerOptions {
  limits: HttpLimits;
  /** The cookies that go on to the router and the pages. */
  ownCookies: OwnCookies;
  /** What comes in under `/api/trpc`. */
  router: RequestHandler;
  /** Everything else. */
  pages: RequestHandler;
  /** Aborted when the server is about to end: from then on every answer ends its connection. */
  closing?: AbortSignal;
  /** `Strict-Transport-Security` of every answer, a rejected one's too. */
  transportSecurity?: string | undefined;
  /** Told of every request that crashed, with the id that its answer names. */
  onError: (where: string, error: unknown, id: string) => void;
  /** How often the clocks of headers and bodies are looked at, in milliseconds. */
  checkIntervalMs?: number;
}

export interface HttpServer {
  server: Server;
  /** Ends the connections on which nothing is being answered. */
  letGo(): void;
}

/** The one server of the app: limits first, then the router or the pages. Does not listen yet. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { limits, closing, checkIntervalMs = 1_000 } = options;
  const server = createServer({
    maxHeaderSize: parserHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: Math.max(limits.uploadTimeoutMs, limits.bodyTimeoutMs),
    connectionsCheckingInterval: checkIntervalMs,
    keepAliveTimeout: limits.keepAliveMs,
  });
  // They are counted with the others, and rejected: Node would leave out those above its own limit without a word.
  server.maxHeadersCount = 0;
  server.maxConnections = limits.maxConnections;
  server.timeout = limits.stallTimeoutMs;
  const connections = new Map<Socket, Connection>();
  const take = (incoming: IncomingMessage, outgoing: ServerResponse, asksFirst = false) => {
    const connection = connections.get(incoming.socket);
    keepOwnCookies(incoming, options.ownCookies);
    connection?.take({
      incoming,
      outgoing,
      bodyTimeoutMs: isForRouter(incoming) && isUpload(incoming) ? limits.uploadTimeoutMs : limits.bodyTimeoutMs,
      begin() {
        if (asksFirst && rejectionOf(incoming, limits) === undefined) outgoing.writeContinue();
        const last = connection.requests >= limits.maxRequestsPerConnection;
        // Not by Node's own limit, which says so and does not do it.
        if (last || closing?.aborted) outgoing.setHeader("connection", "close");
        // The router's own responses bring it along.
        if (!isForRouter(incoming)) demandTransportSecurity(options, outgoing);
        answer(options, incoming, outgoing);
      },
      late() {
        demandTransportSecurity(options, outgoing);
        writeHead(outgoing, 408, { connection: "close" });
        outgoing.end("The body took too long\n", () => incoming.destroy());
      },
    });
  };
  server.on("request", (incoming, outgoing) => take(incoming, outgoing));
  server.on("checkContinue", (incoming, outgoing) => take(incoming, outgoing, true));
  server.on("clientError", (error, socket) => {
    const connection = connections.get(socket as Socket);
    connection?.end();
    endBroken(error, socket, connection?.answering);
  });
  server.on("connect", (_, socket) => rejectTunnel(socket));
  server.on("checkExpectation", (incoming, outgoing) => take(incoming, outgoing));
  server.on("connection", (socket) => {
    endIdleConnections(connections, limits.maxConnections);
    connections.set(socket, createConnection(socket, limits));
    socket.once("close", () => connections.delete(socket));
  });
  return {
    server,
    letGo() {
      for (const [socket, { answering }] of connections) if (answering?.writableFinished ?? true) socket.destroy();
    },
  };
}

interface Exchanged {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
}

/** Never throws: an error of one request must not affect another. */
function answer(options: HttpServerOptions, incoming: IncomingMessage, outgoing: ServerResponse): void {
  incoming.on("error", ignore); // a client that leaves in the middle of a body is no error of ours
  outgoing.on("error", ignore);
  const onError = (error: unknown) => {
    // A client that leaves in the middle of its own request has broken it.
    if (incoming.complete || !incoming.destroyed) fail(options, error, { incoming, outgoing });
  };
  try {
    const rejection = rejectionOf(incoming, options.limits);
    const answering = rejection
      ? reject(options, rejection, { incoming, outgoing })
      : (isForRouter(incoming) ? options.router : options.pages)(incoming, outgoing);
    answering.catch(onError);
  } catch (error) {
    onError(error);
  }
}

function ignore(): void {}

async function reject(
  options: HttpServerOptions,
  { forgetsCookies, ...problem }: Problem & Pick<Rejection, "forgetsCookies">,
  { incoming, outgoing }: Exchanged,
): Promise<void> {
  demandTransportSecurity(options, outgoing);
  const { status, headers, body } = errorResponse(incoming, problem);
  outgoing.statusCode = status;
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  if (forgetsCookies) outgoing.setHeader("set-cookie", forget(incoming));
  await endEarly(body, incoming, outgoing);
}

/** A crash is a 500 with an id and nothing else. The same id stands in the log, if there still is one. */
function fail(options: HttpServerOptions, error: unknown, { incoming, outgoing }: Exchanged): void {
  const { onError } = options;
  const id = errorIdOf(error);
  try {
    onError(isForRouter(incoming) ? "router" : "pages", error, id);
  } catch {
    // A log that fails is no reason to leave a client without a response.
  }
  if (outgoing.headersSent) {
    outgoing.destroy(); // what was sent is not all, and must not look like it
    return;
  }
  for (const name of outgoing.getHeaderNames()) outgoing.removeHeader(name);
  void reject(options, { status: 500, errorId: id }, { incoming, outgoing });
}

function demandTransportSecurity({ transportSecurity }: HttpServerOptions, outgoing: ServerResponse): void {
  if (transportSecurity !== undefined) outgoing.setHeader("strict-transport-security", transportSecurity);
}

function writeHead(outgoing: ServerResponse, status: number, headers: Record<string, string>): void {
  outgoing.statusCode = status;
  outgoing.setHeader("content-type", "text/plain; charset=utf-8");
  outgoing.setHeader("cache-control", "no-store");
  outgoing.setHeader("x-content-type-options", "nosniff");
  for (const [name, value] of Object.entries({ ...everywhere, ...headers })) outgoing.setHeader(name, value);
  outgoing.setHeader("content-security-policy", apiPolicy);
}

function isUpload({ headers }: IncomingMessage): boolean {
  return headers["content-type"]?.toLowerCase().split(";", 1)[0]?.trim() === "application/octet-stream";
}
