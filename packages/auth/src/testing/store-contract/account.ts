import { describe, expect, it } from "vitest";
import { testStart } from "../fake-clock.ts";
import { aNewUser, aSession, someBytes } from "../fixtures.ts";
import { type CurrentStore, found, inParallel, plain, storedAccount, storedRecord, storedSession } from "./harness.ts";
import { credentials } from "./session-records.ts";

/** Making accounts, finding them, and beginning sessions. */
export function describeAccounts(current: CurrentStore): void {
  describeAccountCreation(current);
  describeCredentialSearch(current);
  describeSessionList(current);
  describeSessionCreation(current);
  describeSessionCreationRace(current);
}

function describeAccountCreation(current: CurrentStore): void {
  describe("createAccount()", () => {
    it("adds the user and the first session together", async () => {
      const { user, session } = await storedAccount(current());
      expect(await current().findCredentialsById(user.id)).toEqual(credentials(user));
      expect(await storedRecord(current(), session.id)).toEqual(session);
    });

    it("adds a user without a session where it is given none, and rejects a taken name as well", async () => {
      const user = { ...aNewUser(), passwordHash: null };
      expect(await current().createAccount({ user })).toBe("created");
      const { user: stored, passwordHash } = (await current().findCredentialsById(user.id)) ?? {};
      expect([stored?.username, passwordHash]).toEqual([user.username, null]);
      expect(await current().listSessions(user.id)).toEqual([]);
      const other = aNewUser({ username: user.username });
      expect(await current().createAccount({ user: other })).toBe("username_taken");
      expect(await current().findCredentialsById(other.id)).toBeUndefined();
    });

    it.each([
      { key: "usernameKey", taken: "username_taken" },
      { key: "usernameSkeleton", taken: "username_taken" },
      { key: "emailKey", taken: "email_taken" },
    ] as const)("answers $taken when $key is taken, and stores neither row", async ({ key, taken }) => {
      const first = await storedAccount(current());
      const user = aNewUser({ [key]: first.user[key] });
      const session = aSession({ userId: user.id });
      expect(await current().createAccount({ user, session })).toBe(taken);
      expect(await current().findCredentialsById(user.id)).toBeUndefined();
      expect(await current().findStoredSession(session.id)).toBeUndefined();
      expect(await current().findCredentialsById(first.user.id)).toEqual(credentials(first.user));
    });

    it.each([
      { key: "usernameKey", taken: "username_taken" },
      { key: "usernameSkeleton", taken: "username_taken" },
      { key: "emailKey", taken: "email_taken" },
    ] as const)("creates exactly one of 20 parallel accounts with the same $key", async ({ key, taken }) => {
      const shared = aNewUser()[key];
      const accounts = Array.from({ length: 20 }, () => {
        const user = aNewUser({ [key]: shared });
        return { user, session: aSession({ userId: user.id }) };
      });
      const outcomes = await Promise.all(accounts.map((account) => current().createAccount(account)));
      expect(outcomes.toSorted()).toEqual(["created", ...Array<string>(19).fill(taken)].toSorted());
      for (const [index, { user, session }] of accounts.entries()) {
        const stored = outcomes[index] === "created";
        expect((await current().findCredentialsById(user.id)) !== undefined).toBe(stored);
        expect((await current().findStoredSession(session.id)) !== undefined).toBe(stored);
      }
    });

    it("adds no user when the session cannot be added", async () => {
      const first = await storedAccount(current());
      const user = aNewUser();
      const session = aSession({ userId: user.id, id: first.session.id });
      await expect(current().createAccount({ user, session })).rejects.toThrow();
      expect(await current().findCredentialsById(user.id)).toBeUndefined();
      expect(await current().findCredentials({ usernameKey: user.usernameKey })).toBeUndefined();
      expect(await storedRecord(current(), first.session.id)).toEqual(first.session);
      const retried = { user, session: aSession({ userId: user.id }) };
      expect(await current().createAccount(retried)).toBe("created");
    });
  });
}

function describeCredentialSearch(current: CurrentStore): void {
  describe("findCredentials()", () => {
    it("finds a user by either key and by id, and nobody by another's", async () => {
      const { user } = await storedAccount(current());
      await storedAccount(current());
      expect(await current().findCredentials({ usernameKey: user.usernameKey })).toEqual(credentials(user));
      expect(await current().findCredentials({ emailKey: user.emailKey })).toEqual(credentials(user));
      expect(await current().findCredentialsById(user.id)).toEqual(credentials(user));
      expect(await current().findCredentials({ usernameKey: user.emailKey })).toBeUndefined();
      expect(await current().findCredentials({ emailKey: user.usernameKey })).toBeUndefined();
    });

    it("compares keys exactly as given: making them canonical is the caller's work", async () => {
      const { user } = await storedAccount(current(), { user: { username: "Hopper" } });
      expect(user.usernameKey).toBe("hopper");
      expect(await current().findCredentials({ usernameKey: "Hopper" })).toBeUndefined();
      expect(await current().findCredentials({ usernameKey: "hopper " })).toBeUndefined();
      expect(await current().findCredentials({ usernameKey: "hoppe_" })).toBeUndefined();
    });
  });
}

function describeSessionList(current: CurrentStore): void {
  describe("listSessions()", () => {
    it("gives the user's own sessions, whole and with the user, and nobody else's", async () => {
      const { user, session: first } = await storedAccount(current());
      await storedAccount(current());
      const second = await storedSession(current(), { userId: user.id, lastUsedHash: someBytes(32) });
      const listed = await current().listSessions(user.id);
      const { user: stored } = await found(current(), first.id);
      expect(listed.map(({ user: owner }) => owner)).toEqual([stored, stored]);
      const byId = new Map(listed.map(({ session }) => [session.id, plain(session)]));
      expect(byId).toEqual(
        new Map([
          [first.id, first],
          [second.id, second],
        ]),
      );
    });

    it("leaves out what was revoked, and leaves it to the rules what has run out", async () => {
      const { user, session: first } = await storedAccount(current(), { session: { expiresAt: testStart - 1 } });
      const second = await storedSession(current(), { userId: user.id });
      await current().revokeSession({ sessionId: second.id, reason: "logout", now: testStart });
      expect((await current().listSessions(user.id)).map(({ session }) => session.id)).toEqual([first.id]);
    });

    it("gives none of a user that does not exist, and copies of those that do", async () => {
      expect(await current().listSessions(aNewUser().id)).toEqual([]);
      const { user, session } = await storedAccount(current());
      const [taken] = await current().listSessions(user.id);
      taken?.session.nextHash.fill(7);
      expect(await storedRecord(current(), session.id)).toEqual(session);
    });
  });
}

function describeSessionCreation(current: CurrentStore): void {
  describe("createSession()", () => {
    it("adds a session beside the others of the user", async () => {
      const { user, session: first } = await storedAccount(current());
      const second = await storedSession(current(), { userId: user.id });
      expect(await storedRecord(current(), first.id)).toEqual(first);
      expect(await storedRecord(current(), second.id)).toEqual(second);
    });

    it.each([
      { why: "the password was changed since", user: { credentialVersion: 2 }, session: { credentialVersion: 1 } },
      { why: "its credential version is ahead of the user's", user: {}, session: { credentialVersion: 2 } },
      { why: "the user is disabled", user: { disabledAt: testStart }, session: {} },
    ])("adds nothing when $why (R12)", async ({ user: overrides, session: changes }) => {
      const { user } = await storedAccount(current(), { user: overrides });
      const version = { credentialVersion: user.credentialVersion };
      const session = aSession({ userId: user.id, ...version, ...changes });
      expect(await current().createSession(session)).toBe("credentials_changed");
      expect(await current().findStoredSession(session.id)).toBeUndefined();
    });

    it("adds nothing for a user that does not exist", async () => {
      const session = aSession({ userId: aNewUser().id });
      expect(await current().createSession(session)).toBe("credentials_changed");
      expect(await current().findStoredSession(session.id)).toBeUndefined();
    });

    it("leaves the stored session alone when its id is taken", async () => {
      const { user, session } = await storedAccount(current());
      await expect(current().createSession(aSession({ userId: user.id, id: session.id }))).rejects.toThrow();
      expect(await storedRecord(current(), session.id)).toEqual(session);
    });
  });
}

function describeSessionCreationRace(current: CurrentStore): void {
  describe("createSession()", () => {
    it("leaves no living session of the old password, in whatever order a login and the change arrive (R12)", async () => {
      for (let round = 0; round < 10; round += 1) {
        const { user, session: kept } = await storedAccount(current());
        const sessions = Array.from({ length: 4 }, () => aSession({ userId: user.id }));
        const change = {
          userId: user.id,
          from: user.passwordHash,
          to: "new",
          stepUpHash: someBytes(32),
          methods: [],
          keepSessionId: kept.id,
          now: testStart,
        };
        const [early, late] = [sessions.slice(0, 2), sessions.slice(2)];
        await Promise.all([
          ...early.map((session) => current().createSession(session)),
          current().changePassword(change),
          ...late.map((session) => current().createSession(session)),
        ]);
        const stored = await inParallel(sessions.length, (index) =>
          current().findStoredSession(sessions[index]?.id ?? ""),
        );
        const living = stored.filter((record) => record?.session.revokedAt === null);
        expect(living).toEqual([]);
      }
    });
  });
}
