import { describe, expect, it } from "vitest";
import type { Credential } from "../../core/domain/credential.ts";
import type { StoredSession } from "../../core/domain/model.ts";
import type { ChallengeKey } from "../../core/ports/challenge-store.ts";
import type { Evidence } from "../../core/ports/session-store.ts";
import type { AuthStore } from "../../core/ports/store.ts";
import { testStart } from "../fake-clock.ts";
import { aChallenge, aLinkUse, aSession, type NewUserWithPassword } from "../fixtures.ts";
import { aLink } from "./email/email-links.ts";
import { aCredential, type CurrentStore, found, storedAccount, storedChallenge } from "./harness.ts";

const now = testStart + 60_000;
const waysIn = ["password", "key"];

interface Prepared {
  user: NewUserWithPassword;
  session: StoredSession;
  key: Credential;
  link: Uint8Array;
  challenge: ChallengeKey;
}
type Operation = (store: AuthStore, prepared: Prepared) => Promise<unknown>;

/** The challenge and a use of the key, which the other operations consume, too. */
const evidenceOf = ({ key, challenge }: Prepared): Evidence => ({
  challenge,
  uses: [{ id: key.id, now, change: { version: 1, data: "proven" } }],
});

/** What changes the credentials of one account, or rests on them. */
const operations: Record<string, Operation> = {
  "another is added": (store, { user }) =>
    store.addCredential({ credential: aCredential(user.id, { id: secondId(user.id) }), credentialVersion: 2 }),
  "the key is replaced": (store, { key }) => store.replaceCredential({ id: key.id, version: 1, data: "replaced" }),
  "the key is used": (store, { key }) => store.useCredential({ id: key.id, version: 1, data: "used", now }),
  "the key is removed": (store, { user, key }) => store.removeCredential({ id: key.id, userId: user.id, waysIn }),
  "the password is removed": (store, { user }) => store.removeCredential({ id: user.id, userId: user.id, waysIn }),
  "the password is changed": (store, { user, session }) =>
    store.changePassword({
      userId: user.id,
      from: user.passwordHash,
      to: "changed",
      keepSessionId: session.id,
      stepUpHash: new Uint8Array(32),
      methods: [],
      now,
    }),
  "the hash is upgraded": (store, { user }) =>
    store.upgradePasswordHash({ userId: user.id, from: user.passwordHash, to: "upgraded" }),
  "a reset link is used": async (store, { link }) =>
    (await store.consumeResetLink({ ...aLinkUse(link, now), passwordHash: "reset" })) !== undefined,
  "a proven login begins its session": (store, { user }) =>
    store.createSession(aSession({ userId: user.id, credentialVersion: 2 })),
  "the user is disabled": (store, { user }) => store.disableUser({ userId: user.id, now }),
  "a login is proven by the challenge": (store, account) =>
    store.createSession(aSession({ userId: account.user.id, credentialVersion: 2 }), undefined, evidenceOf(account)),
  "a step-up is proven by the challenge": (store, account) =>
    store.recordStepUp({
      sessionId: account.session.id,
      credentialVersion: 2,
      stepUpHash: new Uint8Array(32),
      methods: [{ kind: "key", at: now }],
      now,
      evidence: evidenceOf(account),
    }),
  // The last one.
  "a try of the challenge is taken": async (store, { challenge }) =>
    (await store.takeChallengeTry(challenge))?.triesLeft,
  "the challenge gets other data": (store, { challenge }) => store.setChallengeData({ ...challenge, data: "drawn" }),
  // It removes the first.
  "another challenge is begun": (store, { user }) =>
    store.addChallenge({
      challenge: aChallenge({ userId: user.id, credentialVersion: 2, createdAt: now }),
      quota: { perUser: 1, perNetwork: 100 },
      now,
    }),
  "the key is encrypted anew": (store, { key }) =>
    store.reencryptCredential({ id: key.id, from: key.data, to: "encrypted anew" }),
};

const secondId = (userId: string) => userId.replace(/^.{8}/, "ffffffff");

/** Each pair of operations on one account at once ends as one of their two orders would. */
export function describeInterleavings(current: CurrentStore): void {
  const names = Object.keys(operations);
  const combinations = names.flatMap((one, index) => names.slice(index).map((other) => [one, other] as const));

  async function prepared(): Promise<Prepared> {
    const { user, session } = await storedAccount(current());
    const key = aCredential(user.id);
    await current().addCredential({ credential: key, credentialVersion: 1 });
    const link = aLink({ ...user, credentialVersion: 2 }, "reset_password");
    await current().putEmailLink(link);
    const begun = { userId: user.id, credentialVersion: 2, sessionId: session.id, triesLeft: 1 };
    const { key: challenge } = await storedChallenge(current(), { ...begun, network: null });
    return { user, session, key, link: link.secretHash, challenge };
  }

  /** Outcomes and what is there afterwards, without what differs between two accounts. */
  async function played({ user, session, challenge }: Prepared, outcomes: readonly unknown[]) {
    const rows = (await current().listCredentials(user.id)).map(({ kind, data, version, lastUsedAt }) =>
      [kind, data === user.passwordHash ? "as before" : data, version, lastUsedAt].join(" "),
    );
    const { session: kept, user: stored } = await found(current(), session.id);
    const living = (await current().listSessions(user.id)).length;
    const versions = [stored.credentialVersion, kept.credentialVersion];
    const begun = await current().findChallenge(challenge);
    const left = begun && [begun.triesLeft, begun.data];
    return JSON.stringify([outcomes, rows.sort(), versions, kept.stepUpMethods, living, left]);
  }

  async function inOrder(first: Operation, second: Operation, swapped: boolean) {
    const account = await prepared();
    const outcomes = [await first(current(), account), await second(current(), account)];
    return played(account, swapped ? outcomes.reverse() : outcomes);
  }

  describe("two operations on the credentials of one account", () => {
    it.each(combinations)("at once: %s, and %s, end as one of their two orders would", async (oneName, otherName) => {
      const [one, other] = [operations[oneName], operations[otherName]];
      if (!one || !other) throw new Error("No such operation");
      const orders = [await inOrder(one, other, false), await inOrder(other, one, true)];
      const account = await prepared();
      const outcomes = await Promise.all([one(current(), account), other(current(), account)]);
      expect(orders).toContain(await played(account, outcomes));
    });
  });
}
