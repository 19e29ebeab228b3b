import "server-only";
import type { AsyncLocalStorage } from "node:async_hooks";
import type { EventEmitter } from "node:events";
import type { AppRouter, createAppCaller, FilesOptions } from "@watchword/api";
import type { Auth } from "@watchword/auth/core";
import type { RefreshProxy } from "@watchword/auth/next";
import type { FetchHandler, TokenCookies } from "@watchword/auth/trpc";
import type { Env } from "../env/env.ts";
import type { PageSource } from "./page-source.ts";

/** An email that was kept on this machine instead of being sent. */
export interface KeptEmail {
  to: string;
  subject: string;
  text: string;
  /** ISO 8601. */
  sentAt: string;
}

/** The running app: its rules wired to a database, a disk and a clock. */
export interface Server {
  env: Env;
  auth: Auth;
  tokenCookies: TokenCookies;
  files: FilesOptions;
  /** Whether an account has a password; undefined without such an account. It counts as no login, and leaves no trace. */
  hasPassword: (account: { usernameKey: string; password: string }) => Promise<boolean | undefined>;
  /** Each event by its type, after it was logged. */
  events: EventEmitter;
  /** Where mails go when there is no SMTP server, on one's own machine alone. */
  outbox: { list(): readonly KeptEmail[] } | undefined;
  router: AppRouter;
  createCaller: ReturnType<typeof createAppCaller>;
  /** Answers what comes in at `/api/trpc`. */
  handle: FetchHandler;
  /** What refreshes before a page renders, or a download begins. */
  refreshFor: Record<"page" | "download", RefreshProxy>;
  /** What the host knows of the request that is being answered; empty under a host that only runs Next. */
  source: AsyncLocalStorage<PageSource>;
}

/**
 * Next loads this file several times in one process (for the proxy, for pages, for routes), and there may only be one
 * connection and one set of hashing threads: what must be one lives on `globalThis`.
 */
const shared = globalThis as typeof globalThis & { watchwordServer?: Server };

/** The app of this process. `boot/start.ts` makes it before anything is answered. */
export function getServer(): Server {
  if (!shared.watchwordServer) throw new Error("The app was asked for before it was started");
  return shared.watchwordServer;
}

/** Makes the app of this process, unless there is one. */
export function provideServer(create: () => Server): Server {
  shared.watchwordServer ??= create();
  return shared.watchwordServer;
}
