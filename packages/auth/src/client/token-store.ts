/** The pair of tokens that a client without cookies keeps. */
export interface StoredTokens {
  accessToken: string;
  refreshToken: string;
}

/** Where a client without cookies keeps its tokens. A phone gives its secure storage, a terminal a file. */
export interface TokenStore {
  read(): Promise<StoredTokens | null>;
  /** Replaces the pair, all of it or nothing, before either token is used. */
  write(tokens: StoredTokens): Promise<void>;
  clear(): Promise<void>;
}

/** Keeps the tokens for as long as the program runs: for tests and for servers that log in by themselves. */
export function createMemoryTokenStore(initial: StoredTokens | null = null): TokenStore {
  let tokens = initial;
  return {
    read: async () => tokens,
    write: async (next) => {
      tokens = next;
    },
    clear: async () => {
      tokens = null;
    },
  };
}

/**
 * Which of two pairs a store should hold after a refresh: the younger one of the same session. A pair of another session
 * comes from another login, and what arrives late for an old login must not replace it.
 *
 * The access token says all this, and need not be trusted for it: both pairs came from the server.
 */
export function isSuperseded(next: StoredTokens, by: StoredTokens): boolean {
  const [a, b] = [claimsOf(by), claimsOf(next)];
  if (a.sid !== b.sid) return true;
  // Re-arming keeps the generation; then the later one is the one that lives (a UUID of version 7 begins with its time).
  return a.gen > b.gen || (a.gen === b.gen && a.jti > b.jti);
}

function claimsOf({ accessToken }: StoredTokens): { sid: unknown; gen: number; jti: string } {
  const claims = decode(accessToken.split(".")[1] ?? "");
  const { sid, gen, jti } = claims;
  return { sid, gen: typeof gen === "number" ? gen : -1, jti: typeof jti === "string" ? jti : "" };
}

function decode(payload: string): Record<string, unknown> {
  try {
    const claims: unknown = JSON.parse(atob(payload.replace(/-/g, "+").replace(/_/g, "/")));
    return typeof claims === "object" && claims !== null ? { ...claims } : {};
  } catch {
    return {};
  }
}
