import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { createAppRouter, type FilesOptions, openFile } from "@watchword/api";
import { type Auth, AuthError, type CredentialKind, createAuth, createPasswordHasher } from "@watchword/auth/core";
import { addTestCredential, createFakeClock, createMemoryStore, type FakeClock } from "@watchword/auth/testing";
import { createFetchHandler, createTokenCookies } from "@watchword/auth/trpc";
import { createMemoryBlobs, createMemoryFiles } from "./memory-files.ts";

/** A whole Watchword server on its own port: the real rules and HTTP handlers, with everything in memory. */
export interface TestServer {
  url: string;
  auth: Auth;
  clock: FakeClock;
  /** Every request that arrived. */
  seen: SeenRequest[];
  /** Handles the next requests instead of the app, as long as it returns a response. */
  intercept: ((request: Request) => Response | undefined | Promise<Response | undefined>) | undefined;
  close(): Promise<void>;
}

interface SeenRequest {
  method: string;
  path: string;
  authorization: string | null;
  userAgent: string | null;
}

export const ada = {
  username: "ada",
  email: "ada@example.com",
  name: "Ada Lovelace",
  password: "correct horse staple",
};

export const maxFileBytes = 2_000_000;

/**
 * Starts a server where Ada has an account.
 *
 * @param credentials what her account has beside the password, by kind, as each kind keeps it
 */
export async function startTestServer(
  credentials: ReadonlyArray<{ kind: CredentialKind; data: string }> = [],
): Promise<TestServer> {
  const clock = createFakeClock();
  const passwords = createPasswordHasher({ cost: 4, maxThreads: 1 });
  const http = createServer((request, response) => void handleRequest(request, response));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const store = createMemoryStore();
  const secret = randomBytes(48).toString("base64");
  const auth = createAuth({
    store,
    passwords,
    clock,
    randomBytes,
    secrets: [secret],
    issuer: url,
    credentialKinds: credentials.map(({ kind }) => kind),
  });
  const handle = createApp(auth, clock, url);
  const start = { delivery: "body", rememberMe: true, userAgent: null, ipAddress: null } as const;
  const { user } = await auth.register({ ...ada, ...start });
  for (const credential of credentials) await addTestCredential(store, { userId: user.id, secret, ...credential });

  const server: TestServer = {
    url,
    auth,
    clock,
    seen: [],
    intercept: undefined,
    async close() {
      await new Promise((resolve) => {
        http.close(resolve);
        http.closeAllConnections();
      });
      await passwords.close();
    },
  };

  async function handleRequest(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = requestOf(incoming, url);
    const path = new URL(request.url).pathname;
    const authorization = request.headers.get("authorization");
    server.seen.push({ method: request.method, path, authorization, userAgent: request.headers.get("user-agent") });
    const intercepted = await server.intercept?.(request.clone() as Request);
    const response = intercepted ?? (await handle(request, path));
    // As a real server does: a client whose request is rejected early has sent the rest, and is not cut off in the middle.
    if (!request.bodyUsed) await request.body?.pipeTo(new WritableStream()).catch(() => undefined);
    await send(outgoing, response);
  }

  return server;
}

/** The tRPC router and the HTTP handler for files, as the web app has them. */
function createApp(auth: Auth, clock: FakeClock, url: string) {
  const files: FilesOptions = {
    files: createMemoryFiles(),
    blobs: createMemoryBlobs(),
    clock,
    randomBytes,
    maxFileBytes,
    quotaBytes: 2 * maxFileBytes,
  };
  const tokenCookies = createTokenCookies({ appUrl: url });
  const handleTrpc = createFetchHandler({
    router: createAppRouter({ ...files, feed: { newest: async () => 0, changesAfter: async () => [] } }),
    auth,
    tokenCookies,
    endpoint: "/api/trpc",
    appUrl: url,
    trustedProxyHops: 0,
  });

  async function sendFile(request: Request, id: string): Promise<Response> {
    try {
      const token = tokenCookies.accessToken(request.headers);
      if (token === undefined) throw new AuthError("access_token_missing");
      const { user } = await auth.verify(token);
      const file = await openFile(files, { id, userId: user.id });
      return new Response(file.content, { headers: { "content-length": String(file.sizeBytes) } });
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      const { reason, message, status, code } = error;
      return Response.json({ error: { message, data: { code, httpStatus: status, reason } } }, { status });
    }
  }

  return (request: Request, path: string): Promise<Response> | Response => {
    if (path.startsWith("/api/trpc/")) return handleTrpc(request);
    const id = /^\/api\/files\/([^/]+)$/.exec(path)?.[1];
    return id ? sendFile(request, id) : new Response("<h1>Not found</h1>", { status: 404 });
  };
}

function requestOf(incoming: IncomingMessage, url: string): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value));
  const method = incoming.method ?? "GET";
  const body = method === "GET" ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>);
  return new Request(new URL(incoming.url ?? "/", url), { method, headers, body, duplex: "half" } as RequestInit);
}

async function send(outgoing: ServerResponse, response: Response): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) {
    outgoing.end();
    return;
  }
  const body = Readable.fromWeb(response.body as NodeReadableStream<Uint8Array>);
  body.on("error", () => outgoing.destroy());
  body.pipe(outgoing);
}
