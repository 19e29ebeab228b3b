import "server-only";
import type { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import { metrics as telemetry } from "@opentelemetry/api";
import {
  type AppRouter,
  createAppCaller,
  createAppRouter,
  createDiskBlobStore,
  createFilesData,
  type FilesOptions,
  removeAbandonedUploads,
  removeOrphanedBlobs,
} from "@watchword/api";
import type { Auth } from "@watchword/auth/core";
import { createAuthMetrics } from "@watchword/auth/metrics";
import { createFetchHandler, createTransport, type FetchHandler, type Transport } from "@watchword/auth/trpc";
import {
  createSqliteAttemptCounter,
  createSqliteAuthStore,
  createSqliteChangeFeed,
  createSqliteFileStore,
  migrateSqlite,
  openSqlite,
} from "@watchword/db/sqlite";
import { watch } from "#instrument/watch";
import { type Env, readEnv } from "../env.ts";
import { guardDemo } from "./demo-guard.ts";
import { keepHouse } from "./housekeeping.ts";
import { createLeakedPasswords } from "./leaked-passwords.ts";
import { logEvent, logFault } from "./log.ts";
import { sendMail } from "./mail/delivery.ts";
import type { LocalOutbox } from "./mail/local-outbox.ts";
import { type PageSource, pageSource } from "./page-source.ts";
import { clock, createHasher, createRules } from "./rules.ts";
import { endSignal } from "./shutdown.ts";

/** The running app: its rules wired to a database, a disk and a clock. */
export interface Server {
  env: Env;
  auth: Auth;
  transport: Transport;
  files: FilesOptions;
  /** Where mails go when there is no SMTP server, on one's own machine alone. */
  outbox: LocalOutbox | undefined;
  router: AppRouter;
  createCaller: ReturnType<typeof createAppCaller>;
  /** Answers what comes in at `/api/trpc`. */
  handle: FetchHandler;
  /** What the host knows of the request that is being answered; empty under a host that only runs Next. */
  source: AsyncLocalStorage<PageSource>;
}

/** Uploads that did not end within this time never will: no connection lives so long. */
const abandonedAfterMs = 24 * 60 * 60 * 1000;

/** As long as the hour in which the mails to an address are counted. */
const sentMailKeptMs = 60 * 60 * 1000;

/**
 * Next loads this file several times in one process (for the proxy, for pages, for routes), and there may only be one
 * connection and one set of hashing threads: what must be one lives on `globalThis`.
 */
const shared = globalThis as typeof globalThis & { watchwordServer?: Server };

/** @throws {ConfigError} at the first call, when a setting cannot be right */
export function getServer(): Server {
  shared.watchwordServer ??= startServer(readEnv());
  return shared.watchwordServer;
}

function startServer(env: Env): Server {
  const connection = openSqlite({ file: env.databaseFile });
  migrateSqlite(connection, { migrationsFolder: env.migrationsFolder });
  const transport = createTransport(env);
  // Whoever wants the numbers starts an SDK with an exporter before the app; without one, nothing is kept.
  const metrics = createAuthMetrics(telemetry.getMeter("watchword"));
  const store = createSqliteAuthStore(connection);
  const attempts = createSqliteAttemptCounter(connection);
  const passwords = createHasher(env);
  metrics.watchPasswordQueue(() => passwords.load());
  const files: FilesOptions = {
    files: createSqliteFileStore(connection),
    blobs: createDiskBlobStore(env.uploadFolder),
    clock,
    randomBytes,
    maxFileBytes: env.maxFileBytes,
    quotaBytes: env.quotaBytes,
  };
  const rules = createRules(env, {
    store,
    passwords,
    attempts,
    appData: createFilesData(files),
    isLeakedPassword: leakedPasswords(env),
    onEvent: (event) => {
      logEvent(event);
      metrics.hear(event);
      watch.hear(event);
    },
  });
  const auth = guardDemo(watch.auth(rules), env, () => pageSource.getStore()?.forwarded ?? false);
  const router = createAppRouter({
    ...files,
    feed: createSqliteChangeFeed(connection),
    onDelivered: metrics.feedDelivered,
  });
  keepHouse({
    ...env,
    store,
    clock,
    chores: [
      () => auth.keys.turn(),
      () => attempts.clear(),
      () => removeAbandonedUploads(files, clock.now() - abandonedAfterMs),
      () => removeOrphanedBlobs(files, clock.now() - abandonedAfterMs),
      () => store.removeSettledMail({ before: clock.now() - sentMailKeptMs }),
      () => store.removeOldRegistrationLinks({ before: clock.now() }),
    ],
    onRemoved: metrics.rowsRemoved,
  });
  return {
    env,
    auth,
    transport,
    files,
    outbox: sendMail(auth, env),
    router,
    createCaller: createAppCaller(router),
    handle: watch.door(
      createFetchHandler({
        router,
        auth,
        transport,
        endpoint: "/api/trpc",
        appUrl: env.appUrl,
        trustedProxyHops: env.trustedProxyHops,
        closing: endSignal(),
        onFault: ({ path, error, id }) => logFault(path ?? "trpc", error, id),
      }),
    ),
    source: pageSource,
  };
}

function leakedPasswords({ leakedPasswordsUrl: url }: Env) {
  if (url === undefined) return undefined;
  return createLeakedPasswords({ url, onFault: (error) => logFault("leaked passwords", error) });
}
