import type { ClientSession } from "./client-session.ts";
import { type ClientError, isTerminal, isTokenMissing, reasonOf } from "./errors.ts";

/** What can resolve a rejection: new tokens, or a new login where the app offers one. */
export type Resolution = "refresh" | "login";

export const allResolutions = (): Set<Resolution> => new Set(["refresh", "login"]);

export interface Rejection {
  error: ClientError;
  /** The tokens that were in use when the call was sent. */
  tokenId: string;
  /** What has not been tried yet. What is tried is taken out, so that no server can keep a client busy. */
  resolutions: Set<Resolution>;
}

/**
 * Resolves why a call was rejected. When it returns, the call may run again: it was rejected before it ran.
 *
 * @throws {TRPCClientError} what the caller gets when nothing helps
 */
export async function resolveRejection(session: ClientSession, rejection: Rejection): Promise<void> {
  const { error, tokenId, resolutions } = rejection;
  let failure: unknown = error;
  if (resolutions.has("refresh") && (await mayRefreshHelp(session, error))) {
    resolutions.delete("refresh");
    failure = await session.refresh({ tokenId }).catch((thrown: unknown) => thrown);
    if (failure === undefined) return stayUser(session, rejection);
  }
  const again = (await isOver(session, failure)) && (await session.end(failure, tokenId));
  if (!again || !resolutions.delete("login")) throw failure;
  await stayUser(session, rejection);
}

/** What one user began never runs as another, who has logged in meanwhile. */
async function stayUser(session: ClientSession, { error, tokenId }: Rejection): Promise<void> {
  if (!(await session.isSameUser(tokenId))) throw error;
}

/**
 * Whether new tokens could make a difference: the old one ran out, or its cookie is gone and the session's is not, or the
 * server's keys were replaced, which makes every older access token invalid.
 */
async function mayRefreshHelp(session: ClientSession, error: ClientError): Promise<boolean> {
  const reason = reasonOf(error);
  if (reason === "access_token_expired") return true;
  return (reason === "access_token_missing" || reason === "access_token_invalid") && (await session.exists());
}

async function isOver(session: ClientSession, error: unknown): Promise<boolean> {
  if (isTerminal(error) || isTokenMissing(error)) return true;
  return reasonOf(error) === "access_token_missing" && !(await session.exists());
}
