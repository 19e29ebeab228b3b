import { describe, expect, it } from "vitest";
import type { OutboxEmail } from "../../../core/ports/email-store.ts";
import { testStart as now } from "../../fake-clock.ts";
import { aNewUser } from "../../fixtures.ts";
import type { CurrentStore } from "../harness.ts";

const day = 86_400_000;
const query = { now, waitsMs: [0, 1_000, 5_000], longestLeaseMs: 2_000 };

/** Mails that were ordered, claimed or put off by a clock of the future (T07). */
export function describeEmailClock(current: CurrentStore): void {
  describeRecall(current);
  describeRegistrationClock(current);
}

function emailClockHelpers(current: CurrentStore) {
  const order = async (orderedAt: number): Promise<OutboxEmail> => {
    const mail: OutboxEmail = {
      id: aNewUser().id,
      kind: "reset_password",
      userId: null,
      address: "ada@example.com",
      addressKey: "ada@example.com",
      boundEmailKey: null,
      boundCredentialVersion: null,
      boundSessionId: null,
      orderedAt,
      userAgent: null,
      ipAddress: null,
    };
    await current().enqueueEmail(mail);
    return mail;
  };
  const claim = (at: number, leaseUntil = at + 1_000) => current().claimEmail({ now: at, leaseUntil });
  return { order, claim };
}

function describeRecall(current: CurrentStore): void {
  const { order, claim } = emailClockHelpers(current);

  describe("recallEmails()", () => {
    it("makes due at once what was ordered in the future, and only that", async () => {
      const { id } = await order(now + day);
      await order(now + 1);
      expect(await claim(now)).toBeUndefined();
      expect(await current().recallEmails(query)).toBe(2);
      const claimed = [await claim(now), await claim(now)];
      expect(claimed.map((mail) => mail?.id)).toContain(id);
      expect(await current().recallEmails(query)).toBe(0);
    });

    it.each([
      [1, 1_000],
      [2, 5_000],
      [3, 2_000],
    ])("leaves a wait that the number of attempts allows, and no longer one: after %d", async (attempts, waitMs) => {
      const { id } = await order(now);
      for (let time = 0; time < attempts; time += 1) await claim(now, now);
      await current().settleEmail({ id, attempts, dueAt: now + waitMs });
      expect(await current().recallEmails(query)).toBe(0);
      await current().settleEmail({ id, attempts, dueAt: now + waitMs + 1 });
      expect(await current().recallEmails(query)).toBe(1);
      expect(await claim(now)).toMatchObject({ id });
    });

    it("forgets mails that were sent in the future, so that they count towards no hour to come", async () => {
      const { id, ...rest } = await order(now + day);
      await claim(now + day);
      await current().settleEmail({ id, attempts: 1, dueAt: null });
      await current().recallEmails(query);
      const limit = { atMost: 1, since: now + day - 3_600_000 };
      const later = { ...rest, id: aNewUser().id, orderedAt: now + day + 1 };
      expect(await current().enqueueEmail(later, limit)).toBe("ordered");
      expect(await current().enqueueEmail({ ...later, id: aNewUser().id }, limit)).toBe("limited");
    });
  });
}

function describeRegistrationClock(current: CurrentStore): void {
  const { order } = emailClockHelpers(current);

  it("enqueueEmail() with a limit counts nothing that a clock of the future ordered (T07)", async () => {
    const limit = { atMost: 2, since: now - 3_600_000 };
    for (const ahead of [1, day, day]) await order(now + ahead);
    const mail = { ...(await order(now)), id: aNewUser().id };
    expect(await current().enqueueEmail(mail, limit)).toBe("ordered");
    expect(await current().enqueueEmail({ ...mail, id: aNewUser().id }, limit)).toBe("limited");
  });
}
