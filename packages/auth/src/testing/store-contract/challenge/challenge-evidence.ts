import { describe, expect, it } from "vitest";
import type { Evidence } from "../../../core/ports/session-store.ts";
import type { AuthStore } from "../../../core/ports/store.ts";
import { testStart } from "../../fake-clock.ts";
import { aNewUser, aSession, someBytes } from "../../fixtures.ts";
import { aCredential, type CurrentStore, found, inParallel, storedAccount, storedChallenge } from "../harness.ts";
import { invalidChallenges, withChallenge, withInvalidChallenge } from "./challenge.ts";

const now = testStart + 60_000;
const methods = [
  { kind: "password", at: testStart },
  { kind: "key", at: now },
];

/** What a session and a step-up consume in their own transaction. */
export function describeEvidences(current: CurrentStore): void {
  describeConsumption(current);
  describeRejections(current);
  describeUses(current);
  describeUnchanged(current);
  describeConcurrentUses(current);
}

/** The two operations that consume evidence, in an account of any version; each on a living session of its own. */
const operations = [
  {
    name: "createSession()",
    done: "created",
    rejected: "credentials_changed",
    run: async (store: AuthStore, userId: string, evidence: Evidence) => {
      const credentialVersion = await versionOf(store, userId);
      return store.createSession(aSession({ userId, credentialVersion }), { atMost: 2, now, idleSince: 0 }, evidence);
    },
  },
  {
    name: "recordStepUp()",
    done: "recorded",
    rejected: "rejected",
    run: async (store: AuthStore, userId: string, evidence: Evidence) => {
      const credentialVersion = await versionOf(store, userId);
      const session = aSession({ userId, credentialVersion });
      await store.createSession(session);
      const stepUp = { sessionId: session.id, credentialVersion, stepUpHash: someBytes(32), methods, now };
      const outcome = await store.recordStepUp({ ...stepUp, evidence });
      if (outcome === "already_used") expect((await found(store, session.id)).session).toEqual(session);
      return outcome;
    },
  },
] as const;

const versionOf = async (store: AuthStore, userId: string) =>
  (await store.findCredentialsById(userId))?.user.credentialVersion ?? 0;

/** All that evidence could have changed. */
async function stateOf(store: AuthStore, userId: string) {
  const living = (await store.listSessions(userId)).map(({ session }) => session.id);
  const log = await store.listAuditEntries({ userId, limit: 50 });
  return {
    credentials: await store.listCredentials(userId),
    living: living.sort(),
    log: log.map(({ event }) => event),
  };
}

function describeConsumption(current: CurrentStore): void {
  describe.each(operations)("$name with a challenge", ({ done, rejected, run }) => {
    it.each(invalidChallenges)("$what answers that it was used already", async (invalid) => {
      const { user, key } = await withInvalidChallenge(current(), invalid);
      // A user who is disabled gets neither a session nor a step-up, whatever the challenge is.
      const outcome = invalid.what === "of a user who is disabled" ? rejected : "already_used";
      expect(await run(current(), user.id, { challenge: key, uses: [] })).toBe(outcome);
    });

    it("consumes it: then it is not valid for anything", async () => {
      const [{ user, key }, other] = [await withChallenge(current()), await withChallenge(current())];
      expect(await run(current(), user.id, { challenge: key, uses: [] })).toBe(done);
      expect(await current().findChallenge(key)).toBeUndefined();
      expect(await current().takeChallengeTry(key)).toBeUndefined();
      for (const { run: again } of operations) {
        expect(await again(current(), user.id, { challenge: key, uses: [] })).toBe("already_used");
      }
      expect(await current().findChallenge(other.key)).toBeDefined();
    });

    it("consumes one whose last try was taken: that was the try of this response", async () => {
      const { user, key } = await withChallenge(current(), { triesLeft: 1 });
      expect(await current().takeChallengeTry(key)).toMatchObject({ triesLeft: 0 });
      expect(await run(current(), user.id, { challenge: key, uses: [] })).toBe(done);
    });
  });
}

function describeRejections(current: CurrentStore): void {
  describe.each(operations)("$name with a challenge", ({ name, rejected, run }) => {
    it("consumes none of another user, and leaves it valid", async () => {
      const [{ user }, other] = [await storedAccount(current()), await withChallenge(current())];
      expect(await run(current(), user.id, { challenge: other.key, uses: [] })).toBe("already_used");
      expect(await current().findChallenge(other.key)).toBeDefined();
    });

    it(`consumes nothing where it answers "${rejected}"`, async () => {
      const { user, credential, key } = await withChallenge(current());
      const uses = [{ id: credential.id, now, change: { version: 1, data: "used" } }];
      const before = await stateOf(current(), user.id);
      const outcome =
        name === "createSession()"
          ? current().createSession(aSession({ userId: user.id }), undefined, { challenge: key, uses })
          : current().recordStepUp({
              sessionId: aNewUser().id,
              credentialVersion: 2,
              stepUpHash: someBytes(32),
              methods,
              now,
              evidence: { challenge: key, uses },
            });
      expect(await outcome).toBe(rejected);
      expect(await stateOf(current(), user.id)).toEqual(before);
      expect(await current().findChallenge(key)).toBeDefined();
    });
  });
}

function describeUses(current: CurrentStore): void {
  describe.each(operations)("$name with uses of credentials", ({ done, run }) => {
    it("notes when each was used, and with a version the data after it; raises no version of the user", async () => {
      const { user, credential } = await withChallenge(current());
      const unused = aCredential(user.id, { kind: "code" });
      await current().addCredential({ credential: unused, credentialVersion: 2 });
      const uses = [
        { id: user.id, now: now - 1 },
        { id: credential.id, now, change: { version: 1, data: "step 7" } },
      ];
      expect(await run(current(), user.id, { uses })).toBe(done);
      const rows = await current().listCredentials(user.id);
      expect(rows.find(({ id }) => id === user.id)).toMatchObject({ version: 1, lastUsedAt: now - 1 });
      expect(rows.find(({ id }) => id === user.id)?.data).toBe(user.passwordHash);
      const used = { ...credential, data: "step 7", version: 2, lastUsedAt: now };
      expect(rows.find(({ id }) => id === credential.id)).toEqual(used);
      expect(rows.find(({ id }) => id === unused.id)).toEqual(unused);
      expect(await versionOf(current(), user.id)).toBe(3);
    });

    it("ignores a use without a version of a credential that is not there", async () => {
      const { user } = await storedAccount(current());
      expect(await run(current(), user.id, { uses: [{ id: aNewUser().id, now }] })).toBe(done);
    });
  });
}

function describeUnchanged(current: CurrentStore): void {
  describe.each(operations)("$name with uses of credentials", ({ done, run }) => {
    it.each([
      "the challenge was used before",
      "the first credential was used before",
      "the last credential was used before",
      "a credential is another user's",
    ])("changes nothing at all where %s", async (what) => {
      const { user, credential, key } = await withChallenge(current());
      const [second, { credential: theirs }] = [aCredential(user.id), await withChallenge(current())];
      await current().addCredential({ credential: second, credentialVersion: 2 });
      const { key: challenge } = await storedChallenge(current(), { userId: user.id, credentialVersion: 3 });
      const stale = (id: string, name: string) => ({
        id,
        now,
        change: { version: what === name ? 2 : 1, data: "x" },
      });
      const uses = [
        { id: user.id, now },
        stale(credential.id, "the first credential was used before"),
        stale(second.id, "the last credential was used before"),
        ...(what === "a credential is another user's" ? [stale(theirs.id, "")] : []),
      ];
      const before = await stateOf(current(), user.id);
      const evidence = { challenge: what === "the challenge was used before" ? key : challenge, uses };
      expect(await run(current(), user.id, evidence)).toBe("already_used");
      const after = await stateOf(current(), user.id);
      expect(after.credentials).toEqual(before.credentials);
      // A step-up has begun a session of its own before.
      if (done === "created") expect(after).toEqual(before);
      expect(await current().findChallenge(challenge)).toBeDefined();
    });
  });

  it("createSession() that was answered already_used ends none of the sessions beyond the quota", async () => {
    const { user } = await storedAccount(current());
    const session = aSession({ userId: user.id });
    const evidence = { uses: [{ id: user.id, now, change: { version: 9, data: "x" } }] };
    expect(await current().createSession(session, { atMost: 1, now, idleSince: 0 }, evidence)).toBe("already_used");
    expect(await current().listSessions(user.id)).toHaveLength(1);
    expect(await current().createSession(session, { atMost: 1, now, idleSince: 0 }, { uses: [] })).toBe("created");
    expect(await current().listSessions(user.id)).toHaveLength(1);
  });
}

function describeConcurrentUses(current: CurrentStore): void {
  describe("the same evidence twice at once", () => {
    it("of 8 sessions with one challenge exactly one begins", async () => {
      const { user, key } = await withChallenge(current());
      const outcomes = await inParallel(8, () =>
        current().createSession(aSession({ userId: user.id, credentialVersion: 2 }), undefined, evidenceOf(key)),
      );
      expect(outcomes.sort()).toEqual([...Array(7).fill("already_used"), "created"]);
      expect(await current().listSessions(user.id)).toHaveLength(3);
    });

    it("of sessions and step-ups with one challenge exactly one succeeds", async () => {
      const { user, asking, key } = await withChallenge(current());
      const stepUp = { sessionId: asking.id, credentialVersion: 2, methods, now, evidence: evidenceOf(key) };
      const outcomes = await inParallel<string>(8, (index) =>
        index % 2
          ? current().recordStepUp({ ...stepUp, stepUpHash: someBytes(32) })
          : current().createSession(aSession({ userId: user.id, credentialVersion: 2 }), undefined, evidenceOf(key)),
      );
      expect(outcomes.filter((outcome) => outcome === "already_used")).toHaveLength(7);
    });

    it("of 8 sessions with a challenge each and one use of a credential exactly one begins", async () => {
      const { user, credential } = await withChallenge(current());
      const stored = await inParallel(8, () => storedChallenge(current(), { userId: user.id, credentialVersion: 2 }));
      const uses = [{ id: credential.id, now, change: { version: 1, data: "step 7" } }];
      const outcomes = await inParallel(8, (index) => {
        const session = aSession({ userId: user.id, credentialVersion: 2 });
        return current().createSession(session, undefined, { challenge: stored[index]?.key, uses });
      });
      expect(outcomes.sort()).toEqual([...Array(7).fill("already_used"), "created"]);
      const left = await Promise.all(stored.map(({ key }) => current().findChallenge(key)));
      expect(left.filter(Boolean)).toHaveLength(7);
    });
  });
}

const evidenceOf = (challenge: Evidence["challenge"]): Evidence => ({ challenge, uses: [] });
