export type { AuthErrorReason } from "../core/domain/errors.ts";
export type { LoginOutput, SessionOutput, UserOutput } from "../trpc/output.ts";
export { type BodySession, createBodySession } from "./body-session.ts";
export type { ClientSession, ClientSessionOptions, EndReason } from "./client-session.ts";
export { type CookieSession, type CookieSessionOptions, createCookieSession } from "./cookie-session.ts";
export { endedBecause, isCookiesBlocked, isTerminal, isTransient, reasonOf, terminalReasons } from "./errors.ts";
export type { SessionEvent } from "./hint-cookie.ts";
export { refreshLink } from "./refresh-link.ts";
export { createMemoryTokenStore, type StoredTokens, type TokenStore } from "./token-store.ts";
