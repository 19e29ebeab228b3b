import {
  type EmailLinkKind,
  isEmailLinkKind,
  type NewUser,
  type StoredSession,
  type User,
} from "../../core/domain/model.ts";
import type { EmailLink, EmailLinkQuery, EmailLinkUse, EmailStore } from "../../core/ports/email-store.ts";
import type { AuthStore } from "../../core/ports/store.ts";
import { isLastAdmin } from "./account-admin.ts";
import { endsWithin, type MemoryRegistrationLinks } from "./account-registration.ts";
import type { MemoryTimeline } from "./audit.ts";
import {
  claimEmail,
  createOutbox,
  enqueueEmail,
  type Outbox,
  recallEmails,
  removeSettledEmails,
  settle,
  settleEmail,
} from "./email-outbox.ts";

interface Around {
  tables: MailTables;
  users: Users;
  timeline: Pick<MemoryTimeline, "entries">;
  publicPart(user: NewUser): User;
  atomically<T>(method: keyof AuthStore, work: () => T): Promise<T>;
  endSessions(userId: string, now: number): void;
  removeSessions(userId: string): void;
}

/** But for what concerns the links of addresses; see `createMemoryRegistrationLinks`. */
type MemoryMail = Omit<EmailStore, keyof MemoryRegistrationLinks["methods"] | "removeFutureLinks"> &
  Pick<AuthStore, "deleteUser">;

/** Links, the end of an account, and waiting mails, in memory. */
export function createMemoryMail({ tables, users, timeline, publicPart, atomically, ...around }: Around): MemoryMail {
  const shown = (user: NewUser | undefined) => user && publicPart(user);
  return {
    putEmailLink: (link, order) => atomically("putEmailLink", () => putEmailLink(tables, users, link, order)),
    findEmailLink: (query) => atomically("findEmailLink", () => shown(findEmailLink(tables, users, query)?.user)),
    consumeVerifyLink: (use) => atomically("consumeVerifyLink", () => shown(consumeVerifyLink(tables, users, use))),
    consumeChangeLink: (use) =>
      atomically("consumeChangeLink", () => {
        const change = consumeChangeLink(tables, users, use);
        return change && { ...change, user: publicPart(change.user) };
      }),
    consumeResetLink: (use) =>
      atomically("consumeResetLink", () => {
        const user = consumeResetLink(tables, users, use);
        if (user) around.endSessions(user.id, use.now);
        return shown(user);
      }),
    deleteUser: ({ userId }) =>
      atomically("deleteUser", () => {
        const user = users.get(userId);
        if (!user) return "unchanged";
        if (isLastAdmin(users, user)) return "last_admin";
        users.delete(userId);
        around.removeSessions(userId);
        endOrdersOf(tables, userId);
        const own = timeline.entries.filter((entry) => entry.userId === userId);
        for (const entry of own) timeline.entries.splice(timeline.entries.indexOf(entry), 1);
        return "done";
      }),
    // Without pauses: each is done in one go, and the rules wait for an order alone where its outcome is an answer.
    enqueueEmail: async (order, limit) => {
      const { boundEmailKey: emailKey, boundCredentialVersion: credentialVersion } = order;
      const user = users.get(order.userId ?? "");
      const isBound = emailKey !== null && credentialVersion !== null;
      if (isBound && !isCurrent(user, { emailKey, credentialVersion })) return "void";
      const session = order.boundSessionId === null ? undefined : tables.sessions.get(order.boundSessionId);
      const isLiving = session?.userId === order.userId && session?.revokedAt === null;
      if (order.boundSessionId !== null && !isLiving) return "void";
      return enqueueEmail(tables.outbox, order, limit) ? "ordered" : "limited";
    },
    claimEmail: async (claim) => claimEmail(tables.outbox, claim),
    settleEmail: async (settled) => settleEmail(tables.outbox, settled),
    recallEmails: async (query) => recallEmails(tables.outbox, query),
    removeSettledEmails: async ({ before }) => removeSettledEmails(tables.outbox, before),
  };
}

export interface MailTables {
  /** By user and kind: a user has one of each. */
  links: Map<string, EmailLink>;
  outbox: Outbox;
  sessions: Map<string, StoredSession>;
}

type Users = Map<string, NewUser>;

export function createMailTables(sessions: Map<string, StoredSession>): MailTables {
  return { links: new Map(), outbox: createOutbox(), sessions };
}

export function removeFutureLinks({ links }: MailTables, latest: Record<EmailLinkKind, number>): number {
  const future = [...links].filter(([, { kind, expiresAt }]) => expiresAt > latest[kind]);
  for (const [key] of future) links.delete(key);
  return future.length;
}

/** What a session ordered ends with it: what waits, and the link that was sent. */
export function endOrdersOfSession({ links, outbox }: MailTables, sessionId: string): void {
  for (const mail of outbox.waiting) if (mail.boundSessionId === sessionId) settle(outbox, mail);
  for (const [key, link] of links) if (link.sessionId === sessionId) links.delete(key);
}

/** What a user ordered, and every link of theirs. */
export function endOrdersOf({ links, outbox }: MailTables, userId: string): void {
  for (const mail of outbox.waiting) if (mail.userId === userId && isEmailLinkKind(mail.kind)) settle(outbox, mail);
  for (const [key, link] of links) if (link.userId === userId) links.delete(key);
}

function putEmailLink(
  { links, outbox, sessions }: MailTables,
  users: Users,
  link: EmailLink,
  order: { id: string; attempts: number } | undefined,
): boolean {
  const isWaiting = ({ id, attempts }: { id: string; attempts: number }) =>
    [...outbox.waiting].some((mail) => mail.id === id && mail.attempts === attempts);
  if (!isCurrent(users.get(link.userId), link) || isRevoked(sessions, link) || (order && !isWaiting(order)))
    return false;
  links.set(`${link.userId} ${link.kind}`, { ...link, secretHash: Uint8Array.from(link.secretHash) });
  return true;
}

/** The link and its user, while every condition of its use holds. */
function findEmailLink(
  { links, sessions }: MailTables,
  users: Users,
  { kind, secretHash, ...ends }: EmailLinkQuery & { kind: EmailLinkKind },
): { link: EmailLink; user: NewUser } | undefined {
  const same = (hash: Uint8Array) => Buffer.compare(hash, secretHash) === 0;
  const link = [...links.values()].find((one) => one.kind === kind && same(one.secretHash));
  const user = link && users.get(link.userId);
  if (!link || !user || !endsWithin(link, ends) || !isCurrent(user, link) || isRevoked(sessions, link))
    return undefined;
  return { link, user };
}

function consumeVerifyLink(tables: MailTables, users: Users, use: EmailLinkUse): NewUser | undefined {
  const found = findEmailLink(tables, users, { ...use, kind: "verify_email" });
  if (!found) return undefined;
  tables.links.delete(`${found.user.id} verify_email`);
  found.user.emailVerifiedAt = use.now;
  return found.user;
}

function consumeChangeLink(tables: MailTables, users: Users, use: EmailLinkUse) {
  const found = findEmailLink(tables, users, { ...use, kind: "change_email" });
  if (!found) return undefined;
  const { user, link } = found;
  const { newEmail, newEmailKey } = link;
  const isTaken = [...users.values()].some((other) => other.emailKey === newEmailKey);
  if (newEmail === null || newEmailKey === null || isTaken) return undefined;
  const { email: formerEmail, emailVerifiedAt: formerEmailVerifiedAt } = user;
  endOrdersOf(tables, user.id);
  Object.assign(user, { email: newEmail, emailKey: newEmailKey, emailVerifiedAt: use.now });
  user.claimsVersion += 1;
  return { user, formerEmail, formerEmailVerifiedAt };
}

/** Without the ends of sessions, which are the store's. */
function consumeResetLink(
  tables: MailTables,
  users: Users,
  { passwordHash, ...use }: Parameters<EmailStore["consumeResetLink"]>[0],
): NewUser | undefined {
  const found = findEmailLink(tables, users, { ...use, kind: "reset_password" });
  if (!found) return undefined;
  const { user } = found;
  endOrdersOf(tables, user.id);
  user.passwordHash = passwordHash;
  user.credentialVersion += 1;
  user.emailVerifiedAt ??= use.now;
  return user;
}

function isCurrent(user: NewUser | undefined, bound: Pick<EmailLink, "emailKey" | "credentialVersion">): boolean {
  return (
    user !== undefined &&
    user.disabledAt === null &&
    user.credentialVersion === bound.credentialVersion &&
    user.emailKey === bound.emailKey
  );
}

function isRevoked(sessions: MailTables["sessions"], { sessionId }: EmailLink): boolean {
  const session = sessionId === null ? undefined : sessions.get(sessionId);
  return session !== undefined && session.revokedAt !== null && session.revokedReason !== "logout";
}
