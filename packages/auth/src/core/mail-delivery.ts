import { emailKey } from "./account-text.ts";
import type { AuthParts } from "./auth.ts";
import type { Wait } from "./clock.ts";
import { AuthError } from "./errors.ts";
import type { MailOutcome } from "./events.ts";
import { isMailLinkKind, type MailLinkKind, makeMailLinkSecret } from "./mail-link.ts";
import { hourMs } from "./mail-order.ts";
import type { ClaimedMail, MailKind } from "./mail-store.ts";
import type { User } from "./store.ts";
import type { ClientInfo } from "./token-issuer.ts";

/** What is to be said, and to whom; how, is the business of whoever writes it. */
export interface MailMessage {
  kind: MailKind;
  to: string;
  /** Whose account it is about; null when it is gone, or has yet to be made. */
  user: Pick<User, "username" | "emailVerifiedAt"> | null;
  /** The secret of the link, with the kinds that carry one, and for how long it is good. */
  link: string | null;
  linkSeconds: number | null;
  /** When it happened or was asked for, in milliseconds since 1970, and from where. */
  at: number;
  client: ClientInfo;
}

/** The port to the outside world's mail. */
export interface Mailer {
  /**
   * Hands a mail over. `refused`: the other side said that it never will take it. Whatever it throws, it is asked again
   * later: it must give up by itself within a minute.
   */
  send(message: MailMessage): Promise<"sent" | "refused">;
}

export interface MailDeliveryOptions {
  mailer: Mailer;
  wait: Wait;
  /** Told of whatever goes wrong but a busy database. The mail is tried again. */
  onFault?: (error: unknown) => void;
}

/** Sends what waits until the signal aborts. Resolves then, and never rejects. */
export type MailDelivery = (signal: AbortSignal) => Promise<void>;

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
export function nextMailAttemptMs(attempts: number): number | null {
  return retriesMs[attempts - 1] ?? null;
}

/** For how long a mail may wait after so many attempts: as long as it is on its way, or until the next one. */
const waitsMs = [0, ...retriesMs.map((ms) => Math.max(ms, leaseMs))];

/**
 * Makes and sends the mails that wait in the store. Any number of processes may do so: a mail is claimed by one
 * conditional statement. Each is sent at least once; the secret of a link is drawn only now, so that it lies nowhere in
 * clear, and a mail that is tried again brings a new link.
 */
export function createMailDelivery(parts: AuthParts) {
  return ({ mailer, wait, onFault }: MailDeliveryOptions): MailDelivery => {
    async function workOff(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        const mail = await claim();
        if (!mail) return;
        await deliver(mail);
      }
    }

    async function claim(): Promise<ClaimedMail | undefined> {
      const now = parts.clock.now();
      try {
        return await parts.store.claimMail({ now, leaseUntil: now + leaseMs });
      } catch (error) {
        return tellFault(error);
      }
    }

    async function recall(): Promise<void> {
      try {
        await parts.store.recallMail({ now: parts.clock.now(), waitsMs, longestLeaseMs: leaseMs });
      } catch (error) {
        tellFault(error);
      }
    }

    async function deliver(mail: ClaimedMail): Promise<void> {
      const { id, kind, attempts } = mail;
      try {
        const outcome = await attempt(mail);
        const next = outcome === "put_off" ? nextMailAttemptMs(attempts) : null;
        await parts.store.settleMail({ id, attempts, dueAt: next === null ? null : parts.clock.now() + next });
        parts.tell({
          type: "mail_settled",
          kind,
          outcome: outcome === "put_off" && next === null ? "given_up" : outcome,
        });
      } catch (error) {
        tellFault(error); // the lease runs out, and it is tried again
      }
    }

    async function attempt(mail: ClaimedMail): Promise<MailOutcome> {
      const message = await messageOf(parts, mail);
      if (!message) return "nobody";
      try {
        return await mailer.send(message);
      } catch (error) {
        tellFault(error);
        return "put_off";
      }
    }

    function tellFault(error: unknown): undefined {
      if (error instanceof AuthError && error.reason === "temporarily_unavailable") return;
      onFault?.(error);
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

/** Looks up whom it concerns, as they are now, and draws the link. Undefined when there is nobody to tell. */
async function messageOf(parts: AuthParts, mail: ClaimedMail): Promise<MailMessage | undefined> {
  const { kind, address, orderedAt, userAgent, ipAddress } = mail;
  const common = { at: orderedAt, client: { userAgent, ipAddress }, link: null, linkSeconds: null };
  if (kind === "account_deleted") return address === null ? undefined : { ...common, kind, to: address, user: null };
  if (kind === "register") return beginningOf(parts, { ...mail, kind }, common);
  const user = await recipientOf(parts, mail);
  if (!user) return undefined;
  if (!isMailLinkKind(kind)) return { ...common, kind, user, to: address ?? user.email };
  // The account's own address and not the one that was typed: what folds to the same key need not be the same mailbox.
  if (kind !== "change_email") return withLink(parts, { ...common, kind, user, to: user.email }, null);
  const owner = await parts.store.findCredentials({ emailKey: emailKey(address ?? "") });
  if (owner) return { ...common, kind: "email_in_use", to: owner.user.email, user: owner.user };
  return address === null ? undefined : withLink(parts, { ...common, kind, user, to: address }, address);
}

/** To an address that may be anybody's: the link with which its account begins, or a note that there is one. */
async function beginningOf(
  { store, settings, clock, randomBytes }: AuthParts,
  { kind, address }: ClaimedMail & { kind: "register" },
  common: Pick<MailMessage, "at" | "client">,
): Promise<MailMessage | undefined> {
  if (address === null) return undefined;
  const owner = (await store.findCredentials({ emailKey: emailKey(address) }))?.user;
  if (owner) {
    const note = { ...common, kind: "already_registered", to: owner.email, user: owner } as const;
    return owner.disabledAt === null ? { ...note, link: null, linkSeconds: null } : undefined;
  }
  const linkSeconds = settings.verifyLinkSeconds;
  const secret = makeMailLinkSecret(randomBytes);
  const link = { email: address, emailKey: emailKey(address), secretHash: secret.hash };
  const isPut = await store.putRegistrationLink({ ...link, expiresAt: clock.now() + linkSeconds * 1000 });
  return isPut ? { ...common, kind, to: address, user: null, link: secret.text, linkSeconds } : undefined;
}

async function recipientOf({ store }: AuthParts, { userId, address }: ClaimedMail): Promise<User | undefined> {
  const found =
    userId === null
      ? await store.findCredentials({ emailKey: emailKey(address ?? "") })
      : await store.findCredentialsById(userId);
  return found?.user.disabledAt === null ? found.user : undefined;
}

async function withLink(
  { store, settings, clock, randomBytes, tell }: AuthParts,
  message: MailMessage & { kind: MailLinkKind; user: User },
  newEmail: string | null,
): Promise<MailMessage | undefined> {
  const { kind, user } = message;
  const linkSeconds = {
    verify_email: settings.verifyLinkSeconds,
    reset_password: settings.resetLinkSeconds,
    change_email: settings.changeLinkSeconds,
  }[kind];
  const secret = makeMailLinkSecret(randomBytes);
  const isPut = await store.putMailLink({
    userId: user.id,
    kind,
    secretHash: secret.hash,
    emailKey: emailKey(user.email),
    credentialVersion: user.credentialVersion,
    newEmail,
    newEmailKey: newEmail === null ? null : emailKey(newEmail),
    expiresAt: clock.now() + linkSeconds * 1000,
  });
  if (!isPut) return undefined;
  tell({ type: "mail_link_made", userId: user.id, kind }, message.client);
  return { ...message, link: secret.text, linkSeconds };
}
