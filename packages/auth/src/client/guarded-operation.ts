import type { Operation, OperationLink } from "@trpc/client";
import type { AnyRouter } from "@trpc/server";
import { observable, type Unsubscribable } from "@trpc/server/observable";
import type { Begun, ClientSession, Heard } from "./client-session.ts";
import { cure, type Failure, type Remedy } from "./cure.ts";
import { asFailure, isPassing } from "./refusal.ts";
import { createStream } from "./stream.ts";

export type Send = Parameters<OperationLink<AnyRouter>>[0]["next"];
export type Answers = ReturnType<Send>;
export type Observer = Parameters<Answers["subscribe"]>[0];

/** One operation, which runs again when it was refused for a reason that can be taken away. */
export interface Course {
  /** The operation as it is to be sent now. */
  op(): Operation;
  next?(value: Answer): void;
  /** Does what it takes. @throws {TRPCClientError} when the operation is over */
  recover(failed: Failed): Promise<void>;
}

interface Failed {
  error: Failure;
  pair: string;
  /** Aborted when nobody waits for the operation any more. */
  gone: AbortSignal;
}

export type Answer = Parameters<NonNullable<Observer["next"]>>[0];

export function guard(session: ClientSession, op: Operation, send: Send): Answers {
  return observable((observer) => {
    const gone = new AbortController();
    const course = op.type === "subscription" ? createStream(session, op, observer) : createCall(session, op);
    let sent: Unsubscribable | undefined;
    let isSent = false;

    async function run(): Promise<void> {
      let pair = await session.current();
      if (await session.isDue()) {
        // A renewal ahead of time is a courtesy. When it fails for now the call is sent all the same.
        const failure = await session.refresh({ pair, ahead: true }).catch((error) => error);
        if (failure && !isPassing(failure)) return recover(failure, pair);
        pair = await session.current();
      }
      if (gone.signal.aborted) return;
      isSent = true;
      sent = send(course.op()).subscribe({
        next(value) {
          course.next?.(value);
          if (op.path.startsWith("auth.")) session.hear?.(dataIn(value));
          observer.next(value);
        },
        complete: () => observer.complete(),
        error(error) {
          isSent = false;
          recover(error, pair).catch(fail);
        },
      });
    }

    async function recover(error: Failure, pair: string): Promise<void> {
      if (gone.signal.aborted) return;
      await course.recover({ error, pair, gone: gone.signal });
      await run();
    }

    // A store of tokens can fail too; then the call fails, and no promise is left without anybody to hear of it.
    const fail = (failure: unknown) => observer.error(asFailure(failure));

    /** The link that sends hears of the signal itself; before and between it is for us to hear. */
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

/** What an answer to `auth` brings; nothing where it is no object. */
export function dataIn({ result }: Answer): Partial<Begun & Heard> {
  return ("data" in result && (result.data as object | undefined)) || {};
}

/** Queries and mutations: each remedy once, then the caller hears what is wrong. */
function createCall(session: ClientSession, op: Operation): Course {
  const remedies = new Set<Remedy>(["refresh", "login"]);
  return {
    op: () => op,
    recover: ({ error, pair }) => cure(session, { error, pair, remedies }),
  };
}
