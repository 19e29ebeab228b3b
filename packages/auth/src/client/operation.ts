import type { Operation, OperationLink } from "@trpc/client";
import type { AnyRouter } from "@trpc/server";
import { observable, observableToPromise, type Unsubscribable } from "@trpc/server/observable";
import type { ClientSession } from "./client-session.ts";
import { type ClientError, isTransient, toClientError } from "./errors.ts";
import type { IssuedTokens, StepUpOutput } from "./refresh-request.ts";
import type { SuspensionOutcome } from "./refresher.ts";

export type Send = Parameters<OperationLink<AnyRouter>>[0]["next"];
export type OperationResults = ReturnType<Send>;
export type Observer = Parameters<OperationResults["subscribe"]>[0];
export type OperationResult = Parameters<NonNullable<Observer["next"]>>[0];

/** How one operation is run again, when it was rejected for a reason that can be resolved. */
export interface RetryPlan {
  /** The operation as it is to be sent now. */
  op(): Operation;
  next?(value: OperationResult): void;
  /** Resolves what the operation failed for. @throws {TRPCClientError} when the operation is over */
  recover(failed: FailedOperation): Promise<void>;
}

export type CreateRetryPlan = (session: ClientSession, op: Operation, observer: Observer) => RetryPlan;

interface FailedOperation {
  error: ClientError;
  /** The tokens that were in use when it was sent. */
  tokenId: string;
  /** Aborted when no caller waits for the operation any more. */
  gone: AbortSignal;
}

/**
 * Sends an operation, and again each time that its plan has resolved what it failed for.
 *
 * Refreshing ahead of time is optional: when that fails for now, the operation is sent all the same. A token store can fail,
 * too: then the operation fails, and no promise is left unhandled. The link that sends listens to the signal itself; this
 * one does before and between.
 */
export function retryOperation(session: ClientSession, op: Operation, send: Send, createPlan: CreateRetryPlan) {
  return observable<OperationResult, ClientError>((observer) => {
    const gone = new AbortController();
    const { signal } = gone;
    const plan = createPlan(session, op, observer);
    let sent: Unsubscribable | undefined;
    let isSent = false;
    async function run(): Promise<void> {
      let tokenId = await session.current();
      if (await session.isDue()) {
        const failure = await session.refresh({ tokenId, ahead: true }).catch((error) => error);
        if (failure && !isTransient(failure)) return recover(failure, tokenId);
        tokenId = await session.current();
      }
      if (signal.aborted) return;
      isSent = true;
      sent = send(plan.op()).subscribe({
        next(value) {
          plan.next?.(value);
          if (op.path.startsWith("auth.")) session.keepStepUp?.(outputOf(value));
          observer.next(value);
        },
        complete: () => observer.complete(),
        error(failure) {
          isSent = false;
          recover(failure, tokenId).catch(fail);
        },
      });
    }
    async function recover(error: ClientError, tokenId: string): Promise<void> {
      if (signal.aborted) return;
      await plan.recover({ error, tokenId, gone: signal });
      await run();
    }
    const fail = (failure: unknown) => observer.error(toClientError(failure));
    function abandon(): void {
      if (isSent) return;
      if (op.type === "subscription") observer.complete();
      else fail(op.signal?.reason ?? new Error("Cancelled"));
    }
    op.signal?.addEventListener("abort", abandon);
    run().catch(fail);
    return () => {
      gone.abort();
      op.signal?.removeEventListener("abort", abandon);
      sent?.unsubscribe();
    };
  });
}

/** What a call to `auth` is answered with; nothing where it is no object. */
function outputOf({ result }: OperationResult): Partial<IssuedTokens & StepUpOutput> {
  return (result as { data?: object | null }).data ?? {};
}

/** A login, a logout, or a refresh that the app sends by itself: once, and the session is told what came of it. */
export function sendLoginChange(
  session: ClientSession,
  op: Operation,
  send: Send,
  outcome: SuspensionOutcome,
): OperationResults {
  return observable((observer) => {
    async function change(): Promise<void> {
      const answered = observableToPromise(send(op));
      const settled = answered.then(
        () => outcome,
        () => "failed" as const,
      );
      await session.suspend(settled, refreshTokenIn(op.input));
      const value = await answered;
      const output = outputOf(value);
      session.keepStepUp?.(output);
      // Not of a login that waits for a second factor: nothing has begun, and nothing has ended.
      if (output.refreshExpiresIn) session.begin(output as IssuedTokens);
      observer.next(value);
      observer.complete();
    }
    change().catch((error) => observer.error(toClientError(error)));
    return () => undefined; // a login or logout that was sent is not taken back
  });
}

export function refreshTokenIn(input: unknown): string | undefined {
  const { refreshToken } = (input ?? {}) as { refreshToken?: unknown };
  return typeof refreshToken === "string" ? refreshToken : undefined;
}
