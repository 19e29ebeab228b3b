import "server-only";
import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { metrics as telemetry } from "@opentelemetry/api";
import {
  createAppCaller,
  createAppRouter,
  createDiskBlobStore,
  createFilesData,
  createUploads,
  type FilesOptions,
  removeAbandonedUploads,
  removeOrphanedBlobs,
} from "@watchword/api";
import { createAuthMetrics, createDatabaseMetrics, type DatabaseMetrics } from "@watchword/auth/metrics";
import { createFetchHandler, createTokenCookies } from "@watchword/auth/trpc";
import {
  createSqliteAuthStore,
  createSqliteChangeFeed,
  createSqliteFileStore,
  createSqliteRateLimitCounter,
  migrateSqlite,
  openSqlite,
  type SqliteConnection,
} from "@watchword/db/sqlite";
import { watch } from "#devtools/watch";
import { type Env, readEnv } from "../env/env.ts";
import { delay } from "../server/delay.ts";
import { guardDemo } from "../server/demo-guard.ts";
import { logError, logEvent, logUnreadableKeys } from "../server/log.ts";
import { pageSource } from "../server/page-source.ts";
import { proxyTrust } from "../server/proxy-trust.ts";
import { provideServer, type Server } from "../server/server.ts";
import { endSignal } from "../server/shutdown.ts";
import { startCleanup } from "./cleanup.ts";
import { sendMail } from "./email-delivery.ts";
import { createKeyWatch } from "./key-watch.ts";
import { createLeakedPasswords } from "./leaked-passwords.ts";
import { createPageRefresh } from "./page-refresh.ts";
import { clock, createHasher, createRules } from "./rules.ts";

/** A file that no row names and that was not written to for so long is an orphan: no connection lives so long. */
const orphanedAfterMs = 24 * 60 * 60 * 1000;

/** As long as the hour in which the mails to an address are counted. */
const sentMailKeptMs = 60 * 60 * 1000;

/** Of one round, so that no other process waits long for the write lock. */
const expiredChallengesAtOnce = 5_000;

/**
 * Makes the app of this process, unless there is one.
 *
 * @throws {ConfigError} when a setting cannot be right
 */
export function startServer(): Server {
  return provideServer(() => createServer(readEnv()));
}

function createServer(env: Env): Server {
  // An operator who wants the numbers starts an SDK with an exporter before the app; without one, nothing is kept.
  const meter = telemetry.getMeter("watchword");
  const metrics = createAuthMetrics(meter);
  const connection = openDatabase(env, createDatabaseMetrics(meter));
  const tokenCookies = createTokenCookies(env);
  const store = createSqliteAuthStore(connection);
  const rateLimitCounter = createSqliteRateLimitCounter(connection, clock);
  const passwords = createHasher(env);
  metrics.watchPasswordQueue(() => passwords.load());
  const files = createFiles(connection, env);
  const events = new EventEmitter();
  const rules = createRules(env, {
    store,
    passwords,
    rateLimitCounter,
    appData: createFilesData(files),
    isLeakedPassword: leakedPasswords(env),
    onEvent: (event) => {
      logEvent(event);
      metrics.onEvent(event);
      watch.onEvent(event);
      events.emit(event.type);
    },
  });
  const auth = guardDemo(watch.auth(rules), env, () => pageSource.getStore()?.forwarded ?? false);
  const router = createAppRouter({
    ...files,
    feed: createSqliteChangeFeed(connection),
    onDelivered: metrics.feedDelivered,
  });
  startTasks({ env, store, auth, rateLimitCounter, files, onRemoved: metrics.rowsRemoved });
  return {
    env,
    auth,
    tokenCookies,
    files,
    hasPassword: async ({ usernameKey, password }) => {
      const found = await store.findCredentials({ usernameKey });
      return found && (await passwords.verify(password, found.passwordHash ?? undefined)).matches;
    },
    events,
    outbox: sendMail(auth, env),
    router,
    createCaller: createAppCaller(router),
    handle: createHandler({ env, auth, router, tokenCookies }),
    refreshFor: createPageRefresh({ env, auth, tokenCookies, source: pageSource }),
    source: pageSource,
  };
}

function openDatabase({ databaseFile: file, migrationsFolder }: Env, metrics: DatabaseMetrics): SqliteConnection {
  const connection = openSqlite({ file, onFlush: metrics.onFlush, onCheckpoint: metrics.onCheckpoint });
  metrics.watchDatabase(connection.load);
  migrateSqlite(connection, { migrationsFolder });
  return connection;
}

function createFiles(connection: SqliteConnection, env: Env): FilesOptions {
  return {
    files: createSqliteFileStore(connection),
    blobs: createDiskBlobStore(env.uploadFolder),
    clock,
    randomBytes,
    maxFileBytes: env.maxFileBytes,
    quotaBytes: env.quotaBytes,
    uploads: createUploads({ delay }),
  };
}

interface TasksInput {
  env: Env;
  store: ReturnType<typeof createSqliteAuthStore>;
  auth: Server["auth"];
  rateLimitCounter: ReturnType<typeof createSqliteRateLimitCounter>;
  files: FilesOptions;
  onRemoved: NonNullable<Parameters<typeof startCleanup>[0]["onRemoved"]>;
}

function startTasks({ env, store, auth, rateLimitCounter, files, onRemoved }: TasksInput): void {
  startCleanup({
    ...env,
    store,
    clock,
    tasks: [
      () => auth.keys.rotateIfDue(),
      () => auth.reencryptCredentials(),
      createKeyWatch(auth, logUnreadableKeys),
      () => rateLimitCounter.clear(),
      () => removeAbandonedUploads(files),
      () => removeOrphanedBlobs(files, clock.now() - orphanedAfterMs),
      () => store.removeSettledEmails({ before: clock.now() - sentMailKeptMs }),
      () => store.removeOldRegistrationLinks({ before: clock.now() }),
      () => store.removeExpiredChallenges({ before: clock.now(), limit: expiredChallengesAtOnce }),
    ],
    onRemoved,
  });
}

function createHandler({ env, ...rules }: Pick<Server, "env" | "auth" | "router" | "tokenCookies">): Server["handle"] {
  return watch.wrapHandler(
    createFetchHandler({
      ...rules,
      endpoint: "/api/trpc",
      appUrl: env.appUrl,
      ...proxyTrust(env),
      closing: endSignal(),
      onError: ({ path, error, id }) => logError(path ?? "trpc", error, id),
    }),
  );
}

function leakedPasswords({ leakedPasswordsUrl: url }: Env) {
  if (url === undefined) return undefined;
  return createLeakedPasswords({ url, onError: (error) => logError("leaked passwords", error) });
}
