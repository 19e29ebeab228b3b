import { describe, expect, it } from "vitest";
import type { AuthStore } from "../../core/ports/store.ts";
import { testStart } from "../fake-clock.ts";
import { aLinkUse, aNewUser, aSession, someBytes } from "../fixtures.ts";
import { aLink } from "./email/email-links.ts";
import { anOutboxEmail } from "./email/email-outbox.ts";
import { aCredential, type CurrentStore, found, inParallel, storedAccount } from "./harness.ts";

const now = testStart + 60_000;
const waysIn = ["password", "key"];

/** The rows of all kinds: what is added, replaced, used and removed, and what that raises. */
export function describeCredentialRows(current: CurrentStore): void {
  describeListing(current);
  describePasswordUse(current);
  describeAddition(current);
  describeReplacement(current);
  describeRemoval(current);
  describeKinds(current);
}

export const versionOf = async (store: AuthStore, userId: string) =>
  (await store.findCredentialsById(userId))?.user.credentialVersion;

function describeListing(current: CurrentStore): void {
  describe("listCredentials() and findCredential()", () => {
    it("an account begins with its password alone, whose id is the user's", async () => {
      const { user } = await storedAccount(current());
      const password = { kind: "password", lookupKey: null, data: user.passwordHash, version: 1, label: null };
      expect(await current().listCredentials(user.id)).toEqual([
        { id: user.id, userId: user.id, ...password, createdAt: user.createdAt, lastUsedAt: user.createdAt },
      ]);
    });

    it("an account that begins without a password has none, until a reset link sets one", async () => {
      const user = { ...aNewUser(), passwordHash: null };
      await current().createAccount({ user, session: aSession({ userId: user.id }) });
      expect(await current().listCredentials(user.id)).toEqual([]);
      expect(await current().findCredentialsById(user.id)).toMatchObject({ passwordHash: null });
      const link = aLink(user, "reset_password");
      await current().putEmailLink(link);
      await current().consumeResetLink({ ...aLinkUse(link.secretHash, now), passwordHash: "first" });
      expect(await current().findCredentialsById(user.id)).toMatchObject({ passwordHash: "first" });
      expect(await current().listCredentials(user.id)).toMatchObject([
        { kind: "password", version: 1, createdAt: now, lastUsedAt: null },
      ]);
    });

    it("each change of a password is a version of its row", async () => {
      const { user, session } = await storedAccount(current());
      await current().upgradePasswordHash({ userId: user.id, from: user.passwordHash, to: "upgraded" });
      expect(await current().listCredentials(user.id)).toMatchObject([{ data: "upgraded", version: 2 }]);
      const change = { keepSessionId: session.id, stepUpHash: someBytes(32), methods: [], now };
      await current().changePassword({ userId: user.id, from: "upgraded", to: "changed", ...change });
      expect(await current().listCredentials(user.id)).toMatchObject([{ data: "changed", version: 3 }]);
    });

    it("finds one by kind and lookup key, of no other kind, and lists each user's own, the oldest first", async () => {
      const [ada, bob] = [await storedAccount(current()), await storedAccount(current())];
      const one = aCredential(ada.user.id, { lookupKey: "key/1" });
      const two = aCredential(ada.user.id, { createdAt: testStart - 1 });
      for (const [credential, credentialVersion] of [
        [one, 1],
        [two, 2],
      ] as const) {
        expect(await current().addCredential({ credential, credentialVersion })).toBe("added");
      }
      expect(await current().findCredential({ kind: "key", lookupKey: "key/1" })).toEqual(one);
      expect(await current().findCredential({ kind: "password", lookupKey: "key/1" })).toBeUndefined();
      expect(await current().findCredential({ kind: "key", lookupKey: "key/2" })).toBeUndefined();
      expect((await current().listCredentials(ada.user.id)).map(({ id }) => id)).toEqual([two.id, ada.user.id, one.id]);
      expect(await current().listCredentials(bob.user.id)).toHaveLength(1);
    });
  });
}

function describePasswordUse(current: CurrentStore): void {
  describe("the password of an account", () => {
    it("keeps when it was used last through a change and a reset", async () => {
      const { user, session } = await storedAccount(current());
      const change = { keepSessionId: session.id, stepUpHash: someBytes(32), methods: [], now };
      await current().changePassword({ userId: user.id, from: user.passwordHash, to: "changed", ...change });
      const link = aLink({ ...user, credentialVersion: 2 }, "reset_password");
      await current().putEmailLink(link);
      await current().consumeResetLink({ ...aLinkUse(link.secretHash, now), passwordHash: "reset" });
      const [password] = await current().listCredentials(user.id);
      expect(password).toMatchObject({ data: "reset", version: 3, lastUsedAt: user.createdAt });
    });
  });
}

function describeAddition(current: CurrentStore): void {
  describe("addCredential()", () => {
    it("raises the version of the user and of the living sessions, which go on, and voids what was bound to it", async () => {
      const { user, session } = await storedAccount(current());
      const [ended, stale] = [aSession({ userId: user.id }), aSession({ userId: user.id })];
      for (const one of [ended, stale]) await current().createSession(one);
      await current().revokeSession({ sessionId: ended.id, now, reason: "logout" });
      const link = aLink(user, "verify_email");
      await current().putEmailLink(link);
      await current().enqueueEmail(anOutboxEmail({ userId: user.id, kind: "verify_email" }));
      expect(await current().addCredential({ credential: aCredential(user.id), credentialVersion: 1 })).toBe("added");
      const { session: kept, user: stored } = await found(current(), session.id);
      expect([kept, stored.credentialVersion]).toEqual([{ ...session, credentialVersion: 2 }, 2]);
      expect((await found(current(), ended.id)).session.credentialVersion).toBe(1);
      expect(await current().consumeVerifyLink(aLinkUse(link.secretHash, now))).toBeUndefined();
      expect(await current().claimEmail({ now: now + 3_600_000, leaseUntil: now + 3_600_001 })).toBeUndefined();
      // A login that was proven before and begins its session now.
      expect(await current().createSession(aSession({ userId: user.id }))).toBe("credentials_changed");
      expect(await current().createSession(aSession({ userId: user.id, credentialVersion: 2 }))).toBe("created");
    });

    it.each<[string, (store: AuthStore, userId: string) => Promise<unknown>]>([
      ["of another version", async () => undefined],
      ["that is disabled", (store, userId) => store.disableUser({ userId, now })],
      ["that is deleted", (store, userId) => store.deleteUser({ userId })],
    ])("adds nothing to a user %s", async (what, change) => {
      const { user } = await storedAccount(current());
      await change(current(), user.id);
      const credential = aCredential(user.id);
      const credentialVersion = what === "of another version" ? 2 : 1;
      expect(await current().addCredential({ credential, credentialVersion })).toBe("credentials_changed");
      expect((await current().listCredentials(user.id)).filter(({ kind }) => kind !== "password")).toEqual([]);
    });

    it("takes no id and no lookup key twice, of any user, and no second password: nothing is raised", async () => {
      const [ada, bob] = [await storedAccount(current()), await storedAccount(current())];
      const first = aCredential(bob.user.id, { lookupKey: "key/1" });
      await current().addCredential({ credential: first, credentialVersion: 1 });
      for (const taken of [{ id: first.id }, { lookupKey: "key/1" }, { kind: "password" }]) {
        const credential = aCredential(ada.user.id, taken);
        expect(await current().addCredential({ credential, credentialVersion: 1 })).toBe("taken");
      }
      expect(await versionOf(current(), ada.user.id)).toBe(1);
      expect(await current().listCredentials(ada.user.id)).toHaveLength(1);
    });
  });
}

function describeReplacement(current: CurrentStore): void {
  describe("replaceCredential() and useCredential()", () => {
    it("a replacement raises the version of the user, a use does not; each states the version that it read", async () => {
      const { user, session } = await storedAccount(current());
      const credential = aCredential(user.id);
      await current().addCredential({ credential, credentialVersion: 1 });
      const { id } = credential;
      expect(await current().useCredential({ id, version: 1, data: "step 7", now })).toBe(true);
      expect(await current().useCredential({ id, version: 1, data: "step 7 again", now })).toBe(false);
      expect(await versionOf(current(), user.id)).toBe(2);
      expect(await current().replaceCredential({ id, version: 1, data: "too old" })).toBe(false);
      expect(await current().replaceCredential({ id, version: 2, data: "another key" })).toBe(true);
      expect(await versionOf(current(), user.id)).toBe(3);
      expect((await found(current(), session.id)).session.credentialVersion).toBe(3);
      expect((await current().listCredentials(user.id)).at(-1)).toEqual({
        ...credential,
        data: "another key",
        version: 3,
        lastUsedAt: now,
      });
    });

    it("replaces nothing of a user who is disabled, and nothing that is not there", async () => {
      const { user } = await storedAccount(current());
      const credential = aCredential(user.id);
      await current().addCredential({ credential, credentialVersion: 1 });
      expect(await current().replaceCredential({ id: aNewUser().id, version: 1, data: "x" })).toBe(false);
      expect(await current().useCredential({ id: aNewUser().id, version: 1, data: "x", now })).toBe(false);
      await current().disableUser({ userId: user.id, now });
      expect(await current().replaceCredential({ id: credential.id, version: 1, data: "x" })).toBe(false);
    });
  });
}

function describeRemoval(current: CurrentStore): void {
  describe("removeCredential()", () => {
    it("removes one of the user's, raises the version, and leaves the last way in", async () => {
      const [{ user, session }, other] = [await storedAccount(current()), await storedAccount(current())];
      const [key, code] = [aCredential(user.id), aCredential(user.id, { kind: "code" })];
      await current().addCredential({ credential: key, credentialVersion: 1 });
      await current().addCredential({ credential: code, credentialVersion: 2 });
      const remove = (id: string, userId = user.id) => current().removeCredential({ id, userId, waysIn });
      expect(await remove(key.id, other.user.id)).toBe("unchanged");
      expect(await remove(aNewUser().id)).toBe("unchanged");
      expect(await remove(key.id)).toBe("removed");
      // What is left beside the password begins no session alone.
      expect(await remove(user.id)).toBe("last_way_in");
      expect(await remove(code.id)).toBe("removed");
      expect(await remove(code.id)).toBe("unchanged");
      expect(await versionOf(current(), user.id)).toBe(5);
      expect((await found(current(), session.id)).session.credentialVersion).toBe(5);
    });

    it("of all ways in that are removed at once, one stays (both orders of two)", async () => {
      const { user } = await storedAccount(current());
      const keys = [1, 2, 3].map(() => aCredential(user.id));
      for (const [index, credential] of keys.entries()) {
        await current().addCredential({ credential, credentialVersion: index + 1 });
      }
      const ids = [user.id, ...keys.map(({ id }) => id)];
      const outcomes = await inParallel(4, (index) =>
        current().removeCredential({ id: ids[index] ?? "", userId: user.id, waysIn }),
      );
      expect(outcomes.sort()).toEqual(["last_way_in", "removed", "removed", "removed"]);
      expect(await current().listCredentials(user.id)).toHaveLength(1);
    });

    it("goes with its user, and with no other", async () => {
      const [ada, bob] = [await storedAccount(current()), await storedAccount(current())];
      for (const { user } of [ada, bob]) {
        await current().addCredential({ credential: aCredential(user.id), credentialVersion: 1 });
      }
      await current().deleteUser({ userId: ada.user.id });
      expect(await current().listCredentials(ada.user.id)).toEqual([]);
      expect(await current().listCredentials(bob.user.id)).toHaveLength(2);
    });
  });
}

function describeKinds(current: CurrentStore): void {
  describe("the kinds of credentials", () => {
    it("stand with the user and with the session: each once, in the order of the alphabet, of that user alone", async () => {
      const [{ user, session }, other] = [await storedAccount(current()), await storedAccount(current())];
      const kinds = async ({ id, usernameKey, emailKey }: typeof user, sessionId: string) =>
        Promise.all([
          current().findCredentials({ usernameKey }),
          current().findCredentials({ emailKey }),
          current().findCredentialsById(id),
          current().findStoredSession(sessionId),
        ]).then((found) => found.map((one) => one?.kinds));
      expect(await kinds(user, session.id)).toEqual(Array(4).fill(["password"]));
      const added = ["totp", "key", "a, b", "key"];
      for (const [index, kind] of added.entries()) {
        const credential = aCredential(user.id, { kind });
        await current().addCredential({ credential, credentialVersion: index + 1 });
      }
      expect(await kinds(user, session.id)).toEqual(Array(4).fill(["a, b", "key", "password", "totp"]));
      await current().removeCredential({ id: user.id, userId: user.id, waysIn: ["key"] });
      expect(await kinds(user, session.id)).toEqual(Array(4).fill(["a, b", "key", "totp"]));
      expect(await kinds(other.user, other.session.id)).toEqual(Array(4).fill(["password"]));
    });

    it("are none for an account without credentials", async () => {
      const user = { ...aNewUser(), passwordHash: null };
      const session = aSession({ userId: user.id });
      await current().createAccount({ user, session });
      expect((await current().findCredentialsById(user.id))?.kinds).toEqual([]);
      expect((await current().findStoredSession(session.id))?.kinds).toEqual([]);
    });
  });
}
