import type { Delay } from "../domain/clock.ts";
import { AuthError } from "../domain/errors.ts";
import type { EmailOutcome } from "../domain/events.ts";
import type { AnyLinkKind } from "../domain/model.ts";
import type { ClaimedEmail } from "../ports/email-store.ts";
import type { Mailer } from "../ports/mailer.ts";
import { linkEnds } from "./link-token.ts";
import { type MessageDeps, messageOf } from "./message.ts";
import { hourMs } from "./outbox.ts";

export interface EmailDeliveryOptions {
  mailer: Mailer;
  delay: Delay;
  /** Called with every error but a busy database. The email is tried again. */
  onError?: (error: unknown) => void;
}

/** Sends what is due until the signal aborts. Resolves then, and never rejects. */
export type EmailDelivery = (signal: AbortSignal) => Promise<void>;

/** Between two reads of the outbox. Short, because users wait for some emails. */
const pauseMs = 500;
/** Longer than a mailer may take. After it, another process may claim the email of one that has crashed. */
const leaseMs = 120_000;
/** Emails in flight at once, so that one slow server delays no other email. */
const atOnce = 4;
const secondMs = 1_000;
const minuteMs = 60_000;
/** Pauses between two recalls: about one a minute. */
const recallEvery = 120;
/** The delay after each failure. After the last one the email is given up: the user has requested another one long before. */
const retriesMs = [10 * secondMs, minuteMs, 5 * minuteMs, 30 * minuteMs, 2 * hourMs] as const;

/** The delay before the next attempt, after so many; null when there is none. */
export function nextEmailAttemptMs(attempts: number): number | null {
  return retriesMs[attempts - 1] ?? null;
}

/** The longest that an email may wait after so many attempts: while it is in flight, or until the next attempt. */
const waitsMs = [0, ...retriesMs.map((ms) => Math.max(ms, leaseMs))];

function latestLinkEnds({ settings, clock }: MessageDeps) {
  const latest = (kind: AnyLinkKind) => linkEnds(kind, settings, clock.now()).endsBy;
  return {
    verify_email: latest("verify_email"),
    reset_password: latest("reset_password"),
    change_email: latest("change_email"),
    invitation: latest("invitation"),
    register: latest("register"),
  };
}

/**
 * Makes and sends the emails in the outbox. Any number of processes may do so: one conditional statement claims an email.
 * Each is sent at least once. The secret of a link is generated when the email is sent, so that it is stored nowhere in clear,
 * and a retry sends a new link.
 */
export function createEmailDelivery(deps: MessageDeps) {
  return (options: EmailDeliveryOptions): EmailDelivery => {
    const outbox = createOutboxWorker(deps, options);
    return async (signal) => {
      for (let round = 0; !signal.aborted; round += 1) {
        if (round % recallEvery === 0) await outbox.recall();
        await Promise.all(Array.from({ length: atOnce }, () => outbox.deliverAll(signal)));
        await options.delay(pauseMs, signal);
      }
    };
  };
}

function createOutboxWorker(deps: MessageDeps, options: EmailDeliveryOptions) {
  const { store, clock, emit } = deps;

  async function claim(): Promise<ClaimedEmail | undefined> {
    const now = clock.now();
    try {
      return await store.claimEmail({ now, leaseUntil: now + leaseMs });
    } catch (error) {
      return report(options, error);
    }
  }

  async function deliver(email: ClaimedEmail): Promise<void> {
    const { id, kind, attempts } = email;
    try {
      const outcome = await send(deps, options, email);
      const next = outcome === "put_off" ? nextEmailAttemptMs(attempts) : null;
      await store.settleEmail({ id, attempts, dueAt: next === null ? null : clock.now() + next });
      emit({ type: "mail_settled", kind, outcome: outcome === "put_off" && next === null ? "given_up" : outcome });
    } catch (error) {
      report(options, error); // the lease ends, and the email is tried again
    }
  }

  return {
    /** Delivers until none is due. */
    async deliverAll(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        const email = await claim();
        if (!email) return;
        await deliver(email);
      }
    },

    /** Makes due again what a clock that was ahead has put off too far. */
    async recall(): Promise<void> {
      try {
        await store.recallEmails({ now: clock.now(), waitsMs, longestLeaseMs: leaseMs });
        await store.removeFutureLinks(latestLinkEnds(deps));
      } catch (error) {
        report(options, error);
      }
    },
  };
}

async function send(deps: MessageDeps, options: EmailDeliveryOptions, email: ClaimedEmail): Promise<EmailOutcome> {
  const message = await messageOf(deps, email);
  if (typeof message === "string") return message;
  try {
    return await options.mailer.send(message);
  } catch (error) {
    report(options, error);
    return "put_off";
  }
}

function report({ onError }: EmailDeliveryOptions, error: unknown): undefined {
  if (error instanceof AuthError && error.reason === "temporarily_unavailable") return;
  onError?.(error);
}
