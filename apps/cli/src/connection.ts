import { createTRPCClient, httpLink, type Operation, TRPCClientError } from "@trpc/client";
import type { AppRouter } from "@watchword/api";
import {
  type AuthErrorReason,
  type ClientSession,
  createBodySession,
  isTerminal,
  reasonOf,
  refreshLink,
} from "@watchword/auth/client";
import type { FileTokenStore, TokenFile } from "@watchword/auth/token-file";
import { CliError } from "./cli-error.ts";
import { serverFetch, transferFetch } from "./server-fetch.ts";
import type { Terminal } from "./terminal.ts";

/** One server, with the session of the user there. */
export interface Connection {
  url: string;
  api: ReturnType<typeof createTRPCClient<AppRouter>>;
  tokens: FileTokenStore;
  /**
   * Makes a call that needs a login.
   *
   * @throws {CliError} when there is no login to call with
   * @throws {TRPCClientError} what the server says; after a terminal reason the tokens are gone
   */
  loggedIn<T>(call: () => Promise<T>): Promise<T>;
  /** Downloads a file of the user. Only within `loggedIn`. */
  download(id: string, signal: AbortSignal): Promise<Response>;
}

/** Rejections that new tokens resolve. The second one comes after the server has replaced its secret. */
const refreshable: readonly (AuthErrorReason | undefined)[] = ["access_token_expired", "access_token_invalid"];

interface ConnectionOptions {
  url: string;
  tokenFile: TokenFile;
  /** See `Terminal.delay`. */
  delay?: Terminal["delay"] | undefined;
}

export function connect({ url, tokenFile, delay }: ConnectionOptions): Connection {
  const tokens = tokenFile.of(url);
  const routerUrl = `${url}/api/trpc`;
  const session = createBodySession({ url: routerUrl, store: tokens, fetch: serverFetch, ...(delay && { delay }) });
  const api = createTRPCClient<AppRouter>({
    links: [
      refreshLink({ session }),
      httpLink({
        url: routerUrl,
        fetch: (input, init) => (init?.body instanceof Blob ? transferFetch : serverFetch)(input, init as RequestInit),
        headers: async ({ op }) => ({ ...(await session.headers()), ...uploadHeaders(op) }),
      }),
    ],
  });

  async function requestFile(id: string, signal: AbortSignal): Promise<Response> {
    const headers = await session.headers();
    const response = await transferFetch(`${url}/api/files/${encodeURIComponent(id)}`, { headers, signal });
    if (response.ok) return response;
    throw await rejectionOf(response);
  }

  return {
    url,
    api,
    tokens,

    async loggedIn(call) {
      if (!(await tokens.read())) throw await notLoggedIn(url, tokenFile);
      return call();
    },

    download: (id, signal) => withRefresh(session, () => requestFile(id, signal)),
  };
}

/** The name and type of an upload, for `context.upload` of a call. */
export interface UploadContext extends Record<string, unknown> {
  upload: { name: string; type: string };
}

function uploadHeaders({ context }: Operation): Record<string, string> {
  const { upload } = context as Partial<UploadContext>;
  return upload ? { "x-file-name": encodeURIComponent(upload.name), "x-file-type": upload.type } : {};
}

/**
 * Does for the HTTP handler of files what the link does for the router: a call that was rejected for a reason that new tokens
 * resolve did not run, and is retried once. After a terminal reason the tokens are removed, unless they are of a newer login.
 */
async function withRefresh<T>(session: ClientSession, call: () => Promise<T>, mayRetry = true): Promise<T> {
  const tokenId = await session.current();
  try {
    return await call();
  } catch (error) {
    const reason = reasonOf(error);
    const isOver = isTerminal(error) && (await session.current()) === tokenId;
    if (reason !== undefined && isOver) await session.end(error, tokenId);
    if (!mayRetry || !refreshable.includes(reason)) throw error;
    await session.refresh({ tokenId });
    return withRefresh(session, call, false);
  }
}

/** The HTTP handler of files rejects with the error payload of the router, outside of tRPC. */
async function rejectionOf(response: Response): Promise<Error> {
  const body: unknown = await response.json().catch(() => undefined);
  const error = isRecord(body) && isRecord(body.error) ? body.error : undefined;
  if (!error) return new TRPCClientError(`The answer was ${response.status}`);
  const { message, data } = error;
  const code = -32603; // JSON-RPC's "internal error": a number is required, and no code reads it
  return TRPCClientError.from({ error: { code, message: String(message), data } }, { meta: { response } });
}

async function notLoggedIn(url: string, tokenFile: TokenFile): Promise<CliError> {
  const others = (await tokenFile.servers()).filter((other) => other !== url);
  const elsewhere = others.length === 0 ? "" : `, only at ${others.join(", ")}`;
  const login = `watchword login --url ${url}`;
  return new CliError(`You are not logged in at ${url}${elsewhere}`, {
    exitCode: 3,
    reason: "not_logged_in",
    next: others.length === 0 ? login : `${login}, or give the other address with --url`,
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
