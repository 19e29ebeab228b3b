import { type EmailLinkKind, isEmailLinkKind, type StoredSession, type StoredUser } from "../../core/domain/model.ts";
import type { EmailLink, EmailLinkQuery, EmailLinkUse } from "../../core/ports/email-store.ts";
import { createOutbox, type Outbox, settle } from "./email-outbox.ts";
import { endsWithin } from "./email-registration.ts";

export interface EmailTables {
  /** By user and kind: a user has one of each. */
  links: Map<string, EmailLink>;
  outbox: Outbox;
  sessions: Map<string, StoredSession>;
}

type Users = Map<string, StoredUser>;

export function createEmailTables(sessions: Map<string, StoredSession>): EmailTables {
  return { links: new Map(), outbox: createOutbox(), sessions };
}

export function removeFutureLinks({ links }: EmailTables, latest: Record<EmailLinkKind, number>): number {
  const future = [...links].filter(([, { kind, expiresAt }]) => expiresAt > latest[kind]);
  for (const [key] of future) links.delete(key);
  return future.length;
}

/** What a session requested by email is void with its end: the emails that wait, and the link that was sent. */
export function voidEmailsOfSession({ links, outbox }: EmailTables, sessionId: string): void {
  for (const email of outbox.waiting) if (email.boundSessionId === sessionId) settle(outbox, email);
  for (const [key, link] of links) if (link.sessionId === sessionId) links.delete(key);
}

/** The emails with a link that a user requested, and every link of theirs. */
export function voidEmailsOfUser({ links, outbox }: EmailTables, userId: string): void {
  for (const email of outbox.waiting) if (email.userId === userId && isEmailLinkKind(email.kind)) settle(outbox, email);
  for (const [key, link] of links) if (link.userId === userId) links.delete(key);
}

export function putEmailLink(
  { links, outbox, sessions }: EmailTables,
  users: Users,
  link: EmailLink,
  email: { id: string; attempts: number } | undefined,
): boolean {
  const isWaiting = ({ id, attempts }: { id: string; attempts: number }) =>
    [...outbox.waiting].some((email) => email.id === id && email.attempts === attempts);
  if (!isCurrent(users.get(link.userId), link) || isRevoked(sessions, link) || (email && !isWaiting(email)))
    return false;
  links.set(`${link.userId} ${link.kind}`, { ...link, secretHash: Uint8Array.from(link.secretHash) });
  return true;
}

/** The link and its user, while every condition of its use holds. */
export function findEmailLink(
  { links, sessions }: EmailTables,
  users: Users,
  { kind, secretHash, ...ends }: EmailLinkQuery & { kind: EmailLinkKind },
): { link: EmailLink; user: StoredUser } | undefined {
  const same = (hash: Uint8Array) => Buffer.compare(hash, secretHash) === 0;
  const link = [...links.values()].find((one) => one.kind === kind && same(one.secretHash));
  const user = link && users.get(link.userId);
  if (!link || !user || !endsWithin(link, ends) || !isCurrent(user, link) || isRevoked(sessions, link))
    return undefined;
  return { link, user };
}

export function consumeVerifyLink(tables: EmailTables, users: Users, use: EmailLinkUse): StoredUser | undefined {
  const found = findEmailLink(tables, users, { ...use, kind: "verify_email" });
  if (!found) return undefined;
  tables.links.delete(`${found.user.id} verify_email`);
  found.user.emailVerifiedAt = use.now;
  return found.user;
}

export function consumeChangeLink(tables: EmailTables, users: Users, use: EmailLinkUse) {
  const found = findEmailLink(tables, users, { ...use, kind: "change_email" });
  if (!found) return undefined;
  const { user, link } = found;
  const { newEmail, newEmailKey } = link;
  const isTaken = [...users.values()].some((other) => other.emailKey === newEmailKey);
  if (newEmail === null || newEmailKey === null || isTaken) return undefined;
  const { email: formerEmail, emailVerifiedAt: formerEmailVerifiedAt } = user;
  voidEmailsOfUser(tables, user.id);
  Object.assign(user, { email: newEmail, emailKey: newEmailKey, emailVerifiedAt: use.now });
  user.claimsVersion += 1;
  return { user, formerEmail, formerEmailVerifiedAt };
}

/** Without the new password and the ends of sessions, which are the store's. */
export function consumePasswordLink(
  tables: EmailTables,
  users: Users,
  use: EmailLinkUse & { kind: "reset_password" | "invitation" },
): StoredUser | undefined {
  const found = findEmailLink(tables, users, use);
  if (!found) return undefined;
  const { user } = found;
  voidEmailsOfUser(tables, user.id);
  user.credentialVersion += 1;
  user.emailVerifiedAt ??= use.now;
  return user;
}

export function isCurrent(
  user: StoredUser | undefined,
  bound: Pick<EmailLink, "emailKey" | "credentialVersion">,
): boolean {
  return (
    user !== undefined &&
    user.disabledAt === null &&
    user.credentialVersion === bound.credentialVersion &&
    user.emailKey === bound.emailKey
  );
}

function isRevoked(sessions: EmailTables["sessions"], { sessionId }: EmailLink): boolean {
  const session = sessionId === null ? undefined : sessions.get(sessionId);
  return session !== undefined && session.revokedAt !== null && session.revokedReason !== "logout";
}
