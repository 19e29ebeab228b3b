import { httpLink, type Operation, type TRPCLink } from "@trpc/client";
import type { AnyRouter } from "@trpc/server";
import { observable } from "@trpc/server/observable";
import type { Begun, ClientSession, Outcome } from "./client-session.ts";
import { type Answer, type Answers, dataIn, guard, type Send } from "./guarded-operation.ts";
import { asFailure } from "./refusal.ts";

/** These make or end a session themselves: refreshing for them would be going in circles. */
const outcomes: Partial<Record<string, Outcome>> = {
  "auth.register": "logged_in",
  "auth.login": "logged_in",
  "auth.refresh": "logged_in",
  "auth.logout": "logged_out",
};

/**
 * Refreshes silently, before a call where its time is known and after a refusal where it is not. Any number of calls
 * that find the access token expired cause one refresh, and each of them is run again exactly once; mutations too,
 * because they were refused before they ran. Subscriptions go on from their last event.
 *
 * Stands first, before any links that send. It sends `auth.*` calls itself, alone and over plain HTTP: a stream that has
 * begun cannot set cookies, and a batch would have one answer for all of them.
 */
export function refreshLink<Router extends AnyRouter>({ session }: { session: ClientSession }): TRPCLink<Router> {
  const { url, fetch } = session;
  const headers = async ({ op }: { op: Operation }) => (carriesProof(op) ? {} : session.headers());
  const createAlone = httpLink<AnyRouter>({ url, headers, ...(fetch && { fetch: fetch as FetchOfLink }) });
  return (runtime) => {
    const alone = createAlone(runtime);
    return ({ op, next }) => {
      const isAuth = op.path.startsWith("auth.") && op.type !== "subscription";
      const send: Send = isAuth ? (sent) => alone({ op: sent, next }) : next;
      const outcome = outcomes[op.path];
      return outcome ? changeLogin(session, { op, send, outcome }) : guard(session, op, send);
    };
  };
}

type FetchOfLink = NonNullable<Parameters<typeof httpLink<AnyRouter>>[0]["fetch"]>;

/** Who logs in, or out, shows only what the call itself carries: a token beside it could be another session's. */
function carriesProof({ path, input }: Operation): boolean {
  return path in outcomes && (path !== "auth.logout" || refreshTokenIn(input) !== undefined);
}

interface LoginChange {
  op: Operation;
  send: Send;
  outcome: Outcome;
}

/** A login, a logout, or a refresh that the app sends by itself: once, and the session hears what came of it. */
function changeLogin(session: ClientSession, { op, send, outcome }: LoginChange): Answers {
  return observable((observer) => {
    const settle = session.leave(refreshTokenIn(op.input));
    const fail = (error: unknown) => observer.error(asFailure(error));
    let heard = Promise.resolve();

    async function hear(value: Answer): Promise<void> {
      await settle(outcome);
      const data = dataIn(value);
      session.hear?.(data);
      if (data.expiresIn !== undefined) session.begin(data as Begun);
      observer.next(value);
    }

    const sent = send(op).subscribe({
      next(value) {
        heard = hear(value);
        heard.catch(fail);
      },
      error: fail,
      complete: () => heard.then(() => observer.complete()).catch(() => undefined),
    });
    return () => {
      sent.unsubscribe();
      settle("failed").catch(() => undefined); // does nothing where it is settled
    };
  });
}

function refreshTokenIn(input: unknown): string | undefined {
  const { refreshToken } = (input ?? {}) as { refreshToken?: unknown };
  return typeof refreshToken === "string" ? refreshToken : undefined;
}
