import "server-only";
import type { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { metrics as telemetry } from "@opentelemetry/api";
import {
  type AppRouter,
  createAppCaller,
  createAppRouter,
  createDiskBlobStore,
  createFilesData,
  createUploads,
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
import { createKeyWatch } from "./key-watch.ts";
import { createLeakedPasswords } from "./leaked-passwords.ts";
import { logEvent, logFault, logUnreadableKeys } from "./log.ts";
import { sendMail } from "./mail/delivery.ts";
import type { LocalOutbox } from "./mail/local-outbox.ts";
import { type PageSource, pageSource } from "./page-source.ts";
import { proxyTrust } from "./proxy-trust.ts";
import { clock, createHasher, createRules } from "./rules.ts";
import { endSignal } from "./shutdown.ts";
import { wait } from "./wait.ts";

/** The running app: its rules wired to a database, a disk and a clock. */
export interface Server {
  env: Env;
  auth: Auth;
  transport: Transport;
  files: FilesOptions;
  /** Whether an account has a password; undefined without such an account. It counts as no login, and leaves no trace. */
  hasPassword: (account: { usernameKey: string; password: string }) => Promise<boolean | undefined>;
  /** Each event by its type, after the log was told. */
  events: EventEmitter;
  /** Where mails go when there is no SMTP server, on one's own machine alone. */
  outbox: LocalOutbox | undefined;
  router: AppRouter;
  createCaller: ReturnType<typeof createAppCaller>;
  /** Answers what comes in at `/api/trpc`. */
  handle: FetchHandler;
  /** What the host knows of the request that is being answered; empty under a host that only runs Next. */
  source: AsyncLocalStorage<PageSource>;
}

/** What nothing was written to for so long, and no row names, is nobody's: no connection lives so long. */
const orphanedAfterMs = 24 * 60 * 60 * 1000;

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
  const attempts = createSqliteAttemptCounter(connection, clock);
  const passwords = createHasher(env);
  metrics.watchPasswordQueue(() => passwords.load());
  const files: FilesOptions = {
    files: createSqliteFileStore(connection),
    blobs: createDiskBlobStore(env.uploadFolder),
    clock,
    randomBytes,
    maxFileBytes: env.maxFileBytes,
    quotaBytes: env.quotaBytes,
    uploads: createUploads({ wait }),
  };
  const events = new EventEmitter();
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
      events.emit(event.type);
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
      createKeyWatch(auth, logUnreadableKeys),
      () => attempts.clear(),
      () => removeAbandonedUploads(files),
      () => removeOrphanedBlobs(files, clock.now() - orphanedAfterMs),
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
    hasPassword: async ({ usernameKey, password }) => {
      const found = await store.findCredentials({ usernameKey });
      return found && (await passwords.verify(password, found.passwordHash)).matches;
    },
    events,
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
        ...proxyTrust(env),
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
