import { setTimeout as sleep } from "node:timers/promises";
import { createTRPCClient, httpLink, type Operation, TRPCClientError } from "@trpc/client";
import type { AppRouter } from "@watchword/api";
import {
  type AuthErrorReason,
  type BodySession,
  createBodySession,
  isTerminal,
  reasonOf,
  refreshLink,
  type StoredTokens,
  type TokenStore,
} from "@watchword/auth/client";
import { Failure } from "./failure.ts";
import { serverFetch, transferFetch } from "./server-fetch.ts";
import type { TokenFile } from "./token-file.ts";

/** One server, as whoever is logged in there sees it. */
export interface Connection {
  url: string;
  api: ReturnType<typeof createTRPCClient<AppRouter>>;
  tokens: TokenStore;
  /** See `TokenFile.exclusively`. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Makes a call that needs a login, and makes it again after a silent refresh when it was refused for its token.
   *
   * @throws {Failure} when there is no login to call with
   * @throws {TRPCClientError} what the server says; after a terminal reason the tokens are gone
   */
  loggedIn<T>(call: () => Promise<T>): Promise<T>;
  /** Opens one of one's own files. Only within `loggedIn`. */
  download(id: string, signal: AbortSignal): Promise<Response>;
}

/** Who logs in, or out, shows only what the call itself carries: a token beside it could be another session's. */
const withoutToken = new Set(["auth.login", "auth.logout"]);
/** A new pair helps against these. The second comes when a server has replaced its secret, and no time heals it. */
const curable: readonly (AuthErrorReason | undefined)[] = ["access_token_expired", "access_token_invalid"];

export function connect({ url, tokenFile }: { url: string; tokenFile: TokenFile }): Connection {
  const tokens = tokenFile.of(url);
  const routerUrl = `${url}/api/trpc`;
  const exclusively = <T>(work: () => Promise<T>) => tokenFile.exclusively(url, work);
  const session = sharedSession(createBodySession({ url: routerUrl, store: tokens, fetch: serverFetch }), exclusively);
  let lastSent: StoredTokens | null = null;

  async function bearer(): Promise<Record<string, string>> {
    lastSent = await tokens.read();
    return lastSent ? { authorization: `Bearer ${lastSent.accessToken}` } : {};
  }

  const api = createTRPCClient<AppRouter>({
    links: [
      refreshLink({ session }),
      httpLink({
        url: routerUrl,
        fetch: (input, init) => (init?.body instanceof Blob ? transferFetch : serverFetch)(input, init as RequestInit),
        headers: async ({ op }) => ({ ...(withoutToken.has(op.path) ? {} : await bearer()), ...uploadHeaders(op) }),
      }),
    ],
  });

  /** The session is over. Tokens that another process has put there since are of another session. */
  async function forget(): Promise<void> {
    const now = await tokens.read();
    if (now && now.accessToken === lastSent?.accessToken) await tokens.clear();
  }

  return {
    url,
    api,
    tokens,
    exclusively,

    async loggedIn(call) {
      if (!(await tokens.read())) throw await notLoggedIn(url, tokenFile);
      try {
        return await curedOnce(session, call);
      } catch (error) {
        if (isTerminal(error)) await forget();
        throw error;
      }
    },

    async download(id, signal) {
      const headers = await bearer();
      const response = await transferFetch(`${url}/api/files/${encodeURIComponent(id)}`, { headers, signal });
      if (response.ok) return response;
      throw await refusalOf(response);
    },
  };
}

/** What the server should know about a file that is on its way, for `context.upload` of a call. */
export interface UploadContext extends Record<string, unknown> {
  upload: { name: string; type: string };
}

function uploadHeaders({ context }: Operation): Record<string, string> {
  const { upload } = context as Partial<UploadContext>;
  return upload ? { "x-file-name": encodeURIComponent(upload.name), "x-file-type": upload.type } : {};
}

/** A server that is busy with many of us at once is asked once more. */
const secondTryAfterMs = 500;

/**
 * A session that several processes share: one of them renews it, the others take what it has brought. Two that renew at
 * once would do no harm (the server gives both the same successor); this spares the server the second request.
 */
function sharedSession(inner: BodySession, exclusively: Connection["exclusively"]): BodySession {
  async function renew(): Promise<void> {
    try {
      await inner.refresh();
    } catch (error) {
      if (reasonOf(error) !== "temporarily_unavailable") throw error;
      await sleep(secondTryAfterMs * (1 + Math.random()));
      await inner.refresh();
    }
  }
  return {
    ...inner,
    async refresh() {
      const before = await inner.current();
      await exclusively(async () => {
        if ((await inner.current()) === before) await renew();
      });
    },
  };
}

/** Makes a call again, once, when it was refused for a reason that a new pair takes away: then it did not run. */
async function curedOnce<T>(session: BodySession, call: () => Promise<T>): Promise<T> {
  const pair = await session.current();
  try {
    return await call();
  } catch (error) {
    if (!curable.includes(reasonOf(error))) throw error;
    if ((await session.current()) === pair) await session.refresh();
    return call();
  }
}

/** The door for files refuses in the router's words, outside of tRPC. */
async function refusalOf(response: Response): Promise<Error> {
  const answer: unknown = await response.json().catch(() => undefined);
  const error = isRecord(answer) && isRecord(answer.error) ? answer.error : undefined;
  if (!error) return new TRPCClientError(`The answer was ${response.status}`);
  const { message, data } = error;
  const code = -32603; // JSON-RPC's "internal error": a number must stand there, and nobody reads it
  return TRPCClientError.from({ error: { code, message: String(message), data } }, { meta: { response } });
}

async function notLoggedIn(url: string, tokenFile: TokenFile): Promise<Failure> {
  const others = (await tokenFile.servers()).filter((other) => other !== url);
  const elsewhere = others.length === 0 ? "" : `, only at ${others.join(", ")}`;
  const login = `watchword login --url ${url}`;
  return new Failure(`You are not logged in at ${url}${elsewhere}`, {
    exitCode: 3,
    reason: "not_logged_in",
    next: others.length === 0 ? login : `${login}, or give the other address with --url`,
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
