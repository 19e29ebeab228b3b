export type { AuthErrorReason } from "../core/domain/errors.ts";
export type { LoginAnswer, SessionAnswer, UserAnswer } from "../trpc/output.ts";
export { type BodySession, createBodySession } from "./body-session.ts";
export type { ClientSession, ClientSessionOptions, EndReason } from "./client-session.ts";
export { type CookieSession, type CookieSessionOptions, createCookieSession } from "./cookie-session.ts";
export { refreshLink } from "./refresh-link.ts";
export { endedBecause, isCookiesBlocked, isPassing, isTerminal, reasonOf, terminalReasons } from "./refusal.ts";
export type { SessionChange } from "./session-watch.ts";
export { createMemoryTokenStore, type StoredTokens, type TokenStore } from "./token-store.ts";
