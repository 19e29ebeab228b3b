import type { MailLinkKind } from "../core/mail-link.ts";
import type { ClaimedMail, MailLinkRecord, MailLinkUse, MailOrder, MailStore } from "../core/mail-store.ts";
import type { AuthStore, NewUser, User } from "../core/store.ts";
import { isLastAdmin } from "./memory-admin.ts";
import type { MemoryRegistrationLinks } from "./memory-registration.ts";
import type { MemoryTimeline } from "./memory-timeline.ts";

interface Around {
  users: Users;
  timeline: Pick<MemoryTimeline, "entries">;
  publicPart(user: NewUser): User;
  atomically<T>(method: keyof AuthStore, work: () => T): Promise<T>;
  endSessions(userId: string, now: number): void;
  removeSessions(userId: string): void;
}

/** But for the links of addresses; see `createMemoryRegistrationLinks`. */
type MemoryMail = Omit<MailStore, keyof MemoryRegistrationLinks["methods"]>;

/** Links, the end of an account, and waiting mails, in memory. */
export function createMemoryMail({ users, timeline, publicPart, atomically, ...sessions }: Around): MemoryMail {
  const tables: MailTables = { links: new Map(), outbox: new Map(), waiting: new Set() };
  const shown = (user: NewUser | undefined) => user && publicPart(user);
  return {
    putMailLink: (link) => atomically("putMailLink", () => putMailLink(tables, users, link)),
    findMailLink: (query) => atomically("findMailLink", () => shown(findMailLink(tables, users, query)?.user)),
    consumeVerifyLink: (use) => atomically("consumeVerifyLink", () => shown(consumeVerifyLink(tables, users, use))),
    consumeChangeLink: (use) =>
      atomically("consumeChangeLink", () => {
        const change = consumeChangeLink(tables, users, use);
        return change && { ...change, user: publicPart(change.user) };
      }),
    consumeResetLink: (use) =>
      atomically("consumeResetLink", () => {
        const user = consumeResetLink(tables, users, use);
        if (user) sessions.endSessions(user.id, use.now);
        return shown(user);
      }),
    deleteUser: ({ userId }) =>
      atomically("deleteUser", () => {
        const user = users.get(userId);
        if (!user) return "unchanged";
        if (isLastAdmin(users, user)) return "last_admin";
        users.delete(userId);
        sessions.removeSessions(userId);
        removeLinksOf(tables, userId);
        const own = timeline.entries.filter((entry) => entry.userId === userId);
        for (const entry of own) timeline.entries.splice(timeline.entries.indexOf(entry), 1);
        return "done";
      }),
    // Without pauses: what happens between an order and its delivery is no race of the rules'.
    orderMail: async (order, limit) => orderMail(tables, order, limit),
    claimMail: async (claim) => claimMail(tables, claim),
    settleMail: async (settled) => settleMail(tables, settled),
    recallMail: async (query) => recallMail(tables, query),
    removeSettledMail: async ({ before }) => removeSettledMail(tables, before),
  };
}

interface MailTables {
  /** By user and kind: a user has one of each. */
  links: Map<string, MailLinkRecord>;
  /** By address: how many an address was sent is asked at each order. */
  outbox: Map<string | null, StoredMail[]>;
  /** Those that are not settled: there are few of them among thousands. */
  waiting: Set<StoredMail>;
}

type StoredMail = ClaimedMail & { dueAt: number | null };

type Users = Map<string, NewUser>;

function putMailLink({ links }: MailTables, users: Users, link: MailLinkRecord): boolean {
  if (!isCurrent(users.get(link.userId), link)) return false;
  links.set(`${link.userId} ${link.kind}`, { ...link, secretHash: Uint8Array.from(link.secretHash) });
  return true;
}

/** The link and its user, while every condition of its use holds. */
function findMailLink(
  { links }: MailTables,
  users: Users,
  { kind, secretHash, now }: MailLinkUse & { kind: MailLinkKind },
): { link: MailLinkRecord; user: NewUser } | undefined {
  const same = (hash: Uint8Array) => Buffer.compare(hash, secretHash) === 0;
  const link = [...links.values()].find((one) => one.kind === kind && same(one.secretHash));
  const user = link && users.get(link.userId);
  if (!link || !user || link.expiresAt <= now || !isCurrent(user, link)) return undefined;
  return { link, user };
}

function removeLinksOf({ links }: MailTables, userId: string): void {
  for (const [key, link] of links) if (link.userId === userId) links.delete(key);
}

function consumeVerifyLink(tables: MailTables, users: Users, use: MailLinkUse): NewUser | undefined {
  const found = findMailLink(tables, users, { ...use, kind: "verify_email" });
  if (!found) return undefined;
  tables.links.delete(`${found.user.id} verify_email`);
  found.user.emailVerifiedAt = use.now;
  return found.user;
}

function consumeChangeLink(tables: MailTables, users: Users, use: MailLinkUse) {
  const found = findMailLink(tables, users, { ...use, kind: "change_email" });
  if (!found) return undefined;
  const { user, link } = found;
  const { newEmail, newEmailKey } = link;
  const isTaken = [...users.values()].some((other) => other.emailKey === newEmailKey);
  if (newEmail === null || newEmailKey === null || isTaken) return undefined;
  const formerEmail = user.email;
  removeLinksOf(tables, user.id);
  Object.assign(user, { email: newEmail, emailKey: newEmailKey, emailVerifiedAt: use.now });
  user.claimsVersion += 1;
  return { user, formerEmail };
}

/** Without the ends of sessions, which are the store's. */
function consumeResetLink(
  tables: MailTables,
  users: Users,
  { passwordHash, ...use }: Parameters<MailStore["consumeResetLink"]>[0],
): NewUser | undefined {
  const found = findMailLink(tables, users, { ...use, kind: "reset_password" });
  if (!found) return undefined;
  const { user } = found;
  removeLinksOf(tables, user.id);
  user.passwordHash = passwordHash;
  user.credentialVersion += 1;
  user.emailVerifiedAt ??= use.now;
  return user;
}

function orderMail(
  { outbox, waiting }: MailTables,
  order: MailOrder,
  limit?: { atMost: number; since: number },
): boolean {
  const sameAddress = outbox.get(order.addressKey) ?? [];
  const isCounted = (at: number) => at > (limit?.since ?? 0) && at <= order.orderedAt;
  const earlier = () => sameAddress.filter(({ orderedAt }) => isCounted(orderedAt)).length;
  if (limit && earlier() >= limit.atMost) return false;
  const mail = { ...order, attempts: 0, dueAt: order.orderedAt };
  sameAddress.push(mail);
  outbox.set(order.addressKey, sameAddress);
  waiting.add(mail);
  return true;
}

function claimMail(
  { waiting }: MailTables,
  { now, leaseUntil }: { now: number; leaseUntil: number },
): ClaimedMail | undefined {
  const due = [...waiting].filter(({ dueAt }) => (dueAt ?? 0) <= now);
  const first = due.sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0))[0];
  if (!first) return undefined;
  first.attempts += 1;
  first.dueAt = leaseUntil;
  const { dueAt: _dueAt, ...claimed } = first;
  return claimed;
}

function settleMail({ waiting }: MailTables, { id, attempts, dueAt }: Parameters<MailStore["settleMail"]>[0]) {
  const mail = [...waiting].find((one) => one.id === id);
  if (mail?.attempts !== attempts) return;
  mail.dueAt = dueAt;
  if (dueAt === null) waiting.delete(mail);
}

function recallMail(
  { outbox, waiting }: MailTables,
  { now, waitsMs, longestLeaseMs }: Parameters<MailStore["recallMail"]>[0],
): number {
  const ahead = [...waiting].filter(
    ({ dueAt, attempts }) => (dueAt ?? 0) > now + (waitsMs[attempts] ?? longestLeaseMs),
  );
  for (const mail of ahead) mail.dueAt = now;
  for (const [addressKey, mails] of outbox) {
    const kept = mails.filter(({ dueAt, orderedAt }) => dueAt !== null || orderedAt <= now);
    outbox.set(addressKey, kept);
  }
  return ahead.length;
}

function removeSettledMail({ outbox }: MailTables, before: number): number {
  let removed = 0;
  for (const [addressKey, mails] of outbox) {
    const kept = mails.filter(({ dueAt, orderedAt }) => dueAt !== null || orderedAt >= before);
    removed += mails.length - kept.length;
    outbox.set(addressKey, kept);
  }
  return removed;
}

function isCurrent(user: NewUser | undefined, link: MailLinkRecord): boolean {
  return (
    user !== undefined &&
    user.disabledAt === null &&
    user.credentialVersion === link.credentialVersion &&
    user.emailKey === link.emailKey
  );
}
