import type { Clock, RandomBytes } from "../domain/clock.ts";
import type { AuthEvent } from "../domain/events.ts";
import type { ClientInfo, EmailLinkKind, User } from "../domain/model.ts";
import type { AuthSettings } from "../domain/settings.ts";
import { canonicalEmail, emailKey } from "../identifiers/email.ts";
import type { ClaimedEmail } from "../ports/email-store.ts";
import type { EmailMessage } from "../ports/mailer.ts";
import type { AuthStore } from "../ports/store.ts";
import { decideEmailBinding } from "./binding.ts";
import { generateEmailLinkSecret, linkSecondsOf } from "./link-token.ts";

/** Why there is nothing to send: there is no recipient (`nobody`), or the email is `void`. */
type Unsent = "nobody" | "void";
export interface MessageDeps {
  store: AuthStore;
  settings: AuthSettings;
  clock: Clock;
  randomBytes: RandomBytes;
  emit(event: AuthEvent, client?: ClientInfo): void;
}

type Common = Pick<EmailMessage, "at" | "client">;
const noLink = { link: null, linkSeconds: null };

/** Finds the recipient, decides whether the email may still be sent, and generates the link. */
export async function messageOf(deps: MessageDeps, claimed: ClaimedEmail): Promise<EmailMessage | Unsent> {
  // Of an order from before addresses were written down in their canonical form, too.
  const email = { ...claimed, address: claimed.address === null ? null : canonicalEmail(claimed.address) };
  const { kind, orderedAt: at, userAgent, ipAddress } = email;
  const common = { at, client: { userAgent, ipAddress } };
  switch (kind) {
    case "register":
      return beginningOf(deps, email, common);
    case "reset_password":
      return resetOf(deps, email, common);
    case "verify_email":
    case "change_email":
    case "invitation":
      return boundLinkOf(deps, { ...email, kind }, common);
    default:
      return noticeOf(deps, email, common);
  }
}

/**
 * A notice goes to the address that it was enqueued for, whatever has happened to the account since. It names the account only
 * while that is still the account's address: another user may own the name by now.
 */
async function noticeOf({ store }: MessageDeps, email: ClaimedEmail, common: Common): Promise<EmailMessage | Unsent> {
  const { kind, userId, address } = email;
  const user = userId === null ? undefined : (await store.findCredentialsById(userId))?.user;
  if (address !== null) {
    const isStillTheirs = user && emailKey(user.email) === emailKey(address);
    return { ...common, ...noLink, kind, to: address, user: isStillTheirs ? user : null };
  }
  // An order from before notices kept an address.
  return user?.disabledAt === null ? { ...common, ...noLink, kind, to: user.email, user } : "nobody";
}

/** For a registration: a link to create the account, or a notice that the address has one. */
async function beginningOf(deps: MessageDeps, email: ClaimedEmail, common: Common): Promise<EmailMessage | Unsent> {
  const { store, settings, clock, randomBytes } = deps;
  const { address } = email;
  if (address === null) return "nobody";
  const owner = (await store.findCredentials({ emailKey: emailKey(address) }))?.user;
  if (owner) {
    const note = { ...common, ...noLink, kind: "already_registered", to: owner.email, user: owner } as const;
    return owner.disabledAt === null ? note : "nobody";
  }
  const linkSeconds = linkSecondsOf("register", settings);
  const secret = generateEmailLinkSecret(randomBytes);
  const link = { email: address, emailKey: emailKey(address), secretHash: secret.hash };
  const isPut = await store.putRegistrationLink({ ...link, expiresAt: clock.now() + linkSeconds * 1000 });
  if (!isPut) return "nobody";
  return { ...common, kind: "register", to: address, user: null, link: secret.text, linkSeconds };
}

/** Bound to the typed address only: its user is looked up now, so that the request reveals nothing (fault case P14). */
async function resetOf(deps: MessageDeps, email: ClaimedEmail, common: Common): Promise<EmailMessage | Unsent> {
  const user = (await deps.store.findCredentials({ emailKey: emailKey(email.address ?? "") }))?.user;
  if (user?.disabledAt !== null) return "nobody";
  // The account's own address and not the one that was typed: what folds to the same key need not be the same mailbox.
  const message = await withLink(deps, email, {
    ...common,
    ...presentOf(user),
    kind: "reset_password",
    to: user.email,
  });
  return message ?? "nobody";
}

/** For a known user. The link has the binding of the email, and not what the user has now. */
async function boundLinkOf(
  deps: MessageDeps,
  email: ClaimedEmail & { kind: "verify_email" | "change_email" | "invitation" },
  common: Common,
): Promise<EmailMessage | Unsent> {
  const { store, settings } = deps;
  const { kind, userId, boundSessionId, address } = email;
  const user = userId === null ? undefined : (await store.findCredentialsById(userId))?.user;
  const session = boundSessionId === null ? undefined : (await store.findSessionWithUser(boundSessionId))?.session;
  const { sessionsNotBefore } = settings;
  if (!user || decideEmailBinding(email, { user, session, sessionsNotBefore }) === "void") return "void";
  const bound = { ...presentOf(user), ...bindingOf(email) };
  // The account's own address and not the one that was typed: what folds to the same key need not be the same mailbox.
  if (kind !== "change_email")
    return (await withLink(deps, email, { ...common, ...bound, kind, to: user.email })) ?? "void";
  if (address === null) return "nobody";
  const owner = (await store.findCredentials({ emailKey: emailKey(address) }))?.user;
  if (owner) return { ...common, ...noLink, kind: "email_in_use", to: owner.email, user: owner };
  return (await withLink(deps, email, { ...common, ...bound, kind, to: address })) ?? "void";
}

/** What a link and its mail need to know of a user; `putEmailLink` takes the link only while that is still so. */
interface LinkOwner {
  user: User;
  emailKey: string;
  credentialVersion: number;
  sessionId: string | null;
}

function presentOf(user: User): LinkOwner {
  const { email, credentialVersion } = user;
  return { user, emailKey: emailKey(email), credentialVersion, sessionId: null };
}

function bindingOf({ boundEmailKey, boundCredentialVersion, boundSessionId }: ClaimedEmail): Partial<LinkOwner> {
  if (boundEmailKey === null || boundCredentialVersion === null) return {};
  return { emailKey: boundEmailKey, credentialVersion: boundCredentialVersion, sessionId: boundSessionId };
}

async function withLink(
  { store, settings, clock, randomBytes, emit }: MessageDeps,
  claimed: ClaimedEmail,
  {
    emailKey: ownKey,
    credentialVersion,
    sessionId,
    ...message
  }: LinkOwner & Common & { kind: EmailLinkKind; to: string },
): Promise<EmailMessage | undefined> {
  const { kind, user, to } = message;
  const linkSeconds = linkSecondsOf(kind, settings);
  const secret = generateEmailLinkSecret(randomBytes);
  const newEmail = kind === "change_email" ? to : null;
  const link = {
    userId: user.id,
    kind,
    secretHash: secret.hash,
    emailKey: ownKey,
    credentialVersion,
    newEmail,
    newEmailKey: newEmail === null ? null : emailKey(newEmail),
    sessionId,
    expiresAt: clock.now() + linkSeconds * 1000,
  };
  if (!(await store.putEmailLink(link, { id: claimed.id, attempts: claimed.attempts }))) return undefined;
  emit({ type: "mail_link_made", userId: user.id, kind }, message.client);
  return { ...message, link: secret.text, linkSeconds };
}
