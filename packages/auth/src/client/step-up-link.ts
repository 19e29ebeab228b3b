import type { Operation, TRPCLink } from "@trpc/client";
import type { AnyRouter } from "@trpc/server";
import { observable, type Unsubscribable } from "@trpc/server/observable";
import { type ClientError, reasonOf } from "./errors.ts";
import type { OperationResults, Send } from "./operation.ts";
import { singleFlight } from "./timing.ts";

export interface StepUpLinkOptions {
  /**
   * Asks the user for the password and sends it to `auth.confirmPassword`. Resolves true when the server took it, and false
   * when the user cancelled. One question for any number of calls that wait for its answer.
   */
  stepUp(): Promise<boolean>;
}

/**
 * Lets a call that needs a step-up wait for the password instead of failing. It was rejected before it ran, so the very
 * same call is made again, once: a server that always asks cannot keep a client busy.
 *
 * Stands before `refreshLink`, so that a call whose token ran out during the question is refreshed like any other.
 */
export function stepUpLink<Router extends AnyRouter>({ stepUp }: StepUpLinkOptions): TRPCLink<Router> {
  const askOnce = singleFlight(stepUp);
  return () =>
    ({ op, next }) =>
      waitForStepUp(op, next, askOnce);
}

function waitForStepUp(op: Operation, next: Send, ask: () => Promise<boolean>): OperationResults {
  return observable((observer) => {
    let isGone = false;
    let sent: Unsubscribable | undefined;

    function send(onRejected: (error: ClientError) => void): void {
      sent = next(op).subscribe({
        next: (value) => observer.next(value),
        complete: () => observer.complete(),
        error: onRejected,
      });
    }

    async function askAndSendAgain(error: ClientError): Promise<void> {
      // A question that could not be asked is no step-up, and the rejection says more than its error.
      const isSteppedUp = await ask().catch(() => false);
      // What is dangerous must not happen after the user has left.
      if (isSteppedUp && !isGone && !op.signal?.aborted) send((failure) => observer.error(failure));
      else observer.error(error);
    }

    send((error) => {
      if (reasonOf(error) === "reauthentication_required") askAndSendAgain(error);
      else observer.error(error);
    });
    return () => {
      isGone = true;
      sent?.unsubscribe();
    };
  });
}
