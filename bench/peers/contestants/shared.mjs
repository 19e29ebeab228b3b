// What the servers of all contestants share: their settings, a database with the same pragmas, and the way they listen.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { initTRPC, TRPCError } from "@trpc/server";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import bcrypt from "bcryptjs";

const { PORT, FOLDER = ".", SEED_USERS = "0", SEED_PASSWORD = "", BCRYPT_COST = "10" } = process.env;

export const settings = {
  port: Number(PORT),
  folder: FOLDER,
  origin: `http://127.0.0.1:${PORT}`,
  users: Number(SEED_USERS),
  password: SEED_PASSWORD,
  bcryptCost: Number(BCRYPT_COST),
  seeds: process.argv.includes("--seed"),
  secret: "a-secret-of-the-bench-alone-with-enough-octets",
};

/** The driver of the product (packages/db/src/sqlite/connection/driver.ts), so that all run the same SQLite. */
function loadDriver() {
  const fromDatabase = createRequire(new URL("../../../packages/db/package.json", import.meta.url));
  const major = Number(process.versions.node.split(".")[0]);
  return fromDatabase(major >= 22 ? "better-sqlite3-13" : "better-sqlite3");
}

/** The pragmas that the driver's documentation recommends. A commit at NORMAL does not wait for the disk. */
export function openDatabase() {
  const Database = loadDriver();
  const database = new Database(join(settings.folder, "app.db"));
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  return database;
}

/** The one hash that all seeded users share. */
export const hashSeedPassword = () => bcrypt.hashSync(settings.password, settings.bcryptCost);

const rowsOfTransaction = 20_000;
const cacheKibibytes = 512 * 1024;

/** Inserts every user: `insert(index)` writes the rows of one. */
export function seedUsers(database, insert) {
  // Until a server opens it, nothing rests on this file; and most of the indexes fit into the cache.
  database.pragma("synchronous = OFF");
  database.pragma(`cache_size = -${cacheKibibytes}`);
  for (let from = 0; from < settings.users; from += rowsOfTransaction) {
    database.transaction(() => {
      for (let index = from; index < Math.min(settings.users, from + rowsOfTransaction); index += 1) insert(index);
    })();
  }
  database.pragma("wal_checkpoint(TRUNCATE)");
  database.close();
}

export function listen(handle) {
  // Connections of the bench stay open between two slices, as those of a proxy do.
  createServer({ keepAliveTimeout: 120_000 }, handle).listen(settings.port, "127.0.0.1");
  process.on("SIGTERM", () => process.exit(0));
}

/** tRPC's standalone adapter with one protected query: `userOf(request)` gives the user, or null. */
export function serveProtected(userOf) {
  const { router, procedure } = initTRPC.context().create();
  const guarded = procedure.use(({ ctx, next }) => {
    if (!ctx.user) throw new TRPCError({ code: "UNAUTHORIZED" });
    return next({ ctx: { user: ctx.user } });
  });
  return createHTTPHandler({
    basePath: "/trpc/",
    router: router({ health: procedure.query(() => "ok"), me: guarded.query(({ ctx }) => ctx.user) }),
    createContext: async ({ req }) => ({ user: await userOf(req) }),
  });
}
