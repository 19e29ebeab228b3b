import { describe, expect, it } from "vitest";
import type { ProvenMethod } from "../../core/domain/credential.ts";
import type { Credentials, NewUser, User } from "../../core/domain/model.ts";
import { testStart } from "../fake-clock.ts";
import { aNewUser, aSession, someBytes } from "../fixtures.ts";
import { type CurrentStore, found, plain, storedAccount, storedRecord } from "./harness.ts";

/** What goes in comes out, whole and unshared. */
export function describeRecords(current: CurrentStore): void {
  describeSessionRecords(current);
  describeStoredText(current);
  describeCopies(current);
}

function describeSessionRecords(current: CurrentStore): void {
  describe("records", () => {
    it("findStoredSession() returns every field of the session and of its user as they were stored", async () => {
      const { user, session } = await storedAccount(current(), {
        user: { createdAt: testStart - 5, disabledAt: testStart + 5, credentialVersion: 7 },
        session: {
          delivery: "body",
          rememberMe: false,
          generation: 4_294_967_295,
          lastUsedHash: someBytes(32),
          rotatedAt: testStart + 1,
          createdAt: testStart + 2,
          authenticatedAt: testStart + 3,
          expiresAt: testStart + 4,
          credentialVersion: 6,
          revokedAt: testStart + 6,
          revokedReason: "refresh_token_reused",
          lastSeenAt: testStart + 7,
        },
      });
      expect(await found(current(), session.id)).toEqual({ session, user: publicPart(user) });
    });

    it("findStoredSession() returns null for each field that is null", async () => {
      const none = { userAgent: null, ipAddress: null, stepUpHash: null, stepUpAt: null, stepUpMethods: [] };
      const { session } = await storedAccount(current(), { session: none });
      expect(await storedRecord(current(), session.id)).toEqual({
        ...session,
        lastUsedHash: null,
        stepUpHash: null,
        stepUpAt: null,
        revokedAt: null,
        revokedReason: null,
        userAgent: null,
        ipAddress: null,
      });
    });

    it.each([
      {},
      { userAgent: null, ipAddress: null, rememberMe: false, revokedAt: testStart, revokedReason: "logout" } as const,
    ])(
      "findLogin() returns the same session without a hash, its user, and the state of the signing keys: %j",
      async (fields) => {
        const { user, session } = await storedAccount(current(), { session: fields });
        const { familyHash, nextHash, lastUsedHash, salt, stepUpHash, stepUpAt, stepUpMethods, ...facts } = session;
        const keyRingVersion = expect.any(Number);
        expect(await current().findSessionWithUser(session.id)).toEqual({
          session: facts,
          user: publicPart(user),
          keyRingVersion,
        });
      },
    );
  });
}

function describeStoredText(current: CurrentStore): void {
  describe("records", () => {
    it("findSessionWithUser() says what has become of them at once, however often it was asked before", async () => {
      const { user, session } = await storedAccount(current());
      const [sessionId, userId, now] = [session.id, user.id, testStart + 1];
      const { nextHash: expectedNextHash, generation: expectedGeneration, credentialVersion } = session;
      const next = { expectedNextHash, expectedGeneration, nextHash: someBytes(32), salt: someBytes(16) };
      const changes: Array<() => Promise<unknown>> = [
        () => current().changeName({ userId, name: "Ada King" }),
        () => current().setRole({ userId, role: "admin" }),
        () => current().recordStepUp({ sessionId, credentialVersion, stepUpHash: someBytes(32), methods: [], now }),
        () => current().rotateSession({ sessionId, ...next, idleSince: 0, now }),
        () => current().revokeSession({ sessionId, reason: "logout", now }),
      ];
      for (const change of changes) {
        const before = await current().findSessionWithUser(sessionId);
        expect(await current().findSessionWithUser(sessionId)).toEqual(before);
        expect(await change()).toBeOneOf([true, "done", "recorded"]);
        const after = await current().findSessionWithUser(sessionId);
        expect(after).not.toEqual(before);
        expect(await found(current(), sessionId)).toMatchObject({ session: after?.session, user: after?.user });
      }
    });

    it("what becomes of an answer of findSessionWithUser() changes no later one", async () => {
      const { session } = await storedAccount(current());
      const one = await current().findSessionWithUser(session.id);
      const asItWas = structuredClone(one);
      for (const part of [one, one?.session, one?.user]) {
        // What is frozen cannot be changed at all.
        for (const name of Object.keys(part ?? {})) Reflect.set(part ?? {}, name, null);
      }
      expect(await current().findSessionWithUser(session.id)).toEqual(asItWas);
    });

    it("findSessionWithUser(), findStoredSession() and findCredentialsById() return undefined for an unknown id", async () => {
      const user = aNewUser();
      expect(await current().findSessionWithUser(aSession({ userId: user.id }).id)).toBeUndefined();
      expect(await current().findStoredSession(aSession({ userId: user.id }).id)).toBeUndefined();
      expect(await current().findCredentialsById(user.id)).toBeUndefined();
    });

    it("keeps text of any alphabet, length and planes unchanged", async () => {
      const name = `Ἀδα 愛 👩🏽‍🚀 ‮x‬ e\u0301 'quoted' "twice"; -- %_\\ ${"長".repeat(5_000)}`;
      const { user, session } = await storedAccount(current(), {
        user: { username: "Çelebi-愛👩🏽‍🚀", email: "δοκιμή@παράδειγμα.δοκιμή", name },
        session: { userAgent: name, ipAddress: "2001:db8::ffff:192.0.2.128" },
      });
      const record = await found(current(), session.id);
      expect(record.user).toEqual(publicPart(user));
      expect(record.session.userAgent).toBe(name);
      expect(await current().findCredentials({ usernameKey: user.usernameKey })).toEqual(credentials(user));
    });
  });
}

function describeCopies(current: CurrentStore): void {
  describe("records", () => {
    it("keeps every octet of hashes and salts, zero and 255 among them", async () => {
      const octets = Uint8Array.from({ length: 32 }, (_, index) => (index % 2 ? 255 : 0));
      const { session } = await storedAccount(current(), {
        session: {
          familyHash: octets,
          nextHash: octets,
          lastUsedHash: octets,
          salt: octets.slice(0, 16),
          stepUpHash: octets,
        },
      });
      expect(await storedRecord(current(), session.id)).toEqual(session);
    });

    it("returns copies: changing a found session changes nothing in the store", async () => {
      const { session } = await storedAccount(current(), { session: { lastUsedHash: someBytes(32) } });
      const kinds = (await current().findStoredSession(session.id))?.kinds;
      const before = await found(current(), session.id);
      const taken = await current().findStoredSession(session.id);
      if (!taken) throw new Error("There is no such session");
      Object.assign(taken.session, { revokedAt: 1, generation: 99 });
      Object.assign(taken.user, { disabledAt: 1, name: "Mallory" });
      for (const bytes of [taken.session.nextHash, taken.session.salt, taken.session.familyHash]) bytes.fill(7);
      taken.session.lastUsedHash?.fill(7);
      taken.session.stepUpHash?.fill(7);
      (taken.session.stepUpMethods as ProvenMethod[]).push({ kind: "key", at: testStart });
      for (const method of taken.session.stepUpMethods) method.at = 1;
      (taken.kinds as string[]).push("key");
      expect(await found(current(), session.id)).toEqual(before);
      expect((await current().findStoredSession(session.id))?.kinds).toEqual(kinds);
    });

    it("returns copies: changing found credentials changes nothing in the store", async () => {
      const { user } = await storedAccount(current());
      const taken = await current().findCredentialsById(user.id);
      if (!taken) throw new Error("There is no such user");
      taken.passwordHash = "changed";
      Object.assign(taken.user, { credentialVersion: 99, username: "Mallory" });
      expect(await current().findCredentialsById(user.id)).toEqual(credentials(user));
    });

    it("takes copies: changing a record after it was stored changes nothing in the store", async () => {
      const { user, session } = await storedAccount(current());
      const before = { session: plain(session), user: publicPart(user) };
      Object.assign(user, { name: "Mallory", passwordHash: "changed" });
      Object.assign(session, { revokedAt: 1 });
      session.nextHash.fill(7);
      expect(await found(current(), session.id)).toEqual(before);
    });
  });
}

/** What the port returns of a stored user. */
export function publicPart(stored: NewUser): User {
  const { usernameKey: _key, usernameSkeleton: _looks, emailKey: _emailKey, passwordHash: _hash, ...user } = stored;
  return user;
}

export function credentials(user: NewUser): Credentials {
  return { user: publicPart(user), passwordHash: user.passwordHash, kinds: ["password"] };
}
