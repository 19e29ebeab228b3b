import type { Operation, TRPCLink } from "@trpc/client";
import type { AnyRouter } from "@trpc/server";
import { observable, type Unsubscribable } from "@trpc/server/observable";
import { type ClientError, reasonOf } from "./errors.ts";
import type { OperationResults, Send } from "./operation.ts";
import { singleFlight } from "./timing.ts";

/** The kinds of credential of which each would bring a call further; undefined from a server that does not name them. */
export type StepUpMethods = readonly string[] | undefined;

export interface StepUpLinkOptions {
  /**
   * Asks the user for one of these kinds of credential: the password goes to `auth.confirmPassword`, any other to
   * `auth.beginStepUp` and `auth.confirm`. Without methods it is the password. Resolves true when the server took it, and false
   * when the user cancelled. One question for any number of calls that wait for its answer.
   */
  stepUp(methods: StepUpMethods): Promise<boolean>;
}

/** A call that takes all factors of an account asks for one after the other. No account needs more than this. */
const mostQuestions = 3;

/**
 * Lets a call that needs a step-up wait for it instead of failing. It was rejected before it ran, so the very same call is made
 * again. It asks once more only where the server then names fewer methods: a server that always asks cannot keep a client busy.
 *
 * Stands before `refreshLink`, so that a call whose token ran out during the question is refreshed like any other.
 */
export function stepUpLink<Router extends AnyRouter>({ stepUp }: StepUpLinkOptions): TRPCLink<Router> {
  const askOnce = singleFlight(stepUp);
  return () =>
    ({ op, next }) =>
      waitForStepUp(op, next, askOnce);
}

function waitForStepUp(op: Operation, next: Send, ask: StepUpLinkOptions["stepUp"]): OperationResults {
  return observable((observer) => {
    let isGone = false;
    let sent: Unsubscribable | undefined;
    const needsStepUp = createQuestionCount();

    function send(): void {
      sent = next(op).subscribe({
        next: (value) => observer.next(value),
        complete: () => observer.complete(),
        error: (error) => {
          if (needsStepUp(error)) askAndSendAgain(error);
          else observer.error(error);
        },
      });
    }

    async function askAndSendAgain(error: ClientError): Promise<void> {
      // A question that could not be asked is no step-up, and the rejection says more than its error.
      const isSteppedUp = await ask(methodsOf(error)).catch(() => false);
      // What is dangerous must not happen after the user has left.
      if (isSteppedUp && !isGone && !op.signal?.aborted) send();
      else observer.error(error);
    }

    send();
    return () => {
      isGone = true;
      sent?.unsubscribe();
    };
  });
}

/** Says of each rejection of one call whether it is worth a question: the first is, a later one where the last answer helped. */
function createQuestionCount(): (error: ClientError) => boolean {
  let asked = 0;
  let missing = Number.POSITIVE_INFINITY;
  return (error) => {
    if (reasonOf(error) !== "reauthentication_required" || asked === mostQuestions) return false;
    const methods = methodsOf(error)?.length ?? Number.POSITIVE_INFINITY;
    if (asked > 0 && methods >= missing) return false;
    asked += 1;
    missing = methods;
    return true;
  };
}

function methodsOf({ data }: ClientError): StepUpMethods {
  const { methods } = data as { methods?: unknown };
  return Array.isArray(methods) ? methods.filter((method) => typeof method === "string") : undefined;
}
