import { describe, expect, it } from "vitest";
import type { OutboxEmail } from "../../../core/ports/email-store.ts";
import { testStart } from "../../fake-clock.ts";
import { aNewUser } from "../../fixtures.ts";
import { type CurrentStore, inParallel } from "../harness.ts";

const now = testStart + 60_000;

export function anOutboxEmail(overrides: Partial<OutboxEmail> = {}): OutboxEmail {
  return {
    id: aNewUser().id,
    kind: "reset_password",
    userId: null,
    address: "Ada@Example.com",
    addressKey: "ada@example.com",
    boundEmailKey: null,
    boundCredentialVersion: null,
    boundSessionId: null,
    orderedAt: testStart,
    userAgent: "curl/8.5.0",
    ipAddress: "192.0.2.7",
    ...overrides,
  };
}

/** The mails that wait. */
export function describeOutbox(current: CurrentStore): void {
  describeClaim(current);
  describeSettlement(current);
  describeLimit(current);
}

const lease = { now, leaseUntil: now + 1_000 };
const limit = { atMost: 3, since: testStart - 1_000 };

function describeClaim(current: CurrentStore): void {
  describe("claimEmail()", () => {
    it("gives each mail to one of any number of concurrent calls, as it was ordered", async () => {
      const order = anOutboxEmail();
      expect(await current().enqueueEmail(order)).toBe("ordered");
      const claims = await inParallel(8, () => current().claimEmail(lease));
      expect(claims.filter((claim) => claim !== undefined)).toEqual([{ ...order, attempts: 1 }]);
    });

    it("gives it again when the lease has run out, and not before", async () => {
      await current().enqueueEmail(anOutboxEmail());
      await current().claimEmail(lease);
      expect(await current().claimEmail({ ...lease, now: lease.leaseUntil - 1 })).toBeUndefined();
      expect(await current().claimEmail({ now: lease.leaseUntil, leaseUntil: now + 9_000 })).toMatchObject({
        attempts: 2,
      });
    });

    it("gives what waits longest first", async () => {
      const [late, early] = [anOutboxEmail({ orderedAt: testStart + 5 }), anOutboxEmail({ orderedAt: testStart + 1 })];
      await current().enqueueEmail(late);
      await current().enqueueEmail(early);
      expect((await current().claimEmail(lease))?.id).toBe(early.id);
      expect((await current().claimEmail(lease))?.id).toBe(late.id);
      expect(await current().claimEmail({ ...lease, now: testStart })).toBeUndefined();
    });
  });
}

function describeSettlement(current: CurrentStore): void {
  describe("settleEmail()", () => {
    it("makes a mail due again, or never", async () => {
      const { id } = anOutboxEmail();
      await current().enqueueEmail(anOutboxEmail({ id }));
      await current().claimEmail(lease);
      await current().settleEmail({ id, attempts: 1, dueAt: now + 50 });
      expect(await current().claimEmail({ ...lease, now: now + 49 })).toBeUndefined();
      expect(await current().claimEmail({ ...lease, now: now + 50 })).toMatchObject({ id, attempts: 2 });
      await current().settleEmail({ id, attempts: 2, dueAt: null });
      expect(await current().claimEmail({ ...lease, now: now + 9_999_999 })).toBeUndefined();
    });

    it("changes nothing once somebody else has claimed it", async () => {
      const { id } = anOutboxEmail();
      await current().enqueueEmail(anOutboxEmail({ id }));
      await current().claimEmail(lease);
      await current().claimEmail({ now: lease.leaseUntil, leaseUntil: now + 9_000 });
      await current().settleEmail({ id, attempts: 1, dueAt: null });
      expect(await current().claimEmail({ ...lease, now: now + 9_000 })).toMatchObject({ attempts: 3 });
    });
  });
}

function describeLimit(current: CurrentStore): void {
  describe("enqueueEmail() with a limit", () => {
    it("takes no more to one address than that, of any number of concurrent calls (P14)", async () => {
      await current().enqueueEmail(anOutboxEmail({ addressKey: "grace@example.com" }), limit);
      await current().enqueueEmail(anOutboxEmail({ orderedAt: limit.since }), limit);
      const taken = await inParallel(8, () => current().enqueueEmail(anOutboxEmail(), limit));
      expect(taken.toSorted()).toEqual([...Array(5).fill("limited"), ...Array(3).fill("ordered")]);
      expect(await current().enqueueEmail(anOutboxEmail({ addressKey: "grace@example.com" }), limit)).toBe("ordered");
      expect(await current().enqueueEmail(anOutboxEmail({ addressKey: null }))).toBe("ordered");
    });

    it("counts nothing that was ordered in the future, by a clock that was wrong then (P14)", async () => {
      for (const _ of [1, 2, 3])
        await current().enqueueEmail(anOutboxEmail({ orderedAt: testStart + 86_400_000 }), limit);
      for (const _ of [1, 2, 3]) expect(await current().enqueueEmail(anOutboxEmail(), limit)).toBe("ordered");
      expect(await current().enqueueEmail(anOutboxEmail(), limit)).toBe("limited");
    });

    it("counts those that were sent, too (P14)", async () => {
      for (const _ of [1, 2, 3]) await current().enqueueEmail(anOutboxEmail(), limit);
      for (const _ of [1, 2, 3]) {
        const mail = await current().claimEmail(lease);
        if (mail) await current().settleEmail({ ...mail, dueAt: null });
      }
      expect(await current().enqueueEmail(anOutboxEmail(), limit)).toBe("limited");
      expect(await current().removeSettledEmails({ before: testStart })).toBe(0);
      expect(await current().removeSettledEmails({ before: testStart + 1 })).toBe(3);
      expect(await current().enqueueEmail(anOutboxEmail(), limit)).toBe("ordered");
      expect(await current().removeSettledEmails({ before: testStart + 1 })).toBe(0); // it still waits
    });
  });
}
