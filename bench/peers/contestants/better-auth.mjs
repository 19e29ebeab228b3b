// better-auth with the SQLite driver as its database, asked by a tRPC context in the documented way: `auth.api.getSession` at each
// call. `--cookie-cache` turns its cookie cache on.
//
// It does not rotate: its refresh moves the end of the session. A second instance on the same tables does so at each request to
// `/refresh` (`updateAge: 0`), so that a refresh can be measured.
import { randomBytes, randomUUID } from "node:crypto";
import { betterAuth } from "better-auth";
import { hashPassword } from "better-auth/crypto";
import { getMigrations } from "better-auth/db/migration";
import { fromNodeHeaders, toNodeHandler } from "better-auth/node";
import { listen, openDatabase, seedUsers, serveProtected, settings } from "./shared.mjs";

const database = openDatabase();
const mostRequests = 1_000_000_000;
const common = {
  database,
  baseURL: settings.origin,
  secret: settings.secret,
  trustedOrigins: [settings.origin],
  emailAndPassword: { enabled: true },
  // On, as it is in production by default, with limits that the bench cannot reach.
  rateLimit: {
    enabled: true,
    window: 60,
    max: mostRequests,
    customRules: { "/sign-in/*": { window: 60, max: mostRequests } },
  },
  telemetry: { enabled: false },
  logger: { level: "error" },
};
const cookieCache = { enabled: process.argv.includes("--cookie-cache"), maxAge: 3600 };
const weekMs = 7 * 24 * 60 * 60 * 1000;

async function seed() {
  const { runMigrations } = await getMigrations(common);
  await runMigrations();
  const password = await hashPassword(settings.password);
  const now = new Date().toISOString();
  const end = new Date(Date.now() + weekMs).toISOString();
  const insertUser = database.prepare(
    "INSERT INTO user (id, name, email, emailVerified, createdAt, updatedAt) VALUES (?, ?, ?, 0, ?, ?)",
  );
  const insertAccount = database.prepare(
    "INSERT INTO account (id, accountId, providerId, userId, password, createdAt, updatedAt) VALUES (?, ?, 'credential', ?, ?, ?, ?)",
  );
  const insertSession = database.prepare(
    "INSERT INTO session (id, expiresAt, token, createdAt, updatedAt, userId) VALUES (?, ?, ?, ?, ?, ?)",
  );
  seedUsers(database, (index) => {
    const id = randomUUID();
    insertUser.run(id, `User ${index}`, `user${index}@example.test`, now, now);
    insertAccount.run(randomUUID(), id, id, password, now, now);
    insertSession.run(randomUUID(), end, randomBytes(24).toString("base64url"), now, now, id);
  });
}

function serve() {
  const auth = betterAuth({ ...common, session: { cookieCache } });
  const refreshing = betterAuth({ ...common, basePath: "/refresh", session: { cookieCache, updateAge: 0 } });
  const [handleAuth, handleRefresh] = [toNodeHandler(auth), toNodeHandler(refreshing)];
  const handleCall = serveProtected(async ({ headers }) => {
    const found = await auth.api.getSession({ headers: fromNodeHeaders(headers) });
    return found?.user ?? null;
  });
  listen((request, response) => {
    if (request.url.startsWith("/trpc/")) return handleCall(request, response);
    return request.url.startsWith("/refresh/") ? handleRefresh(request, response) : handleAuth(request, response);
  });
}

if (settings.seeds) await seed();
else serve();
