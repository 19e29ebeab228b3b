import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { createAppRouter, createDiskBlobStore, type FileStore, uploadTimesAt } from "@watchword/api";
import { createTestAuth, registerAda, type TestAuth } from "@watchword/auth/testing";
import { createFetchHandler, createNodeHandler, createTokenCookies } from "@watchword/auth/trpc";
import {
  createSqliteAuthStore,
  createSqliteChangeFeed,
  createSqliteFileStore,
  migrateSqlite,
  openSqlite,
} from "@watchword/db/sqlite";
import { onTestFinished } from "vitest";
import { type HttpLimits, httpVariables, readHttpLimits } from "../../env/http-limits.ts";
import { createHttpServer, type HttpServerOptions } from "../http-server.ts";

/** The app's router and a page behind the real server, on a port and a database file of a test's own. */
export interface HttpApp extends TestAuth {
  server: Server;
  port: number;
  url: string;
  files: FileStore;
  /** What files of a user, those that are arriving too, take of their quota. */
  usedBytes(userId: string): Promise<number>;
  errors: Array<{ where: string; error: unknown; id: string }>;
  /** Ada's, who has an account and a session. */
  bearer: { authorization: string };
  connections(): Promise<number>;
}

export interface HttpAppOptions extends Partial<Omit<HttpServerOptions, "limits">> {
  limits?: Partial<HttpLimits>;
  /** Told of what the router breaks down on; it may throw. */
  onRouterError?: () => void;
}

const migrationsFolder = fileURLToPath(new URL("../../../../../packages/db/migrations/sqlite", import.meta.url));
const defaults = Object.entries(httpVariables).map(([name, variable]) => [name, variable.parse(undefined)]);

export const maxFileBytes = 4 * 1024 * 1024;

export async function startHttpApp(options: HttpAppOptions = {}): Promise<HttpApp> {
  const { limits, onRouterError, ...rest } = options;
  const folder = mkdtempSync(join(tmpdir(), "watchword-http-"));
  const connection = openSqlite({ file: join(folder, "watchword.db") });
  migrateSqlite(connection, { migrationsFolder });
  const test = createTestAuth({ store: createSqliteAuthStore(connection) });
  const files = createSqliteFileStore(connection);
  const errors: HttpApp["errors"] = [];
  const appUrl = "http://localhost:3000";
  const tokenCookies = createTokenCookies({ appUrl });
  const handle = createFetchHandler({
    router: createAppRouter({
      files,
      blobs: createDiskBlobStore(folder),
      feed: createSqliteChangeFeed(connection),
      clock: test.clock,
      randomBytes,
      maxFileBytes,
      quotaBytes: 2 * maxFileBytes,
    }),
    auth: test.auth,
    tokenCookies,
    endpoint: "/api/trpc",
    appUrl,
    trustedProxyHops: 0,
    onError: ({ path, error, id }) => {
      errors.push({ where: path ?? "", error, id });
      onRouterError?.();
    },
  });
  const { server } = createHttpServer({
    limits: { ...readHttpLimits(Object.fromEntries(defaults)), ...limits },
    router: createNodeHandler({ handle, appUrl, trustedProxyHops: 0 }),
    pages: async (incoming, outgoing) => void outgoing.end(`page ${(await text(incoming)).length}`),
    ownCookies: { login: tokenCookies.names, words: new Set(["theme-3000"]) },
    onError: (where, error, id) => errors.push({ where, error, id }),
    checkIntervalMs: 20,
    ...rest,
  });
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    connection.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const port = await listen(server);
  const { accessToken } = await registerAda(test.auth);
  return {
    ...test,
    server,
    port,
    url: `http://127.0.0.1:${port}`,
    files,
    usedBytes: (userId) => files.usedBytes(userId, uploadTimesAt(test.clock.now())),
    errors,
    bearer: { authorization: `Bearer ${accessToken}` },
    connections: () => countConnections(server),
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function countConnections(server: Server): Promise<number> {
  return new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );
}
