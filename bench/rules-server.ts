// A server of the rules alone, in a process of its own so that its processor time can be told: the router behind a plain
// node:http server, on the database in argv[2]. Answers `cpu` on its channel with the microseconds that it has spent.
import { randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type AuthStore, createAuth, createPasswordHasher } from "@watchword/auth/core";
import {
  authRouter,
  createFetchHandler,
  createTokenCookies,
  protectedProcedure,
  publicProcedure,
  router,
} from "@watchword/auth/trpc";
import { createSqliteAuthStore, openSqlite } from "@watchword/db/sqlite";

const [, , file = "", secret = ""] = process.argv;
const appUrl = "http://localhost";
const real = createSqliteAuthStore(openSqlite({ file }));

const at = new Date().toISOString();
const answer = {
  user: {
    id: randomUUID(),
    username: "bench",
    email: "bench@example.com",
    emailVerified: false,
    name: "Bench",
    createdAt: at,
    role: "user",
  },
  session: {
    id: randomUUID(),
    delivery: "body",
    rememberMe: true,
    createdAt: at,
    authenticatedAt: at,
    lastSeenAt: at,
    expiresAt: at,
    userAgent: null,
    ipAddress: null,
    rotations: 0,
  },
  expiresIn: 900,
  refreshExpiresIn: 1_209_600,
};

/** With `frozen`, what a session was when it was first seen: verification without liveness, for comparison only. */
function handlerOf(path: string, store: AuthStore) {
  const auth = createAuth({
    store,
    passwords: createPasswordHasher({ cost: 4 }),
    clock: { now: () => Date.now() },
    randomBytes,
    secrets: [secret],
    issuer: appUrl,
  });
  return createFetchHandler({
    router: router({
      auth: authRouter,
      // What `auth.me` answers, so that nothing but the login stands between the three.
      open: publicProcedure.query(() => answer),
      guarded: protectedProcedure.query(() => answer),
    }),
    auth,
    tokenCookies: createTokenCookies({ appUrl }),
    endpoint: path,
    appUrl,
    trustedProxyHops: 0,
  });
}

const seen = new Map<string, ReturnType<AuthStore["findSessionWithUser"]>>();
const frozen: AuthStore = {
  ...real,
  findSessionWithUser(id) {
    const found = seen.get(id) ?? real.findSessionWithUser(id);
    seen.set(id, found);
    return found;
  },
};
const handlers: Record<string, ReturnType<typeof handlerOf>> = {
  live: handlerOf("/live", real),
  frozen: handlerOf("/frozen", frozen),
};

const server = createServer(async (incoming, outgoing) => {
  const request = await requestOf(incoming);
  const handler = handlers[new URL(request.url).pathname.split("/")[1] ?? ""];
  const response = handler ? await handler(request) : new Response(null, { status: 404 });
  outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
});

async function requestOf(incoming: IncomingMessage): Promise<Request> {
  const { method = "GET", url = "/", headers } = incoming;
  const chunks: Buffer[] = [];
  if (method !== "GET") for await (const chunk of incoming) chunks.push(chunk);
  return new Request(`http://localhost${url}`, {
    method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
    body: method === "GET" ? null : Buffer.concat(chunks),
  });
}

server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: user + system });
});
process.on("disconnect", () => process.exit(0));
