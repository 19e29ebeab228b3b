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
  wait: Delay;
  /** Told of whatever goes wrong but a busy database. The mail is tried again. */
  onError?: (error: unknown) => void;
}

/** Sends what waits until the signal aborts. Resolves then, and never rejects. */
export type EmailDelivery = (signal: AbortSignal) => Promise<void>;

/** Between two looks at what waits: people sit and wait for some of it. */
const pauseMs = 500;
/** Longer than a mailer may take. Whoever dies with a mail in hand leaves it to the next one after that. */
const leaseMs = 120_000;
/** How many are on their way at once, so that one that the other side lets wait holds up no other. */
const atOnce = 4;
const secondMs = 1_000;
const minuteMs = 60_000;
/** Once in so many pauses it is looked for what a clock of the future put off: about once a minute. */
const recallEvery = 120;
/** After each failure but the last; then it is given up. Links are asked for again long before. */
const retriesMs = [10 * secondMs, minuteMs, 5 * minuteMs, 30 * minuteMs, 2 * hourMs] as const;

/** How long after so many attempts the next one is due; null when there will be none. */
export function nextEmailAttemptMs(attempts: number): number | null {
  return retriesMs[attempts - 1] ?? null;
}

/** For how long a mail may wait after so many attempts: as long as it is on its way, or until the next one. */
const waitsMs = [0, ...retriesMs.map((ms) => Math.max(ms, leaseMs))];

function latestLinkEnds({ settings, clock }: MessageDeps) {
  const latest = (kind: AnyLinkKind) => linkEnds(kind, settings, clock.now()).endsBy;
  return {
    verify_email: latest("verify_email"),
    reset_password: latest("reset_password"),
    change_email: latest("change_email"),
    register: latest("register"),
  };
}

/**
 * Makes and sends the mails that wait in the store. Any number of processes may do so: a mail is claimed by one
 * conditional statement. Each is sent at least once; the secret of a link is drawn only now, so that it lies nowhere in
 * clear, and a mail that is tried again brings a new link.
 */
export function createEmailDelivery(deps: MessageDeps) {
  return ({ mailer, wait, onError }: EmailDeliveryOptions): EmailDelivery => {
    async function workOff(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        const mail = await claim();
        if (!mail) return;
        await deliver(mail);
      }
    }

    async function claim(): Promise<ClaimedEmail | undefined> {
      const now = deps.clock.now();
      try {
        return await deps.store.claimEmail({ now, leaseUntil: now + leaseMs });
      } catch (error) {
        return tellFault(error);
      }
    }

    async function recall(): Promise<void> {
      try {
        await deps.store.recallEmails({ now: deps.clock.now(), waitsMs, longestLeaseMs: leaseMs });
        await deps.store.removeFutureLinks(latestLinkEnds(deps));
      } catch (error) {
        tellFault(error);
      }
    }

    async function deliver(mail: ClaimedEmail): Promise<void> {
      const { id, kind, attempts } = mail;
      try {
        const outcome = await attempt(mail);
        const next = outcome === "put_off" ? nextEmailAttemptMs(attempts) : null;
        await deps.store.settleEmail({ id, attempts, dueAt: next === null ? null : deps.clock.now() + next });
        deps.emit({
          type: "mail_settled",
          kind,
          outcome: outcome === "put_off" && next === null ? "given_up" : outcome,
        });
      } catch (error) {
        tellFault(error); // the lease runs out, and it is tried again
      }
    }

    async function attempt(mail: ClaimedEmail): Promise<EmailOutcome> {
      const message = await messageOf(deps, mail);
      if (typeof message === "string") return message;
      try {
        return await mailer.send(message);
      } catch (error) {
        tellFault(error);
        return "put_off";
      }
    }

    function tellFault(error: unknown): undefined {
      if (error instanceof AuthError && error.reason === "temporarily_unavailable") return;
      onError?.(error);
    }

    return async (signal) => {
      for (let round = 0; !signal.aborted; round += 1) {
        if (round % recallEvery === 0) await recall();
        await Promise.all(Array.from({ length: atOnce }, () => workOff(signal)));
        await wait(pauseMs, signal);
      }
    };
  };
}
