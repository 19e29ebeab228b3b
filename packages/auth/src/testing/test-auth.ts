import { AuthError, type AuthErrorReason } from "../core/domain/errors.ts";
import type { AuthEvent } from "../core/domain/events.ts";
import type { IssuedTokens, SessionStart } from "../core/domain/model.ts";
import { type Auth, createAuth, type LoginResult } from "../core/index.ts";
import type { AuthOptions } from "../core/options.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { createFakePasswordHasher, type FakePasswordHasher } from "./fake-password-hasher.ts";
import { seededRandomBytes } from "./fixtures.ts";
import { createMemoryStore } from "./memory-store/store.ts";

/** What tests sign with unless they say otherwise. Never for anything else: it stands in a public repository. */
export const testSecret = "a-test-signs-with-this-key-and-nobody-else-does";

/** The `iss` and `aud` of tests, and the address that their app is reached at. */
export const testIssuer = "https://app.test";

export interface TestAuth {
  auth: Auth;
  clock: FakeClock;
  store: AuthOptions["store"];
  passwords: FakePasswordHasher;
  /** Every event, in order. */
  events: AuthEvent[];
}

export interface TestAuthOptions extends Partial<Omit<AuthOptions, "clock" | "passwords">> {
  clock?: FakeClock;
  passwords?: FakePasswordHasher;
  /** The same seed, the same ids and secrets. */
  seed?: number | string;
}

/** The rules as they are in production, over a store in memory, a clock that stands still and a hasher that is instant. */
export function createTestAuth(options: TestAuthOptions = {}): TestAuth {
  const { seed = 1, clock = createFakeClock(), passwords = createFakePasswordHasher(), ...rest } = options;
  const { store = createMemoryStore() } = rest;
  const events: AuthEvent[] = [];
  const auth = createAuth({
    randomBytes: seededRandomBytes(seed),
    secrets: [testSecret],
    issuer: testIssuer,
    ...rest,
    store,
    clock,
    passwords,
    onEvent: (event) => {
      events.push(event);
      rest.onEvent?.(event);
    },
  });
  return { auth, clock, store, passwords, events };
}

/** A login from a terminal: tokens in the body, kept beyond today. */
export const fromTerminal: SessionStart = {
  delivery: "body",
  rememberMe: true,
  userAgent: "curl/8.5.0",
  ipAddress: "192.0.2.7",
};

/** A login from a browser. */
export const fromBrowser: SessionStart = {
  ...fromTerminal,
  delivery: "cookie",
  userAgent: "Mozilla/5.0 Firefox/140.0",
};

/** An account that passes every check, with its password. */
export const ada = {
  username: "ada",
  email: "ada@example.com",
  name: "Ada Lovelace",
  password: "correct horse battery staple",
} as const;

/** Makes Ada's account; her first session's tokens. */
export function registerAda(auth: Auth, start: SessionStart = fromTerminal): Promise<IssuedTokens> {
  return auth.register({ ...ada, ...start });
}

/** One more session of Ada's. */
export function loginAda(auth: Auth, start: SessionStart = fromTerminal): Promise<IssuedTokens> {
  return completed(auth.login({ identifier: ada.username, password: ada.password, ...start }));
}

/** The tokens of a login that needed no second factor. Throws for another one. */
export async function completed(login: Promise<LoginResult>): Promise<IssuedTokens> {
  const result = await login;
  if (result.status !== "complete") throw new Error("The login needs a second factor");
  return result;
}

/** The reason of a rejection, or "ok". Any other error is thrown on: it is unexpected. */
export async function reasonOf(call: Promise<unknown>): Promise<AuthErrorReason | "ok"> {
  try {
    await call;
    return "ok";
  } catch (error) {
    if (error instanceof AuthError) return error.reason;
    throw error;
  }
}
