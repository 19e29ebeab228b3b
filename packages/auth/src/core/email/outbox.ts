import { createHash } from "node:crypto";
import type { Clock, RandomBytes } from "../domain/clock.ts";
import type { AuthEvent } from "../domain/events.ts";
import { newId, storableUserAgent } from "../domain/ids.ts";
import type { ClientInfo, User } from "../domain/model.ts";
import type { AuthSettings } from "../domain/settings.ts";
import { emailKey } from "../identifiers/account-text.ts";
import type { EmailStore, EnqueueOutcome, OutboxEmail } from "../ports/email-store.ts";

/** What a mail is about; the rest is drawn and looked up when it is sent. */
export type EmailRequest = Pick<OutboxEmail, "kind"> &
  Partial<Omit<OutboxEmail, "id" | "kind" | "orderedAt" | keyof ClientInfo>> & {
    client?: ClientInfo | undefined;
    /** Not ordered when its address was sent as many in the last hour as it may be. */
    isLimited?: boolean;
  };

interface OutboxDeps {
  store: Pick<EmailStore, "enqueueEmail">;
  clock: Clock;
  randomBytes: RandomBytes;
}
type Client = ClientInfo | undefined;

/** The mails that only say that something happened. */
export type NoticeKind = "email_change_asked" | "email_changed" | "password_changed" | "new_device" | "account_deleted";

/** The order of a mail, which waits in the store until somebody sends it. */
export function toOutboxEmail(
  wish: EmailRequest,
  { clock, randomBytes }: Pick<OutboxDeps, "clock" | "randomBytes">,
): OutboxEmail {
  const { client, isLimited: _limited, ...about } = wish;
  const now = clock.now();
  return {
    userId: null,
    address: null,
    addressKey: null,
    boundEmailKey: null,
    boundCredentialVersion: null,
    boundSessionId: null,
    ...about,
    id: newId(now, randomBytes),
    orderedAt: now,
    userAgent: storableUserAgent(client?.userAgent ?? null),
    ipAddress: client?.ipAddress ?? null,
  };
}

/** Writes an order down, and counts it where it is to be counted. */
export function enqueueEmail(
  deps: OutboxDeps & { settings: Pick<AuthSettings, "mailsPerAddressPerHour"> },
  wish: EmailRequest,
): Promise<EnqueueOutcome> {
  const order = toOutboxEmail(wish, deps);
  const limit = { atMost: deps.settings.mailsPerAddressPerHour, since: order.orderedAt - hourMs };
  return deps.store.enqueueEmail(order, wish.isLimited ? limit : undefined);
}

/**
 * A notice, for the address that the account had when it was read together with the cause: whoever changes the address
 * afterwards changes nothing about whom it reaches.
 *
 * An address that nobody has confirmed may be a stranger's, so what goes there is limited: a deletion counts like a mail with
 * a link, or an account that is made and deleted again and again would be a way around the limit. The others have a limit of
 * their own, or mails with a link could be ordered to keep a warning from its owner. A confirmed address gets all of them.
 */
export function noticeTo(
  kind: NoticeKind,
  to: Pick<User, "id" | "email" | "emailVerifiedAt">,
  client: Client,
): EmailRequest {
  const isConfirmed = to.emailVerifiedAt !== null;
  const common = { kind, address: to.email, isLimited: !isConfirmed, client };
  if (kind === "account_deleted") return { ...common, addressKey: emailLimitKey(emailKey(to.email)) };
  const addressKey = isConfirmed ? null : emailLimitKey(emailKey(to.email), "notice");
  return { ...common, userId: to.id, addressKey };
}

/** A link that verifies the user's address, bound to that address and their password. */
export function verificationOf(user: Pick<User, "id" | "email" | "credentialVersion">, client: Client): EmailRequest {
  return {
    kind: "verify_email",
    userId: user.id,
    addressKey: emailLimitKey(emailKey(user.email)),
    boundEmailKey: emailKey(user.email),
    boundCredentialVersion: user.credentialVersion,
    isLimited: true,
    client,
  };
}

/**
 * What mails to an address are counted by in the store: a hash, so that a row that is kept for the hour after its account
 * was deleted holds no address.
 */
export function emailLimitKey(key: string, scope: "mail" | "notice" = "mail"): string {
  return createHash("sha256")
    .update(JSON.stringify([scope, key]))
    .digest("base64url");
}

/**
 * Orders what tells somebody that a thing has happened, and waits for nobody: it has happened, and a mail that cannot be
 * ordered takes nothing back. What is lost is told as an event.
 */
export function createEmailSender(
  deps: Parameters<typeof enqueueEmail>[0],
  lost: (event: AuthEvent) => void,
): (wish: EmailRequest) => void {
  return (wish) => {
    const isLost = () => lost({ type: "mail_order_lost", kind: wish.kind });
    try {
      enqueueEmail(deps, wish).catch(isLost);
    } catch {
      isLost(); // a store that does not even answer with a promise
    }
  };
}

export const hourMs = 3_600_000;
