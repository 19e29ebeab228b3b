import { createHash } from "node:crypto";
import type { Clock, RandomBytes } from "../domain/clock.ts";
import type { AuthEvent } from "../domain/events.ts";
import { newId, storableUserAgent } from "../domain/ids.ts";
import type { ClientInfo, User } from "../domain/model.ts";
import type { AuthSettings } from "../domain/settings.ts";
import { emailKey } from "../identifiers/email.ts";
import type { EmailStore, EnqueueOutcome, OutboxEmail } from "../ports/email-store.ts";

/** A request for an email; its content is generated when it is sent. */
export type EmailRequest = Pick<OutboxEmail, "kind"> &
  Partial<Omit<OutboxEmail, "id" | "kind" | "orderedAt" | keyof ClientInfo>> & {
    client?: ClientInfo | undefined;
    /** Not enqueued when its address has had the most that are allowed in an hour. */
    isLimited?: boolean;
  };

interface OutboxDeps {
  store: Pick<EmailStore, "enqueueEmail">;
  clock: Clock;
  randomBytes: RandomBytes;
}
type Client = ClientInfo | undefined;

/** The emails that only inform. */
export type NoticeKind = "email_change_asked" | "email_changed" | "password_changed" | "new_device" | "account_deleted";

/** The row of the outbox for a request. */
export function toOutboxEmail(
  request: EmailRequest,
  { clock, randomBytes }: Pick<OutboxDeps, "clock" | "randomBytes">,
): OutboxEmail {
  const { client, isLimited: _limited, ...about } = request;
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

/** Adds an email to the outbox, within the limit of its address where it has one. */
export function enqueueEmail(
  deps: OutboxDeps & { settings: Pick<AuthSettings, "mailsPerAddressPerHour"> },
  request: EmailRequest,
): Promise<EnqueueOutcome> {
  const email = toOutboxEmail(request, deps);
  const limit = { atMost: deps.settings.mailsPerAddressPerHour, since: email.orderedAt - hourMs };
  return deps.store.enqueueEmail(email, request.isLimited ? limit : undefined);
}

/**
 * A notice, for the address that the account had when it was read together with the cause: a later change of the address does
 * not change the recipient.
 *
 * An unverified address may belong to a person without an account, so its emails are limited. A notice of deletion counts like an
 * email with a link, or an attacker could register and delete accounts to bypass the limit. The other notices have a limit of
 * their own, or an attacker could request links to suppress a warning. A verified address gets all notices.
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

type LinkOwner = Pick<User, "id" | "email" | "credentialVersion">;

/** A link that verifies the user's address, bound to that address and their password. */
export function verificationOf(user: LinkOwner, client: Client): EmailRequest {
  return linkRequestOf("verify_email", user, client);
}

/** A link by which the owner of a new account chooses its password, bound as a verification is. */
export function invitationOf(user: LinkOwner, client: Client): EmailRequest {
  return linkRequestOf("invitation", user, client);
}

function linkRequestOf(kind: "verify_email" | "invitation", user: LinkOwner, client: Client): EmailRequest {
  return {
    kind,
    userId: user.id,
    addressKey: emailLimitKey(emailKey(user.email)),
    boundEmailKey: emailKey(user.email),
    boundCredentialVersion: user.credentialVersion,
    isLimited: true,
    client,
  };
}

/**
 * The key that the store counts the emails of an address by: a hash, so that a row that stays for an hour after the account was
 * deleted contains no address.
 */
export function emailLimitKey(key: string, scope: "mail" | "notice" = "mail"): string {
  return createHash("sha256")
    .update(JSON.stringify([scope, key]))
    .digest("base64url");
}

/**
 * Enqueues notices without waiting: the change is done, and a notice that cannot be enqueued does not undo it. A lost notice
 * emits an event.
 */
export function createEmailSender(
  deps: Parameters<typeof enqueueEmail>[0],
  lost: (event: AuthEvent) => void,
): (request: EmailRequest) => void {
  return (request) => {
    const isLost = () => lost({ type: "mail_order_lost", kind: request.kind });
    try {
      enqueueEmail(deps, request).catch(isLost);
    } catch {
      isLost(); // a store that throws instead of returning a promise
    }
  };
}

export const hourMs = 3_600_000;
