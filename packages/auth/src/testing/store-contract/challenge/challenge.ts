import { describe, expect, it } from "vitest";
import type { Challenge } from "../../../core/domain/credential.ts";
import type { StoredSession } from "../../../core/domain/model.ts";
import type { ChallengeKey } from "../../../core/ports/challenge-store.ts";
import type { AuthStore } from "../../../core/ports/store.ts";
import { testStart } from "../../fake-clock.ts";
import { aChallenge, aLinkUse, aNewUser, type NewUserWithPassword, someBytes } from "../../fixtures.ts";
import { aLink } from "../email/email-links.ts";
import {
  aCredential,
  type CurrentStore,
  inParallel,
  storedAccount,
  storedChallenge,
  storedSession,
} from "../harness.ts";

const now = testStart + 60_000;

/** Challenges, up to where a session or a step-up consumes them; that stands in `challenge-evidence.ts`. */
export function describeChallenges(current: CurrentStore): void {
  describeChallengeRecords(current);
  describeValidity(current);
  describeTries(current);
  describeAddedChallenges(current);
  describeExpiredChallenges(current);
}

/** An account of version 2 with a password and a key, and the challenge of one of its sessions. */
export async function withChallenge(store: AuthStore, overrides: Partial<Challenge> = {}) {
  const { user, session } = await storedAccount(store);
  const credential = aCredential(user.id);
  await store.addCredential({ credential, credentialVersion: 1 });
  const asking = await storedSession(store, { userId: user.id, credentialVersion: 2 });
  const ofUser = { userId: user.id, credentialVersion: 2, sessionId: asking.id };
  return { user, session, credential, asking, ...(await storedChallenge(store, { ...ofUser, ...overrides })) };
}

interface WithChallenge {
  user: NewUserWithPassword;
  credential: { id: string };
  asking: StoredSession;
  challenge: Challenge;
}

interface Invalid {
  what: string;
  /** Of a login where the end of the session would hide which term it was. */
  fields?: Partial<Challenge>;
  key?: (challenge: Challenge) => Partial<ChallengeKey>;
  event?: (store: AuthStore, account: WithChallenge) => Promise<unknown>;
}

/** What makes a challenge invalid, term by term: a key that does not fit, or an event of the account. */
export const invalidChallenges: Invalid[] = [
  { what: "with another secret", key: () => ({ secretHash: someBytes(32) }) },
  { what: "with another id", key: ({ userId }) => ({ id: aChallenge({ userId }).id }) },
  { what: "that ends at that very instant", key: ({ expiresAt }) => ({ now: expiresAt }) },
  { what: "that ended before", key: ({ expiresAt }) => ({ now: expiresAt + 1 }) },
  {
    what: "of a user who is disabled",
    fields: { sessionId: null },
    event: (store, { user }) => store.disableUser({ userId: user.id, now }),
  },
  {
    what: "of a user who was disabled and is enabled again",
    fields: { sessionId: null },
    event: async (store, { user }) => {
      await store.disableUser({ userId: user.id, now });
      return store.enableUser({ userId: user.id });
    },
  },
  {
    what: "after a credential was added",
    event: (store, { user }) => store.addCredential({ credential: aCredential(user.id), credentialVersion: 2 }),
  },
  {
    what: "after a credential was replaced",
    event: (store, { credential }) => store.replaceCredential({ id: credential.id, version: 1, data: "replaced" }),
  },
  {
    what: "after a credential was removed",
    event: (store, { user, credential }) =>
      store.removeCredential({ id: credential.id, userId: user.id, waysIn: ["password"] }),
  },
  {
    what: "after the password was changed",
    event: (store, { user, asking }) =>
      store.changePassword({
        userId: user.id,
        from: user.passwordHash,
        to: "changed",
        keepSessionId: asking.id,
        stepUpHash: someBytes(32),
        methods: [],
        now,
      }),
  },
  {
    what: "after the password was reset",
    fields: { sessionId: null },
    event: (store, { user }) => resetPassword(store, user),
  },
  {
    what: "of a session that logged out",
    event: (store, { asking }) => store.revokeSession({ sessionId: asking.id, reason: "logout", now }),
  },
  {
    what: "of a session that was ended",
    event: (store, { asking }) => store.revokeSession({ sessionId: asking.id, reason: "ended_by_user", now }),
  },
];

async function resetPassword(store: AuthStore, user: NewUserWithPassword): Promise<boolean> {
  const link = aLink({ ...user, credentialVersion: 2 }, "reset_password");
  await store.putEmailLink(link);
  return (await store.consumeResetLink({ ...aLinkUse(link.secretHash, now), passwordHash: "reset" })) !== undefined;
}

/** An account whose challenge has become invalid, and the key that it was valid for or that does not fit. */
export async function withInvalidChallenge(store: AuthStore, { fields, key, event }: Invalid) {
  const account = await withChallenge(store, fields);
  if (event) expect(await event(store, account)).toBeOneOf([true, "added", "removed", "done"]);
  return { ...account, key: { ...account.key, ...key?.(account.challenge) } };
}

/** With octets of one class, so that challenges can be compared. */
function plainChallenge(challenge: Challenge | undefined): Challenge | undefined {
  return challenge && { ...challenge, secretHash: Uint8Array.from(challenge.secretHash) };
}

function describeChallengeRecords(current: CurrentStore): void {
  describe("findChallenge()", () => {
    it.each<Partial<Challenge>>([
      {},
      { purpose: "step_up", triesLeft: 3, data: "other data" },
      { network: null, sessionId: null },
    ])("returns every field of the challenge as it was stored: %j", async (fields) => {
      const { challenge, key } = await withChallenge(current(), fields);
      expect(plainChallenge(await current().findChallenge(key))).toEqual(challenge);
      expect(plainChallenge(await current().findChallenge(key))).toEqual(challenge);
    });

    it("returns and takes copies", async () => {
      const { challenge, key } = await withChallenge(current());
      const asItWas = plainChallenge(challenge);
      challenge.secretHash.fill(7);
      const taken = await current().findChallenge({ ...key, secretHash: asItWas?.secretHash ?? someBytes(32) });
      taken?.secretHash.fill(7);
      Object.assign(taken ?? {}, { triesLeft: 99, data: "changed" });
      const found = await current().findChallenge({ ...key, secretHash: asItWas?.secretHash ?? someBytes(32) });
      expect(plainChallenge(found)).toEqual(asItWas);
    });
  });
}

function describeValidity(current: CurrentStore): void {
  describe("a challenge", () => {
    it.each(invalidChallenges)("$what is not found, takes no try and no data", async (invalid) => {
      const { key } = await withInvalidChallenge(current(), invalid);
      expect(await current().findChallenge(key)).toBeUndefined();
      expect(await current().takeChallengeTry(key)).toBeUndefined();
      expect(await current().setChallengeData({ ...key, data: "new" })).toBe(false);
    });

    it("of a login is void with the credentials of its user alone: the end of a session changes nothing", async () => {
      const { user, key } = await withChallenge(current(), { sessionId: null });
      await current().revokeSessionsOf({ userId: user.id, reason: "ended_by_user", now });
      expect(await current().findChallenge(key)).toBeDefined();
    });

    it("is valid to the last millisecond, and through all that raises no version", async () => {
      const { user, credential, challenge, key } = await withChallenge(current());
      await current().useCredential({ id: credential.id, version: 1, data: "used", now });
      await current().reencryptCredential({ id: credential.id, from: "used", to: "encrypted anew" });
      await current().upgradePasswordHash({ userId: user.id, from: user.passwordHash, to: "upgraded" });
      await current().changeName({ userId: user.id, name: "Ada King" });
      expect(await current().findChallenge({ ...key, now: challenge.expiresAt - 1 })).toBeDefined();
    });

    it("goes with its user, and with its session", async () => {
      const [ada, bob] = [await withChallenge(current()), await withChallenge(current())];
      await current().deleteUser({ userId: ada.user.id });
      expect(await current().findChallenge(ada.key)).toBeUndefined();
      expect(await current().findChallenge(bob.key)).toBeDefined();
      const step = { after: null, window: 9, endedBefore: bob.asking.expiresAt, idleSince: 0 };
      expect((await current().removeEndedSessions(step)).removed).toBe(2);
      expect(await current().findChallenge(bob.key)).toBeUndefined();
      const late = { before: Number.MAX_SAFE_INTEGER, limit: 9 };
      expect(await current().removeExpiredChallenges(late)).toBe(0);
    });
  });
}

function describeTries(current: CurrentStore): void {
  describe("takeChallengeTry()", () => {
    it("takes one try, and returns the challenge as it is then", async () => {
      const { challenge, key } = await withChallenge(current(), { triesLeft: 2 });
      const after = (triesLeft: number) => ({ ...challenge, triesLeft });
      expect(plainChallenge(await current().takeChallengeTry(key))).toEqual(after(1));
      expect(plainChallenge(await current().findChallenge(key))).toEqual(after(1));
      expect(plainChallenge(await current().takeChallengeTry(key))).toEqual(after(0));
    });

    it("of 50 tries at once takes as many as are left, and then the challenge is not valid", async () => {
      const [{ key }, other] = [await withChallenge(current()), await withChallenge(current())];
      const taken = await inParallel(50, () => current().takeChallengeTry(key));
      const left = taken.flatMap((challenge) => challenge?.triesLeft ?? []);
      expect(left.sort()).toEqual([0, 1, 2, 3, 4]);
      expect(await current().takeChallengeTry(key)).toBeUndefined();
      expect(await current().findChallenge(key)).toBeUndefined();
      expect(await current().setChallengeData({ ...key, data: "new" })).toBe(false);
      expect(await current().findChallenge(other.key)).toMatchObject({ triesLeft: 5 });
    });
  });

  describe("setChallengeData()", () => {
    it("replaces the data of that challenge, and nothing else", async () => {
      const [{ challenge, key }, other] = [await withChallenge(current()), await withChallenge(current())];
      expect(await current().setChallengeData({ ...key, data: "what was drawn next" })).toBe(true);
      const stored = plainChallenge(await current().findChallenge(key));
      expect(stored).toEqual({ ...challenge, data: "what was drawn next" });
      expect(plainChallenge(await current().findChallenge(other.key))).toEqual(other.challenge);
    });
  });
}

function describeAddedChallenges(current: CurrentStore): void {
  describe("addChallenge()", () => {
    it.each<[string, (store: AuthStore, userId: string) => Promise<unknown>, Partial<Challenge>]>([
      ["of another version", async () => undefined, { credentialVersion: 2 }],
      ["that is disabled", (store, userId) => store.disableUser({ userId, now }), {}],
      ["that is deleted", (store, userId) => store.deleteUser({ userId }), {}],
    ])("adds nothing to a user %s, and removes nothing", async (_, change, fields) => {
      const [{ user }, other] = [await storedAccount(current()), await storedAccount(current())];
      const kept = await storedChallenge(current(), { userId: other.user.id });
      await change(current(), user.id);
      const challenge = aChallenge({ userId: user.id, ...fields });
      const add = { challenge, quota: { perUser: 1, perNetwork: 1 }, now };
      expect(await current().addChallenge(add)).toBe("credentials_changed");
      const { id, secretHash } = challenge;
      expect(await current().findChallenge({ id, secretHash, now })).toBeUndefined();
      expect(await current().findChallenge(kept.key)).toBeDefined();
    });

    it("adds nothing for a session that cleanup has removed", async () => {
      const { user } = await storedAccount(current());
      const challenge = aChallenge({ userId: user.id, sessionId: aNewUser().id });
      const quota = { perUser: 1, perNetwork: 1 };
      expect(await current().addChallenge({ challenge, quota, now })).toBe("credentials_changed");
    });

    it("takes no id twice, and leaves what is there", async () => {
      const { user, challenge, key } = await withChallenge(current());
      const again = aChallenge({ userId: user.id, credentialVersion: 2, id: challenge.id });
      const add = { challenge: again, quota: { perUser: 1, perNetwork: 1 }, now };
      await expect(current().addChallenge(add)).rejects.toThrow();
      expect(plainChallenge(await current().findChallenge(key))).toEqual(challenge);
    });
  });
}

function describeExpiredChallenges(current: CurrentStore): void {
  describe("removeExpiredChallenges()", () => {
    it("removes what ended at that instant or before, so many at a time, and leaves the others", async () => {
      const { user } = await storedAccount(current());
      const ends = [now - 1, now, now, now + 1];
      const keys: ChallengeKey[] = [];
      for (const expiresAt of ends) keys.push((await storedChallenge(current(), { userId: user.id, expiresAt })).key);
      const remove = () => current().removeExpiredChallenges({ before: now, limit: 2 });
      expect([await remove(), await remove(), await remove()]).toEqual([2, 1, 0]);
      const left = await Promise.all(keys.map((key) => current().findChallenge({ ...key, now: testStart })));
      expect(left.map((challenge) => challenge?.expiresAt)).toEqual([undefined, undefined, undefined, now + 1]);
    });

    it("of two cleanups at once each challenge is removed by one", async () => {
      const { user } = await storedAccount(current());
      for (let count = 0; count < 5; count += 1) await storedChallenge(current(), { userId: user.id, expiresAt: now });
      const removed = await inParallel(2, () => current().removeExpiredChallenges({ before: now, limit: 9 }));
      expect(removed.reduce((sum, count) => sum + count)).toBe(5);
    });
  });
}
