import type { TRPCClientError } from "@trpc/client";
import type { AnyRouter } from "@trpc/server";
import type { ClientSession } from "./client-session.ts";
import { endedBecause, isTerminal, reasonOf } from "./refusal.ts";

export type Failure = TRPCClientError<AnyRouter>;

/** What can take a refusal away: new tokens, or a new login where the app offers one. */
export type Remedy = "refresh" | "login";

export interface Refused {
  error: Failure;
  /** What was in use when the call was sent. */
  pair: string;
  /** What has not been tried yet. What is tried is taken out, so that no server can keep a client busy. */
  remedies: Set<Remedy>;
}

/**
 * Takes away why a call was refused. When it returns, the call may run again: it was refused before it ran.
 *
 * @throws {TRPCClientError} what the caller is to hear when nothing helps
 */
export async function cure(session: ClientSession, { error, pair, remedies }: Refused): Promise<void> {
  let refusal: unknown = error;
  if (remedies.has("refresh") && (await mayRefreshHelp(session, error))) {
    remedies.delete("refresh");
    refusal = await session.refresh({ pair }).catch((failure: unknown) => failure);
    if (refusal === undefined) return stayUser(session, { error, pair });
  }
  const reason = reasonOf(refusal);
  if (reason === undefined || !(await isOver(session, refusal))) throw refusal;
  const again = await session.end(reason, pair, endedBecause(refusal));
  if (!again || !remedies.delete("login")) throw refusal;
  await stayUser(session, { error, pair });
}

/** What somebody began never runs as somebody else, who has logged in meanwhile. */
async function stayUser(session: ClientSession, { error, pair }: Omit<Refused, "remedies">): Promise<void> {
  if (!(await session.isSameUser(pair))) throw error;
}

/**
 * Whether new tokens could make a difference: the old one ran out, or its cookie is gone and the session's is not, or the
 * server's keys were replaced, which makes every older access token a stranger's.
 */
async function mayRefreshHelp(session: ClientSession, error: Failure): Promise<boolean> {
  const reason = reasonOf(error);
  if (reason === "access_token_expired") return true;
  return (reason === "access_token_missing" || reason === "access_token_invalid") && (await session.exists());
}

async function isOver(session: ClientSession, error: unknown): Promise<boolean> {
  if (isTerminal(error)) return true;
  const reason = reasonOf(error);
  if (reason === "refresh_token_missing") return true;
  return reason === "access_token_missing" && !(await session.exists());
}
