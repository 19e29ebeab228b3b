import { describe, expect, it } from "vitest";
import { testStart } from "../fake-clock.ts";
import { aNewUser, aSession, someBytes } from "../fixtures.ts";
import { type CurrentStore, found, storedAccount, storedRecord, storedSession } from "./harness.ts";
import { publicPart } from "./session-records.ts";

const later = testStart + 60_000;
const methods = [
  { kind: "password", at: testStart },
  { kind: "key", at: later },
];

/** What says that a user proved a credential again, and what that is asked for. */
export function describeStepUp(current: CurrentStore): void {
  describeStepUpRecord(current);
  describeNameChange(current);
}

function describeStepUpRecord(current: CurrentStore): void {
  describeRecordedStepUp(current);
  describeProvenMethods(current);
}

function stepUpHelpers(current: CurrentStore) {
  /** Asks for what every condition allows, in an account as given; each test breaks one of them. */
  async function renewed(
    overrides: Parameters<typeof storedAccount>[1],
    stepUp: Partial<Parameters<ReturnType<CurrentStore>["recordStepUp"]>[0]> = {},
  ) {
    const { user, session } = await storedAccount(current(), overrides);
    const { credentialVersion } = user;
    const stepUpHash = someBytes(32);
    const asked = { sessionId: session.id, credentialVersion, stepUpHash, methods, now: later, ...stepUp };
    const outcome = await current().recordStepUp(asked);
    const { session: after } = await found(current(), session.id);
    const renewed = { authenticatedAt: asked.now, stepUpHash, stepUpAt: asked.now, stepUpMethods: methods };
    expect(after).toEqual(outcome === "recorded" ? { ...session, ...renewed } : session);
    return outcome;
  }
  return { renewed };
}

function describeRecordedStepUp(current: CurrentStore): void {
  const { renewed } = stepUpHelpers(current);

  describe("recordStepUp()", () => {
    it("sets when a credential was last proven, the step-up and its methods, of that session alone, and nothing else", async () => {
      const { user, session } = await storedAccount(current());
      const other = await storedSession(current(), { userId: user.id });
      const { credentialVersion } = user;
      const stepUpHash = someBytes(32);
      const stepUp = { sessionId: session.id, credentialVersion, stepUpHash, methods, now: later };
      expect(await current().recordStepUp(stepUp)).toBe("recorded");
      const stored = await storedRecord(current(), session.id);
      const renewed = { authenticatedAt: later, stepUpHash, stepUpAt: later, stepUpMethods: methods };
      expect(stored).toEqual({ ...session, ...renewed });
      expect(await storedRecord(current(), other.id)).toEqual(other);
    });

    it("does nothing for a session that has run out, to the millisecond", async () => {
      expect(await renewed({ session: { expiresAt: later } })).toBe("rejected");
      expect(await renewed({ session: { expiresAt: later + 1 } })).toBe("recorded");
    });

    it("does nothing for a session that was ended", async () => {
      expect(await renewed({ session: { revokedAt: testStart, revokedReason: "logout" } })).toBe("rejected");
    });

    it("does nothing for a user who is disabled", async () => {
      expect(await renewed({ user: { disabledAt: testStart } })).toBe("rejected");
    });

    it("does nothing when the password has changed since it was checked", async () => {
      expect(await renewed({ user: { credentialVersion: 2 }, session: { credentialVersion: 2 } })).toBe("recorded");
      const changed = { user: { credentialVersion: 2 }, session: { credentialVersion: 2 } };
      expect(await renewed(changed, { credentialVersion: 1 })).toBe("rejected");
    });

    it("does nothing for a session that is behind its user, whichever version is named", async () => {
      const behind = { user: { credentialVersion: 2 }, session: { credentialVersion: 1 } };
      expect(await renewed(behind, { credentialVersion: 1 })).toBe("rejected");
      expect(await renewed(behind, { credentialVersion: 2 })).toBe("rejected");
    });

    it("rejects a session that does not exist", async () => {
      const { id: sessionId } = aSession({ userId: aNewUser().id });
      const stepUp = { sessionId, credentialVersion: 1, stepUpHash: someBytes(32), methods, now: later };
      expect(await current().recordStepUp(stepUp)).toBe("rejected");
    });
  });
}

function describeProvenMethods(current: CurrentStore): void {
  describe("recordStepUp()", () => {
    it("puts what the device proved in the place of what was proven before, and keeps copies", async () => {
      const before = { stepUpMethods: [{ kind: "a kind of a later version, with a comma", at: testStart - 1 }] };
      const { session } = await storedAccount(current(), { session: before });
      expect((await storedRecord(current(), session.id)).stepUpMethods).toEqual(before.stepUpMethods);
      const proven = [{ kind: "key", at: later }];
      const stepUp = { sessionId: session.id, credentialVersion: 1, stepUpHash: someBytes(32), now: later };
      await current().recordStepUp({ ...stepUp, methods: proven });
      proven.push({ kind: "password", at: later });
      expect((await storedRecord(current(), session.id)).stepUpMethods).toEqual([{ kind: "key", at: later }]);
      await current().recordStepUp({ ...stepUp, methods: [] });
      expect((await storedRecord(current(), session.id)).stepUpMethods).toEqual([]);
    });
  });
}

function describeNameChange(current: CurrentStore): void {
  describe("changeName()", () => {
    it("changes that user's name, raises their claims version by one, and touches nothing else", async () => {
      const { user, session } = await storedAccount(current());
      const stranger = await storedAccount(current());
      expect(await current().changeName({ userId: user.id, name: "Ada King" })).toBe(true);
      const { session: kept, user: changed } = await found(current(), session.id);
      expect(changed).toEqual({ ...publicPart(user), name: "Ada King", claimsVersion: user.claimsVersion + 1 });
      expect(kept).toEqual(session);
      expect((await current().findCredentialsById(user.id))?.passwordHash).toBe(user.passwordHash);
      const { user: other } = await found(current(), stranger.session.id);
      expect(other).toMatchObject({ name: stranger.user.name, claimsVersion: stranger.user.claimsVersion });
    });

    it("changes nothing of a user who is disabled, and answers false where there is nobody", async () => {
      const { user, session } = await storedAccount(current(), { user: { disabledAt: testStart } });
      expect(await current().changeName({ userId: user.id, name: "Ada King" })).toBe(false);
      const { user: stored } = await found(current(), session.id);
      expect(stored).toMatchObject({ name: user.name, claimsVersion: user.claimsVersion });
      expect(await current().changeName({ userId: aNewUser().id, name: "Ada King" })).toBe(false);
    });
  });
}
