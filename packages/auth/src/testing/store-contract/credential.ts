import { describe, expect, it } from "vitest";
import { testStart } from "../fake-clock.ts";
import { someBytes } from "../fixtures.ts";
import {
  allowedChange,
  type CurrentStore,
  found,
  inParallel,
  storedAccount,
  storedRecord,
  storedSession,
} from "./harness.ts";

/** Hashes that are renewed, and passwords that are changed together with what that ends. */
export function describeCredentials(current: CurrentStore): void {
  describeHashUpgrade(current);
  describeHighestCost(current);
  describePasswordChange(current);
}

function describeHighestCost(current: CurrentStore): void {
  const bcrypt = (cost: string) => `$2b$${cost}$${"a".repeat(53)}`;
  const add = (passwordHash: string) => storedAccount(current(), { user: { passwordHash } });

  describe("highestPasswordCost()", () => {
    it("is that of the dearest hash, ours or another system's, up to a bound", async () => {
      await add(`ww1.hmac-sha384.none.${bcrypt("10")}`);
      await add(bcrypt("09"));
      expect(await current().highestPasswordCost({ atMost: 15 })).toBe(10);
      await add(`ww1.hmac-sha384.a-pepper-2.${bcrypt("12")}`);
      await add(bcrypt("31").replace("$2b$", "$2y$"));
      expect(await current().highestPasswordCost({ atMost: 15 })).toBe(12);
      expect(await current().highestPasswordCost({ atMost: 11 })).toBe(10);
      expect(await current().highestPasswordCost({ atMost: 8 })).toBeUndefined();
    });

    it("follows a change, and takes nothing else for a hash", async () => {
      for (const other of ["", "12", "$2b$", "0123412567", "ww1.hmac-sha384.none.", "abc12"]) await add(other);
      expect(await current().highestPasswordCost({ atMost: 15 })).toBeUndefined();
      const { user } = await add(bcrypt("14"));
      expect(await current().highestPasswordCost({ atMost: 15 })).toBe(14);
      await current().upgradePasswordHash({ userId: user.id, from: bcrypt("14"), to: bcrypt("05") });
      expect(await current().highestPasswordCost({ atMost: 15 })).toBe(5);
    });
  });
}

function describeHashUpgrade(current: CurrentStore): void {
  describe("upgradePasswordHash()", () => {
    it("replaces the hash and ends nothing", async () => {
      const { user, session } = await storedAccount(current());
      const upgrade = { userId: user.id, from: user.passwordHash, to: "newer" };
      expect(await current().upgradePasswordHash(upgrade)).toBe(true);
      expect((await current().findCredentialsById(user.id))?.passwordHash).toBe("newer");
      const { session: kept, user: stored } = await found(current(), session.id);
      expect(kept).toEqual(session);
      expect(stored.credentialVersion).toBe(user.credentialVersion);
    });

    it("changes nothing when the stored hash is not `from`, so that it never undoes a password change (P15)", async () => {
      const { user, session } = await storedAccount(current());
      const change = {
        userId: user.id,
        from: user.passwordHash,
        to: "new",
        stepUpHash: someBytes(32),
        methods: [],
        keepSessionId: session.id,
        now: testStart,
      };
      expect(await current().changePassword(change)).toBe(true);
      const upgrade = { userId: user.id, from: user.passwordHash, to: "old password, newer hash" };
      expect(await current().upgradePasswordHash(upgrade)).toBe(false);
      expect((await current().findCredentialsById(user.id))?.passwordHash).toBe("new");
    });

    it("changes only that user's hash, also when another has the same", async () => {
      const { user } = await storedAccount(current(), { user: { passwordHash: "shared" } });
      const { user: other } = await storedAccount(current(), { user: { passwordHash: "shared" } });
      expect(await current().upgradePasswordHash({ userId: user.id, from: "shared", to: "newer" })).toBe(true);
      expect((await current().findCredentialsById(other.id))?.passwordHash).toBe("shared");
    });
  });
}

function describePasswordChange(current: CurrentStore): void {
  describeChangedPassword(current);
  describeOtherSessions(current);
  describeRejectedChanges(current);
}

function passwordChangeHelpers(current: CurrentStore) {
  /** A user with two sessions, and the change that keeps the first. */
  async function prepared() {
    const { user, session: kept } = await storedAccount(current());
    const other = await storedSession(current(), { userId: user.id });
    const now = testStart + 7;
    const change = {
      userId: user.id,
      from: user.passwordHash,
      to: "new",
      stepUpHash: someBytes(32),
      methods: [{ kind: "password", at: now }],
      keepSessionId: kept.id,
      now,
    };
    return { user, kept, other, change };
  }
  return { prepared };
}

function describeChangedPassword(current: CurrentStore): void {
  const { prepared } = passwordChangeHelpers(current);

  describe("changePassword()", () => {
    it("replaces the hash and raises the credential version of the user and of the kept session by one", async () => {
      const { user, kept, change } = await prepared();
      expect(await current().changePassword(change)).toBe(true);
      const credentials = await current().findCredentialsById(user.id);
      expect(credentials?.passwordHash).toBe("new");
      const record = await found(current(), kept.id);
      expect(record.user.credentialVersion).toBe(user.credentialVersion + 1);
      expect(record.user.claimsVersion).toBe(user.claimsVersion + 1);
      expect(record.session).toEqual({
        ...kept,
        credentialVersion: kept.credentialVersion + 1,
        authenticatedAt: change.now,
        stepUpHash: change.stepUpHash,
        stepUpAt: change.now,
        stepUpMethods: change.methods,
      });
      expect(await current().rotateSession(allowedChange(kept))).toBe(true);
    });

    it("given a rotation, rotates the kept session at the same stroke", async () => {
      const { kept, change } = await prepared();
      const rotation = allowedChange(kept);
      expect(await current().changePassword({ ...change, rotation })).toBe(true);
      expect(await storedRecord(current(), kept.id)).toMatchObject({
        generation: kept.generation + 1,
        lastUsedHash: kept.nextHash,
        nextHash: rotation.nextHash,
        salt: rotation.salt,
        credentialVersion: kept.credentialVersion + 1,
        stepUpHash: change.stepUpHash,
        stepUpMethods: change.methods,
      });
    });

    it.each(["the rotation", "the password"])("changes nothing at all where %s came too late", async (what) => {
      const { user, kept, other, change } = await prepared();
      const rotation = { ...allowedChange(kept), ...(what === "the rotation" && { expectedNextHash: someBytes(32) }) };
      const from = what === "the password" ? "another" : change.from;
      expect(await current().changePassword({ ...change, from, rotation })).toBe(false);
      expect((await current().findCredentialsById(user.id))?.passwordHash).toBe(user.passwordHash);
      expect(await storedRecord(current(), kept.id)).toEqual(kept);
      expect(await storedRecord(current(), other.id)).toEqual(other);
      expect((await found(current(), kept.id)).user.claimsVersion).toBe(user.claimsVersion);
    });

    it("lets one of 8 parallel changes and refreshes rotate", async () => {
      const { kept, change } = await prepared();
      const outcomes = await inParallel(8, (index) => {
        const rotation = allowedChange(kept);
        return index % 2 ? current().rotateSession(rotation) : current().changePassword({ ...change, rotation });
      });
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      expect((await storedRecord(current(), kept.id)).generation).toBe(kept.generation + 1);
    });
  });
}

function describeOtherSessions(current: CurrentStore): void {
  const { prepared } = passwordChangeHelpers(current);

  describe("changePassword()", () => {
    it("ends every other session of the user, and none of anybody else", async () => {
      const { other, change } = await prepared();
      const stranger = await storedAccount(current());
      expect(await current().changePassword(change)).toBe(true);
      expect(await storedRecord(current(), other.id)).toEqual({
        ...other,
        revokedAt: change.now,
        revokedReason: "password_changed",
      });
      expect(await current().rotateSession(allowedChange(other))).toBe(false);
      expect(await found(current(), stranger.session.id)).toMatchObject({
        session: stranger.session,
        user: { credentialVersion: stranger.user.credentialVersion },
      });
    });

    it("leaves the reason of a session that had already ended", async () => {
      const { other, change } = await prepared();
      await current().revokeSession({ sessionId: other.id, reason: "logout", now: testStart + 1 });
      expect(await current().changePassword(change)).toBe(true);
      const stored = await storedRecord(current(), other.id);
      expect(stored).toMatchObject({ revokedAt: testStart + 1, revokedReason: "logout" });
    });

    it("does not revive the kept session when that had ended", async () => {
      const { user, session } = await storedAccount(current(), { session: { credentialVersion: 0 } });
      const change = {
        userId: user.id,
        from: user.passwordHash,
        to: "new",
        stepUpHash: someBytes(32),
        methods: [],
        keepSessionId: session.id,
        now: testStart,
      };
      expect(await current().changePassword(change)).toBe(true);
      expect(await current().rotateSession(allowedChange(session))).toBe(false);
    });

    it("keeps no session of somebody else, nor touches it", async () => {
      const { other, kept, change } = await prepared();
      const stranger = await storedAccount(current());
      expect(await current().changePassword({ ...change, keepSessionId: stranger.session.id })).toBe(true);
      expect((await storedRecord(current(), kept.id)).revokedReason).toBe("password_changed");
      expect((await storedRecord(current(), other.id)).revokedReason).toBe("password_changed");
      expect(await storedRecord(current(), stranger.session.id)).toEqual(stranger.session);
    });
  });
}

function describeRejectedChanges(current: CurrentStore): void {
  const { prepared } = passwordChangeHelpers(current);

  describe("changePassword()", () => {
    it("changes nothing when the stored hash is not `from`", async () => {
      const { user, kept, other, change } = await prepared();
      expect(await current().changePassword({ ...change, from: "another" })).toBe(false);
      expect((await current().findCredentialsById(user.id))?.passwordHash).toBe(user.passwordHash);
      expect((await found(current(), kept.id)).user.credentialVersion).toBe(user.credentialVersion);
      expect(await storedRecord(current(), kept.id)).toEqual(kept);
      expect(await storedRecord(current(), other.id)).toEqual(other);
    });

    it("changes nothing when the user is disabled", async () => {
      const { user, session } = await storedAccount(current(), { user: { disabledAt: testStart } });
      const change = {
        userId: user.id,
        from: user.passwordHash,
        to: "new",
        stepUpHash: someBytes(32),
        methods: [],
        keepSessionId: session.id,
        now: testStart,
      };
      expect(await current().changePassword(change)).toBe(false);
      expect((await current().findCredentialsById(user.id))?.passwordHash).toBe(user.passwordHash);
      expect(await storedRecord(current(), session.id)).toEqual(session);
    });

    it("lets exactly one of 8 parallel changes from the same hash win", async () => {
      const { user, kept, change } = await prepared();
      const outcomes = await inParallel(8, (index) => current().changePassword({ ...change, to: `new ${index}` }));
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      const stored = await current().findCredentialsById(user.id);
      expect(stored?.passwordHash).toBe(`new ${outcomes.indexOf(true)}`);
      expect(stored?.user.credentialVersion).toBe(user.credentialVersion + 1);
      expect((await storedRecord(current(), kept.id)).credentialVersion).toBe(user.credentialVersion + 1);
    });

    it("ends the others and keeps the kept one, whatever refreshes are under way (R11)", async () => {
      const { kept, other, change } = await prepared();
      const rotations = [kept, other, kept, other].map((session) => () => {
        return current().rotateSession(allowedChange(session));
      });
      await Promise.all([
        rotations[0]?.(),
        rotations[1]?.(),
        current().changePassword(change),
        rotations[2]?.(),
        rotations[3]?.(),
      ]);
      const [keptNow, otherNow] = [await storedRecord(current(), kept.id), await storedRecord(current(), other.id)];
      expect(await current().rotateSession(allowedChange(otherNow))).toBe(false);
      expect(await current().rotateSession(allowedChange(keptNow))).toBe(true);
    });
  });
}
