import type { Operation, OperationLink, TRPCClientError, TRPCLink } from "@trpc/client";
import type { AnyRouter } from "@trpc/server";
import { observable, type Unsubscribable } from "@trpc/server/observable";
import { isTerminal, reasonOf } from "./refusal.ts";
import type { ClientSession } from "./session.ts";

/** These make or end a session themselves: refreshing for them would be going in circles. */
const sessionCalls = new Set(["auth.register", "auth.login", "auth.refresh", "auth.logout"]);

/**
 * Refreshes silently. Any number of calls that find the access token expired cause one refresh, and each of them is run
 * again exactly once; mutations too, because they were refused before they ran. Stands before the link that sends.
 */
export function refreshLink<Router extends AnyRouter>({ session }: { session: ClientSession }): TRPCLink<Router> {
  return () =>
    ({ op, next }) =>
      sessionCalls.has(op.path) ? next(op) : withRefresh(session, op, next);
}

type Next = Parameters<OperationLink<AnyRouter>>[0]["next"];

function withRefresh(session: ClientSession, op: Operation, next: Next): ReturnType<Next> {
  return observable((observer) => {
    let cancelled = false;
    let sent: Unsubscribable | undefined;

    async function send(mayRetry: boolean): Promise<void> {
      const pair = await session.current();
      if (cancelled) return;
      sent = next(op).subscribe({
        next: (value) => observer.next(value),
        complete: () => observer.complete(),
        error: (error) => {
          // A store of tokens can fail too; then the call fails, and no promise is left without anybody to hear of it.
          recover(error, pair, mayRetry).catch((failure) => observer.error(failure as Failure));
        },
      });
    }

    async function recover(error: Failure, pair: string, mayRetry: boolean): Promise<void> {
      if (cancelled) return;
      if (!mayRetry || !(await mayHelp(session, error))) {
        await endWhenOver(session, error, pair);
        return observer.error(error);
      }
      try {
        if ((await session.current()) === pair) await session.refresh();
      } catch (refreshError) {
        return observer.error(refreshError as Failure);
      }
      await send(false);
    }

    async function begin(): Promise<void> {
      // A renewal ahead of time is a courtesy. When it fails the call is sent all the same, and the server decides.
      if (await session.isDue()) await session.refresh().catch(() => undefined);
      await send(true);
    }

    begin().catch((error) => observer.error(error as Failure));
    return () => {
      cancelled = true;
      sent?.unsubscribe();
    };
  });
}

type Failure = TRPCClientError<AnyRouter>;

/**
 * Whether new tokens could make a difference: the old one ran out, or its cookie is gone and the session's is not, or the
 * server's keys were replaced, which makes every older access token a stranger's.
 */
async function mayHelp(session: ClientSession, error: Failure): Promise<boolean> {
  const reason = reasonOf(error);
  if (reason === "access_token_expired") return true;
  return (reason === "access_token_missing" || reason === "access_token_invalid") && (await session.exists());
}

/** A call may be the first to hear that the session has ended elsewhere. Not when a newer pair is in use by now. */
async function endWhenOver(session: ClientSession, error: Failure, pair: string): Promise<void> {
  const reason = reasonOf(error);
  const over = isTerminal(error) || (reason === "access_token_missing" && !(await session.exists()));
  if (reason !== undefined && over && (await session.current()) === pair) await session.end(reason);
}
