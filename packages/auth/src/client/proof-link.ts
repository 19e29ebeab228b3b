import type { Operation, TRPCLink } from "@trpc/client";
import type { AnyRouter } from "@trpc/server";
import { observable, type Unsubscribable } from "@trpc/server/observable";
import type { Failure } from "./cure.ts";
import type { Answers, Send } from "./guarded-operation.ts";
import { reasonOf } from "./refusal.ts";
import { singleFlight } from "./single-flight.ts";

export interface ProofLinkOptions {
  /**
   * Asks whoever is there for their password and sends it to `auth.confirmPassword`. Resolves true when the server took it,
   * and false when they would rather not. One question for any number of calls that wait for its answer.
   */
  prove(): Promise<boolean>;
}

/**
 * Lets a call that needs fresh proof wait for the password instead of failing. It was refused before it ran, so the very
 * same call is made again, once: a server that asks for ever keeps nobody busy.
 *
 * Stands before `refreshLink`, so that a call whose token ran out during the question is refreshed like any other.
 */
export function proofLink<Router extends AnyRouter>({ prove }: ProofLinkOptions): TRPCLink<Router> {
  const askOnce = singleFlight(prove);
  return () =>
    ({ op, next }) =>
      waitForProof(op, next, askOnce);
}

function waitForProof(op: Operation, next: Send, ask: () => Promise<boolean>): Answers {
  return observable((observer) => {
    let isGone = false;
    let sent: Unsubscribable | undefined;

    function send(refused: (error: Failure) => void): void {
      sent = next(op).subscribe({
        next: (value) => observer.next(value),
        complete: () => observer.complete(),
        error: refused,
      });
    }

    async function askAndSendAgain(error: Failure): Promise<void> {
      // A question that could not be put is no proof, and the refusal says more than why.
      const isProven = await ask().catch(() => false);
      // What is dangerous must not happen behind the back of whoever left meanwhile.
      if (isProven && !isGone && !op.signal?.aborted) send((failure) => observer.error(failure));
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
