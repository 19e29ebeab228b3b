export type { AuthErrorReason } from "../core/errors.ts";
export type { LoginAnswer, SessionAnswer, UserAnswer } from "../trpc/answer.ts";
export { refreshLink } from "./refresh-link.ts";
export { isTerminal, reasonOf, terminalReasons } from "./refusal.ts";
export {
  type BodySession,
  type ClientSession,
  type ClientSessionOptions,
  createBodySession,
  createCookieSession,
} from "./session.ts";
export { createMemoryTokenStore, type StoredTokens, type TokenStore } from "./token-store.ts";
