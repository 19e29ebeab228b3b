import { randomBytes } from "node:crypto";
import {
  type Auth,
  type AuthSettings,
  type AuthStore,
  type Clock,
  createAuth,
  type PasswordHasher,
} from "@watchword/auth/core";
import { openSqlite, type SqliteConnection } from "../src/sqlite/connection/connection.ts";
import { createSqliteAuthStore } from "../src/sqlite/stores/auth-store.ts";

/** What the processes of a test and the test itself have in common: the real rules on one database file. */
export interface Refreshing {
  auth: Auth;
  /** Stands still until it is set. Not the test kit's: that would load vitest into every process. */
  clock: Clock & { set(ms: number): void };
  connection: SqliteConnection;
}

/** @param around wraps the store, to stop the process at a given moment */
export function openRefreshing(
  file: string,
  around: (store: AuthStore) => AuthStore = (store) => store,
  settings: Partial<AuthSettings> = {},
): Refreshing {
  // Eight processes on two cores may keep each other waiting; whether a write gets its turn is not what is tested here.
  const connection = openSqlite({ file, retryForMs: 15_000 });
  let now = Date.UTC(2026, 0, 1);
  const clock = {
    now: () => now,
    set(ms: number) {
      now = ms;
    },
  };
  const auth = createAuth({
    ...settings,
    store: around(createSqliteAuthStore(connection)),
    passwords: plainPasswords,
    clock,
    randomBytes,
    secrets: ["processes-on-one-file: w7#Kq2vZ!m9Lx4Td"],
    issuer: "http://localhost:3000",
  });
  return { auth, clock, connection };
}

/** How anybody of these tests logs in. */
export const login = {
  password: "four quiet herons over Lisbon",
  delivery: "body",
  rememberMe: true,
  userAgent: null,
  ipAddress: null,
} as const;

/** Makes an account and returns the first refresh token of its session. */
export async function register({ auth }: Refreshing, username: string): Promise<string> {
  const issued = await auth.register({
    username,
    email: `${username}@example.com`,
    name: "Ada Lovelace",
    ...login,
  });
  return issued.refreshToken;
}

/** No hashing at all: what is tested is what becomes of tokens. */
const plainPasswords: PasswordHasher = {
  hash: async (password) => `plain ${password}`,
  verify: async (password, stored) => ({
    matches: stored === `plain ${password}`,
    needsUpgrade: false,
    unusable: false,
  }),
  close: async () => undefined,
};
