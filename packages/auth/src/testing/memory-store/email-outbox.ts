import type { ClaimedEmail, EmailStore, OutboxEmail } from "../../core/ports/email-store.ts";

/** The mails that wait, and those that count towards the limit, in memory. */
export interface Outbox {
  /** By address: how many an address was sent is asked at each order. */
  ordered: Map<string | null, StoredMail[]>;
  /** Those that are not settled: there are few of them among thousands. */
  waiting: Set<StoredMail>;
}

type StoredMail = ClaimedEmail & { dueAt: number | null };

export function createOutbox(): Outbox {
  return { ordered: new Map(), waiting: new Set() };
}

export function enqueueEmail(
  { ordered, waiting }: Outbox,
  order: OutboxEmail,
  limit?: { atMost: number; since: number },
): boolean {
  const sameAddress = ordered.get(order.addressKey) ?? [];
  // What was ordered in the future was so by a clock that was wrong, and limits no client.
  const counts = ({ orderedAt }: OutboxEmail) => orderedAt > (limit?.since ?? 0) && orderedAt <= order.orderedAt;
  const earlier = () => sameAddress.filter(counts).length;
  if (limit && earlier() >= limit.atMost) return false;
  const mail = { ...order, attempts: 0, dueAt: order.orderedAt };
  sameAddress.push(mail);
  ordered.set(order.addressKey, sameAddress);
  waiting.add(mail);
  return true;
}

export function claimEmail(
  { waiting }: Outbox,
  { now, leaseUntil }: { now: number; leaseUntil: number },
): ClaimedEmail | undefined {
  const due = [...waiting].filter(({ dueAt }) => (dueAt ?? 0) <= now);
  const first = due.sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0))[0];
  if (!first) return undefined;
  first.attempts += 1;
  first.dueAt = leaseUntil;
  const { dueAt: _dueAt, ...claimed } = first;
  return claimed;
}

export function settleEmail(outbox: Outbox, { id, attempts, dueAt }: Parameters<EmailStore["settleEmail"]>[0]): void {
  const mail = [...outbox.waiting].find((one) => one.id === id);
  if (mail?.attempts !== attempts) return;
  if (dueAt === null) settle(outbox, mail);
  else mail.dueAt = dueAt;
}

/** Keeps what the limit counts by, and nothing of whom it was for. */
export function settle({ waiting }: Outbox, mail: StoredMail): void {
  waiting.delete(mail);
  const forgotten = { userId: null, address: null, userAgent: null, ipAddress: null };
  Object.assign(mail, {
    ...forgotten,
    boundEmailKey: null,
    boundCredentialVersion: null,
    boundSessionId: null,
    dueAt: null,
  });
}

export function recallEmails(
  { ordered, waiting }: Outbox,
  { now, waitsMs, longestLeaseMs }: Parameters<EmailStore["recallEmails"]>[0],
): number {
  const ahead = [...waiting].filter(
    ({ dueAt, attempts }) => (dueAt ?? 0) > now + (waitsMs[attempts] ?? longestLeaseMs),
  );
  for (const mail of ahead) mail.dueAt = now;
  for (const [addressKey, mails] of ordered) {
    const kept = mails.filter(({ dueAt, orderedAt }) => dueAt !== null || orderedAt <= now);
    ordered.set(addressKey, kept);
  }
  return ahead.length;
}

export function removeSettledEmails({ ordered }: Outbox, before: number): number {
  let removed = 0;
  for (const [addressKey, mails] of ordered) {
    const kept = mails.filter(({ dueAt, orderedAt }) => dueAt !== null || orderedAt >= before);
    removed += mails.length - kept.length;
    ordered.set(addressKey, kept);
  }
  return removed;
}
