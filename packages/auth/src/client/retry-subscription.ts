import type { Operation } from "@trpc/client";
import type { ClientSession } from "./client-session.ts";
import { type ClientError, isTransient, reasonOf } from "./errors.ts";
import type { Observer, OperationResult, RetryPlan } from "./operation.ts";
import { allResolutions, type Resolution, resolveRejection } from "./resolve-rejection.ts";
import { backoffMs } from "./timing.ts";

/** A connection that held this long was a good one: the next failure is the first again. */
const steadyMs = 5_000;
const firstPauseMs = 1_000;
/** With what chance takes off it: never more than a handful of connections in a minute. */
const longestPauseMs = 30_000;

/**
 * A subscription that outlives its connections. When one ends because the access token has run out, it goes on under
 * the next token from the last event that came; when it breaks off, it is retried at growing intervals.
 */
export function createSubscriptionPlan(session: ClientSession, op: Operation, observer: Observer): RetryPlan {
  const { timing } = session;
  let lastEventId: string | undefined;
  let failures = 0;
  let connectedAt = 0;
  let resolvedId: string | undefined;

  async function pause(error: ClientError, gone: AbortSignal): Promise<void> {
    observer.next?.({ result: { type: "state", state: "connecting", error } });
    const backoff = { failures, firstMs: firstPauseMs, mostMs: longestPauseMs };
    failures += 1;
    await timing.delay(firstPauseMs / 2 + backoffMs(backoff, timing), gone).catch(() => undefined);
  }

  return {
    op() {
      connectedAt = timing.monotonicNow();
      return lastEventId === undefined ? op : { ...op, input: resumedFrom(lastEventId, op.input) };
    },

    next({ result }: OperationResult) {
      if ((!result.type || result.type === "data") && result.id) lastEventId = result.id;
    },

    async recover({ error, tokenId, gone }) {
      if (timing.monotonicNow() - connectedAt >= steadyMs) failures = 0;
      // The first end is an access token's, and resolved at once. Before another right after it there is a pause, whatever it says.
      if (isLost(error) || failures > 0) await pause(error, gone);
      if (gone.aborted || isLost(error)) return;
      try {
        // Tokens that were new, and are rejected for the same: the server contradicts itself.
        const resolutions = tokenId === resolvedId ? new Set<Resolution>() : allResolutions();
        await resolveRejection(session, { error, tokenId, resolutions });
        resolvedId = tokenId;
        failures += 1;
      } catch (failure) {
        if (failure === error || !isTransient(failure)) throw failure;
        await pause(failure as ClientError, gone);
      }
    },
  };
}

/** A broken connection, or a server that fails; not an error in the program, which a retry would meet again. */
function isLost(error: ClientError): boolean {
  return isTransient(error) && (reasonOf(error) !== undefined || !isProgramError(error.cause));
}

/** An `EventSource` dies with an event, which is no error; tRPC may wrap it in one that holds it as its own `error`. */
function isProgramError(cause: unknown): boolean {
  return cause instanceof Error && (!("error" in cause) || cause.error instanceof Error);
}

function resumedFrom(lastEventId: string, input: unknown): unknown {
  const isMergeable = input === undefined || typeof input === "object";
  return isMergeable ? { ...input, lastEventId } : input;
}
