import { describe, expect, it } from "vitest";
import type { Challenge } from "../../../core/domain/credential.ts";
import { testStart } from "../../fake-clock.ts";
import { aChallenge } from "../../fixtures.ts";
import { type CurrentStore, inParallel, storedAccount } from "../harness.ts";

/** How many challenges there may be: so that a stranger neither fills the table nor keeps a user from a new one. */
export function describeChallengeQuota(current: CurrentStore): void {
  describeQuotas(current);
  describeOldest(current);
  describeExpiredInQuota(current);
}

function quotaHelpers(current: CurrentStore) {
  /** Adds a challenge; what `quota` does not bound has room for all of a test. */
  async function add(challenge: Challenge, quota: { perUser?: number; perNetwork?: number } = {}, now = testStart) {
    const bounds = { perUser: 100, perNetwork: 100, ...quota };
    expect(await current().addChallenge({ challenge, quota: bounds, now })).toBe("added");
  }
  /** Which of them are still there, by their place in the list. */
  async function left(challenges: readonly Challenge[]): Promise<number[]> {
    const isThere = ({ id, secretHash }: Challenge) => current().findChallenge({ id, secretHash, now: testStart });
    const found = await Promise.all(challenges.map(isThere));
    return found.flatMap((challenge, index) => (challenge ? [index] : []));
  }
  return { add, left };
}

function describeQuotas(current: CurrentStore): void {
  const { add, left } = quotaHelpers(current);

  describe("addChallenge() with a quota", () => {
    it("removes the oldest of the user, whatever their network, and none of another user", async () => {
      const [{ user }, other] = [await storedAccount(current()), await storedAccount(current())];
      const networks = ["192.0.2.0/24", null, "198.51.100.0/24", "192.0.2.0/24"];
      // In an order that is not that of their times.
      const all = [2, 0, 1, 3].map((at) =>
        aChallenge({ userId: user.id, createdAt: testStart + at, network: networks[at] ?? null }),
      );
      const theirs = aChallenge({ userId: other.user.id, createdAt: testStart - 1 });
      for (const challenge of [theirs, ...all]) await add(challenge, { perUser: 4 });
      await add(aChallenge({ userId: user.id, createdAt: testStart + 4 }), { perUser: 3 });
      expect(await left([theirs, ...all])).toEqual([0, 1, 4]);
    });

    it("removes the oldest of the network, whichever user began it, and none of another network or of none", async () => {
      const users = [await storedAccount(current()), await storedAccount(current())].map(({ user }) => user.id);
      const begun = (at: number, fields: Partial<Challenge> = {}) =>
        aChallenge({ userId: users[at % 2] ?? "", createdAt: testStart + at, ...fields });
      const all = [begun(0), begun(1), begun(2), begun(0, { network: null }), begun(1, { network: "198.51.100.0/24" })];
      for (const challenge of all) await add(challenge);
      await add(begun(4), { perNetwork: 2 });
      expect(await left(all)).toEqual([2, 3, 4]);
    });
  });
}

function describeOldest(current: CurrentStore): void {
  const { add, left } = quotaHelpers(current);

  describe("addChallenge() with a quota", () => {
    it("bounds no network where none is known", async () => {
      const { user } = await storedAccount(current());
      const all = [1, 2, 3].map((at) => aChallenge({ userId: user.id, createdAt: testStart + at, network: null }));
      for (const challenge of all) await add(challenge, { perNetwork: 1 });
      expect(await left(all)).toEqual([0, 1, 2]);
    });

    it("of those that began in one millisecond the smaller id is the older", async () => {
      const { user } = await storedAccount(current());
      const all = [1, 2, 3].map(() => aChallenge({ userId: user.id }));
      const byId = all.toSorted((one, other) => (one.id < other.id ? -1 : 1));
      for (const challenge of byId.toReversed()) await add(challenge);
      await add(aChallenge({ userId: user.id, createdAt: testStart + 1 }), { perUser: 2 });
      expect(await left(byId)).toEqual([2]);
    });

    it("never removes the new one, also when the others began in the future", async () => {
      const { user } = await storedAccount(current());
      const ahead = [1, 2].map((at) => aChallenge({ userId: user.id, createdAt: testStart + at }));
      for (const challenge of ahead) await add(challenge);
      const added = aChallenge({ userId: user.id });
      await add(added, { perUser: 1 });
      expect(await left([...ahead, added])).toEqual([2]);
      const next = aChallenge({ userId: user.id });
      await add(next, { perNetwork: 1 });
      expect(await left([added, next])).toEqual([1]);
    });

    it("leaves as many as the quota allows, of 20 that are added at once", async () => {
      const { user } = await storedAccount(current());
      const all = Array.from({ length: 20 }, () => aChallenge({ userId: user.id }));
      await inParallel(20, (index) => add(all[index] ?? aChallenge({ userId: user.id }), { perUser: 3 }));
      expect(await left(all)).toHaveLength(3);
    });
  });
}

function describeExpiredInQuota(current: CurrentStore): void {
  const { add, left } = quotaHelpers(current);

  describe("addChallenge()", () => {
    it("removes what has expired of the user and of the network, to the millisecond, and of no other", async () => {
      const [{ user }, { user: other }] = [await storedAccount(current()), await storedAccount(current())];
      const now = testStart + 7;
      const elsewhere = "198.51.100.0/24";
      const all = [
        aChallenge({ userId: user.id, network: null, expiresAt: now }),
        aChallenge({ userId: user.id, network: null, expiresAt: now + 1 }),
        aChallenge({ userId: other.id, expiresAt: now }),
        aChallenge({ userId: other.id, expiresAt: now + 1 }),
        aChallenge({ userId: other.id, network: elsewhere, expiresAt: now }),
        aChallenge({ userId: other.id, network: null, expiresAt: now }),
      ];
      for (const challenge of all) await add(challenge);
      await add(aChallenge({ userId: user.id, createdAt: now }), {}, now);
      expect(await left(all)).toEqual([1, 3, 4, 5]);
    });

    it("what has expired takes no room: nothing that is valid goes for it", async () => {
      const { user } = await storedAccount(current());
      const now = testStart + 7;
      const valid = aChallenge({ userId: user.id });
      const expired = aChallenge({ userId: user.id, createdAt: testStart + 1, expiresAt: now });
      for (const challenge of [valid, expired]) await add(challenge);
      await add(aChallenge({ userId: user.id, createdAt: now }), { perUser: 2, perNetwork: 2 }, now);
      expect(await left([valid, expired])).toEqual([0]);
    });
  });
}
