// A server of the rules alone, in a process of its own so that its processor time can be told: the router behind a plain
// node:http server, on the database in argv[2]. Answers `cpu` on its channel with the microseconds that it has spent.
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type AuthStore, createAuth, createPasswordHasher } from "@watchword/auth/core";
import {
  authRouter,
  createFetchHandler,
  createTransport,
  protectedProcedure,
  publicProcedure,
  router,
} from "@watchword/auth/trpc";
import { createSqliteAuthStore, openSqlite } from "@watchword/db/sqlite";

const [, , file = "", secret = ""] = process.argv;
const appUrl = "http://localhost";
const real = createSqliteAuthStore(openSqlite({ file }));

/** With `frozen`, what a session was when it was first seen: verification without liveness, for comparison only. */
function doorOf(path: string, store: AuthStore) {
  const auth = createAuth({
    store,
    passwords: createPasswordHasher({ cost: 4 }),
    clock: { now: () => Date.now() },
    randomBytes,
    secrets: [secret],
    issuer: appUrl,
  });
  const answer = { user: { id: "0198c0de-0000-7000-8000-000000000000", username: "bench" }, expiresIn: 900 };
  return createFetchHandler({
    router: router({
      auth: authRouter,
      open: publicProcedure.query(() => answer),
      // The same answer as `open`, so that nothing but the login stands between the two.
      guarded: protectedProcedure.query(() => answer),
    }),
    auth,
    transport: createTransport({ appUrl }),
    endpoint: path,
    appUrl,
    trustedProxyHops: 0,
  });
}

const seen = new Map<string, ReturnType<AuthStore["findSession"]>>();
const frozen: AuthStore = {
  ...real,
  findSession(id) {
    const found = seen.get(id) ?? real.findSession(id);
    seen.set(id, found);
    return found;
  },
};
const doors: Record<string, ReturnType<typeof doorOf>> = {
  live: doorOf("/live", real),
  frozen: doorOf("/frozen", frozen),
};

const server = createServer(async (incoming, outgoing) => {
  const request = await requestOf(incoming);
  const door = doors[new URL(request.url).pathname.split("/")[1] ?? ""];
  const response = door ? await door(request) : new Response(null, { status: 404 });
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
