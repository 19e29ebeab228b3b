import { httpLink, type Operation, type TRPCLink } from "@trpc/client";
import type { AnyRouter } from "@trpc/server";
import type { ClientSession } from "./client-session.ts";
import { refreshTokenIn, retryOperation, type Send, sendLoginChange } from "./operation.ts";
import type { SuspensionOutcome } from "./refresher.ts";
import { createCallPlan } from "./retry-call.ts";
import { createSubscriptionPlan } from "./retry-subscription.ts";

/** These make or end a session themselves: refreshing for them would be going in circles. */
const outcomes: Partial<Record<string, SuspensionOutcome>> = {
  "auth.register": "logged_in",
  "auth.login": "logged_in",
  "auth.completeLogin": "logged_in",
  "auth.refresh": "logged_in",
  "auth.logout": "logged_out",
};

/**
 * Refreshes silently, before a call where its time is known and after a rejection where it is not. Any number of calls
 * that find the access token expired cause one refresh, and each of them is run again exactly once; mutations too,
 * because they were rejected before they ran. Subscriptions go on from their last event.
 *
 * Stands first, before any links that send. It sends `auth.*` calls itself, alone and over plain HTTP: a stream that has
 * begun cannot set cookies, and a batch would have one answer for all of them.
 */
export function refreshLink<Router extends AnyRouter>({ session }: { session: ClientSession }): TRPCLink<Router> {
  const { url, fetch } = session;
  const headers = async ({ op }: { op: Operation }) => (carriesTokens(op) ? {} : session.headers());
  const createAlone = httpLink<AnyRouter>({ url, headers, ...(fetch && { fetch: fetch as FetchOfLink }) });
  return (runtime) => {
    const alone = createAlone(runtime);
    return ({ op, next }) => {
      const isAuth = op.path.startsWith("auth.") && op.type !== "subscription";
      const send: Send = isAuth ? (sent) => alone({ op: sent, next }) : next;
      const outcome = outcomes[op.path];
      if (outcome) return sendLoginChange(session, op, send, outcome);
      const createPlan = op.type === "subscription" ? createSubscriptionPlan : createCallPlan;
      return retryOperation(session, op, send, createPlan);
    };
  };
}

type FetchOfLink = NonNullable<Parameters<typeof httpLink<AnyRouter>>[0]["fetch"]>;

/** A login or logout sends only what the call itself carries: a token beside it could be another session's. */
function carriesTokens({ path, input }: Operation): boolean {
  return path in outcomes && (path !== "auth.logout" || refreshTokenIn(input) !== undefined);
}
