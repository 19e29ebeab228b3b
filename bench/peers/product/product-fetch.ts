// The application's router in a host that speaks web objects: `createFetchHandler` and nothing of ours between it and node:http. What a
// request brings becomes a `Request`, and the `Response` is written back, as hosts of that kind do.
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { createAppRouter, createDiskBlobStore } from "@watchword/api";
import { createAuth, createPasswordHasher } from "@watchword/auth/core";
import { createFetchHandler, createTokenCookies } from "@watchword/auth/trpc";
import {
  createSqliteAuthStore,
  createSqliteChangeFeed,
  createSqliteFileStore,
  createSqliteRateLimitCounter,
  openSqlite,
} from "@watchword/db/sqlite";

const { PORT, FOLDER = "", PROJECT = "", APP_URL: appUrl = "", AUTH_SECRET: secret = "" } = process.env;
const clock = { now: () => Date.now() };
const connection = openSqlite({ file: join(FOLDER, "app.db") });
// This file is bundled, and the worker lies beside its source.
const worker = join(PROJECT, "packages/auth/src/core/credentials/password/bcrypt-worker.mjs");

const handle = createFetchHandler({
  auth: createAuth({
    store: createSqliteAuthStore(connection),
    passwords: createPasswordHasher({ cost: 10, startWorker: () => new Worker(worker) }),
    rateLimitCounter: createSqliteRateLimitCounter(connection, clock),
    clock,
    randomBytes,
    secrets: [secret],
    issuer: appUrl,
  }),
  router: createAppRouter({
    files: createSqliteFileStore(connection),
    blobs: createDiskBlobStore(join(FOLDER, "uploads")),
    feed: createSqliteChangeFeed(connection),
    clock,
    randomBytes,
    maxFileBytes: 25_000_000,
    quotaBytes: 250_000_000,
  }),
  tokenCookies: createTokenCookies({ appUrl }),
  endpoint: "/api/trpc",
  appUrl,
  trustedProxyHops: 0,
});

async function requestOf(incoming: IncomingMessage): Promise<Request> {
  const { method = "GET", url = "/", headers } = incoming;
  const chunks: Buffer[] = [];
  if (method !== "GET") for await (const chunk of incoming) chunks.push(chunk);
  return new Request(`${appUrl}${url}`, {
    method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
    body: method === "GET" ? null : Buffer.concat(chunks),
  });
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const clientAddress = incoming.socket.remoteAddress ?? null;
  const response = await handle(await requestOf(incoming), { clientAddress });
  const body = Buffer.from(await response.arrayBuffer());
  for (const [name, value] of response.headers) if (name !== "set-cookie") outgoing.setHeader(name, value);
  outgoing.setHeader("set-cookie", response.headers.getSetCookie());
  outgoing.setHeader("content-length", body.length);
  outgoing.writeHead(response.status).end(body);
}

createServer({ keepAliveTimeout: 120_000 }, (incoming, outgoing) => {
  serve(incoming, outgoing).catch(() => outgoing.destroy());
}).listen(Number(PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
