/**
 * The reasons after which a client forgets its tokens: the session is over, and asking again cannot change that. They stand here
 * alone, for the rules and for the clients, and this file imports nothing: a browser that loads it loads no rule with it.
 */
export const terminalReasons = [
  "session_revoked",
  "session_expired",
  "refresh_token_reused",
  "refresh_token_invalid",
  "account_disabled",
] as const;
