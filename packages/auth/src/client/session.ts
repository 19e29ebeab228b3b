import { TRPCClientError } from "@trpc/client";
import type { AuthErrorReason } from "../core/errors.ts";
import { isTerminal, reasonOf } from "./refusal.ts";
import { singleFlight } from "./single-flight.ts";
import { isSuperseded, type StoredTokens, type TokenStore } from "./token-store.ts";

/** A client's hold on its session: what the refresh link asks for a new pair of tokens. */
export interface ClientSession {
  /**
   * A name for the pair of tokens that is in use now; another pair has another name. A call that was refused under an
   * older pair need only be run again.
   */
  current(): Promise<string>;
  /** Whether there is anything to refresh. */
  exists(): Promise<boolean>;
  /** Whether the access token in use is about to run out, as far as this program knows. */
  isDue(): Promise<boolean>;
  /**
   * Gets a new pair of tokens. Any number of calls at once make one request.
   *
   * @throws {TRPCClientError} terminal (see `isTerminal`) when the session is over, else a passing failure
   */
  refresh(): Promise<void>;
  /** Forgets the session: the server has said that it is over. */
  end(reason: AuthErrorReason): Promise<void>;
}

export interface ClientSessionOptions {
  /** The router's address, such as `/api/trpc` or `https://example.com/api/trpc`. */
  url: string;
  fetch?: typeof fetch;
  /** Milliseconds that only go forward. A device clock may be wrong by days. */
  monotonicNow?: () => number;
  /** Told when the server says that the session is over, or that there is none. */
  onEnded?: (reason: AuthErrorReason) => void;
}

/** Shorter than the server's repeat window, so that no reply is still under way when the next rotation starts. */
const refreshTimeoutMs = 15_000;
/** An access token with less left than this is renewed before it is used. */
const proactiveMs = 20_000;

interface Refreshed {
  expiresIn: number;
  accessToken?: string;
  refreshToken?: string;
}

/** A browser's session: the tokens are in cookies that no script can read, and only the hint cookie is seen. */
export function createCookieSession(options: ClientSessionOptions): ClientSession {
  const life = createTokenLife(options.monotonicNow);
  const refresh = singleFlight(async () => {
    try {
      const { expiresIn } = await requestRefresh(options, {});
      life.begin(expiresIn, namedPair() ?? "");
    } catch (error) {
      tellWhenEnded(options, error);
      throw error;
    }
  });
  return {
    current: async () => namedPair() ?? "",
    exists: async () => namedPair() !== undefined,
    isDue: async () => life.isDue(namedPair() ?? ""),
    refresh,
    end: async (reason) => options.onEnded?.(reason),
  };
}

/**
 * What the readable cookie calls the pair in the jar. All tabs see the same jar: one that comes late sees that another
 * has refreshed meanwhile, and does not start a rotation right after the last (assumption A2 of the refresh protocol).
 */
function namedPair(): string | undefined {
  return /(?:^|;\s*)(?:__Host-)?watchword\.session=([^;]+)/.exec(document.cookie)?.[1];
}

/** The session of a client without cookies, such as a terminal or a phone. */
export interface BodySession extends ClientSession {
  /** For the `headers` option of an HTTP link. */
  headers(): Promise<Record<string, string>>;
}

export function createBodySession(options: ClientSessionOptions & { store: TokenStore }): BodySession {
  const { store } = options;
  const life = createTokenLife(options.monotonicNow);
  let endedPair: string | undefined;

  const refresh = singleFlight(async () => {
    const presented = await store.read();
    if (!presented) throw new TRPCClientError("There is no login to refresh");
    try {
      const { accessToken, refreshToken, expiresIn } = await requestRefresh(options, presented);
      if (!accessToken || !refreshToken) throw new TRPCClientError("The answer held no tokens");
      await keepYounger(store, presented, { accessToken, refreshToken });
      life.begin(expiresIn, accessToken);
    } catch (error) {
      if (!isTerminal(error)) throw error;
      // Another process may have got on with the same login meanwhile; only a pair that nobody replaced is given up.
      const now = await store.read();
      if (now && now.refreshToken !== presented.refreshToken) return;
      if (now) {
        await store.clear();
        tellWhenEnded(options, error);
      }
      throw error;
    }
  });

  const current = async () => (await store.read())?.accessToken ?? "";

  return {
    current,
    exists: async () => (await store.read()) !== null,
    isDue: async () => life.isDue(await current()),
    refresh,
    end: async (reason) => {
      const pair = await current();
      if (pair === endedPair) return; // calls that went out together are refused together
      endedPair = pair;
      await store.clear();
      options.onEnded?.(reason);
    },
    headers: async () => {
      const tokens = await store.read();
      return tokens ? { authorization: `Bearer ${tokens.accessToken}` } : {};
    },
  };
}

/** A reply that comes after a logout brings nothing back, and an older pair never replaces a younger one. */
async function keepYounger(store: TokenStore, presented: StoredTokens, next: StoredTokens): Promise<void> {
  const now = await store.read();
  if (!now) return;
  const replaced = now.refreshToken !== presented.refreshToken;
  if (replaced && isSuperseded(next, now)) return;
  await store.write(next);
}

/** Measures the life of one pair of tokens. When another pair is in use by now, nothing is known of it. */
function createTokenLife(monotonicNow: () => number = () => performance.now()) {
  let measured = { pair: "", endsAt: Number.POSITIVE_INFINITY };
  return {
    begin(expiresIn: number, pair: string): void {
      // A life shorter than the margin would be due from the start, and be renewed at every call.
      const proactive = expiresIn * 1000 > proactiveMs * 2;
      const endsAt = proactive ? monotonicNow() + expiresIn * 1000 - proactiveMs : Number.POSITIVE_INFINITY;
      measured = { pair, endsAt };
    },
    isDue: (pair: string): boolean => pair === measured.pair && monotonicNow() >= measured.endsAt,
  };
}

async function requestRefresh(
  options: ClientSessionOptions,
  { refreshToken }: Partial<StoredTokens>,
): Promise<Refreshed> {
  const send = options.fetch ?? globalThis.fetch;
  let answer: unknown;
  try {
    const response = await send(`${options.url}/auth.refresh`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(refreshToken === undefined ? {} : { refreshToken }),
      signal: AbortSignal.timeout(refreshTimeoutMs),
    });
    answer = await response.json();
  } catch (cause) {
    throw TRPCClientError.from(cause instanceof Error ? cause : new Error("The refresh got no answer"));
  }
  return readRefreshed(answer);
}

function readRefreshed(answer: unknown): Refreshed {
  if (typeof answer === "object" && answer !== null) {
    if ("error" in answer) throw TRPCClientError.from(answer as Parameters<typeof TRPCClientError.from>[0]);
    const data = (answer as { result?: { data?: Partial<Refreshed> } }).result?.data;
    if (data && typeof data.expiresIn === "number") return { ...data, expiresIn: data.expiresIn };
  }
  throw new TRPCClientError("The refresh got an answer that is not from Watchword");
}

function tellWhenEnded({ onEnded }: ClientSessionOptions, error: unknown): void {
  const reason = reasonOf(error);
  if (reason !== undefined && (isTerminal(error) || reason === "refresh_token_missing")) onEnded?.(reason);
}
