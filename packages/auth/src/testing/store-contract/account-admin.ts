import { describe, expect, it } from "vitest";
import type { UserSearch } from "../../core/ports/account-store.ts";
import { testStart } from "../fake-clock.ts";
import { aNewUser } from "../fixtures.ts";
import { type CurrentStore, found, inParallel, storedAccount } from "./harness.ts";

/** What administrators do, and that one of them is always left. */
export function describeAdmin(current: CurrentStore): void {
  describeRoleChange(current);
  describeLastAdmin(current);
  describeUserSearch(current);
}

function adminHelpers(current: CurrentStore) {
  const now = testStart + 1;
  const admin = async (fields: object = {}) =>
    (await storedAccount(current(), { user: { role: "admin", ...fields } })).user;
  const stateOf = async (userId: string) => {
    const user = (await current().findCredentialsById(userId))?.user;
    return user && [user.role, user.disabledAt, user.claimsVersion];
  };
  const people = async () => {
    const rows = [
      ["ada", "zoe@example.com"],
      ["adam", "adam@example.com"],
      ["grace", "ada.g@example.com"],
      ["ad_a", "x@example.com"],
      ["愛", "ai@example.com"],
    ];
    for (const [usernameKey, emailKey] of rows) {
      await storedAccount(current(), {
        user: { username: usernameKey, usernameKey, email: emailKey, emailKey } as never,
      });
    }
  };
  const namesOf = async (prefix: string, { by = "username", after = "", limit = 10 }: Partial<UserSearch> = {}) =>
    (await current().findUsers({ by, prefix, after, limit })).map(({ username }) => username);
  return { now, admin, stateOf, people, namesOf };
}

function describeRoleChange(current: CurrentStore): void {
  const { stateOf } = adminHelpers(current);

  describe("setRole()", () => {
    it("gives another role and adds one to claimsVersion, of that user alone", async () => {
      const { user, session } = await storedAccount(current());
      const other = await storedAccount(current());
      expect(await current().setRole({ userId: user.id, role: "admin" })).toBe("done");
      expect((await found(current(), session.id)).user).toMatchObject({ role: "admin", claimsVersion: 2 });
      expect((await found(current(), other.session.id)).user).toMatchObject({ role: "user", claimsVersion: 1 });
    });

    it("changes nothing for a user who has it, is disabled, or does not exist", async () => {
      const { user } = await storedAccount(current());
      const { user: disabled } = await storedAccount(current(), { user: { disabledAt: testStart } });
      expect(await current().setRole({ userId: user.id, role: "user" })).toBe("unchanged");
      expect(await stateOf(user.id)).toEqual(["user", null, 1]);
      expect(await current().setRole({ userId: disabled.id, role: "admin" })).toBe("unchanged");
      expect(await stateOf(disabled.id)).toEqual(["user", testStart, 1]);
      expect(await current().setRole({ userId: aNewUser().id, role: "admin" })).toBe("unchanged");
    });
  });
}

function describeLastAdmin(current: CurrentStore): void {
  const { now, admin, stateOf } = adminHelpers(current);

  describe("the last administrator", () => {
    it("stays one, and stays active: another who is disabled, or an ordinary user, is no help", async () => {
      const last = await admin();
      await admin({ disabledAt: testStart });
      await storedAccount(current());
      expect(await current().setRole({ userId: last.id, role: "user" })).toBe("last_admin");
      expect(await current().disableUser({ userId: last.id, now })).toBe("last_admin");
      expect(await current().setRole({ userId: last.id, role: "admin" })).toBe("unchanged");
      expect(await stateOf(last.id)).toEqual(["admin", null, 1]);
    });

    it("may go when there is another one", async () => {
      const [one, two, three] = [await admin(), await admin(), await admin()];
      expect(await current().setRole({ userId: one.id, role: "user" })).toBe("done");
      expect(await current().disableUser({ userId: two.id, now })).toBe("done");
      expect(await current().disableUser({ userId: three.id, now })).toBe("last_admin");
    });

    it("is left when all of them are taken away at the same instant, in both ways", async () => {
      const admins = [await admin(), await admin(), await admin(), await admin()];
      const outcomes = await inParallel(admins.length, (index) => {
        const userId = admins[index]?.id ?? "";
        return index % 2 ? current().setRole({ userId, role: "user" }) : current().disableUser({ userId, now });
      });
      expect(outcomes.filter((outcome) => outcome === "last_admin")).toHaveLength(1);
    });
  });

  describe("enableUser()", () => {
    it("lets a disabled user back in, whose ended sessions stay ended; nobody else", async () => {
      const { user, session } = await storedAccount(current());
      expect(await current().enableUser({ userId: user.id })).toBe(false);
      await current().disableUser({ userId: user.id, now });
      expect(await current().enableUser({ userId: user.id })).toBe(true);
      const record = await found(current(), session.id);
      expect([record.user.disabledAt, record.session.revokedReason]).toEqual([null, "account_disabled"]);
      expect(await current().enableUser({ userId: aNewUser().id })).toBe(false);
    });
  });
}

function describeUserSearch(current: CurrentStore): void {
  const { people, namesOf } = adminHelpers(current);

  describe("findUsers()", () => {
    it("finds by the beginning of a username, or of an email for the others, each user once, in the order of that key", async () => {
      await people();
      expect(await namesOf("ada")).toEqual(["ada", "adam"]);
      expect(await namesOf("ada", { by: "email" })).toEqual(["grace"]);
      expect(await namesOf("a", { by: "email" })).toEqual(["grace", "愛"]);
      expect(await namesOf("ada.g@", { by: "email" })).toEqual(["grace"]);
      expect(await namesOf("")).toEqual(["ad_a", "ada", "adam", "grace", "愛"]);
      expect(await namesOf("愛")).toEqual(["愛"]);
      expect(await namesOf("da")).toEqual([]);
    });

    it("takes nothing for a pattern, and no more than so many", async () => {
      await people();
      for (const pattern of ["%", "_", "a%", "ad_", "*", "' OR 1=1 --"]) {
        expect(await namesOf(pattern)).toEqual(pattern === "ad_" ? ["ad_a"] : []);
        expect(await namesOf(pattern, { by: "email" })).toEqual([]);
      }
      expect(await namesOf("", { limit: 2 })).toEqual(["ad_a", "ada"]);
      expect(await namesOf("adam", { limit: 1 })).toEqual(["adam"]);
    });

    it("goes on behind a key, whether a user has it or not", async () => {
      await people();
      expect(await namesOf("", { after: "ada" })).toEqual(["adam", "grace", "愛"]);
      expect(await namesOf("ad", { after: "ad_zzz" })).toEqual(["ada", "adam"]);
      expect(await namesOf("ad", { after: "adam" })).toEqual([]);
      expect(await namesOf("ad", { after: "a" })).toEqual(["ad_a", "ada", "adam"]);
      expect(await namesOf("a", { by: "email", after: "ada.g@example.com" })).toEqual(["愛"]);
    });

    it("gives users as they are, without a key or a hash", async () => {
      const { user } = await storedAccount(current());
      const [first] = await current().findUsers({ by: "username", prefix: user.usernameKey, after: "", limit: 1 });
      expect(first).toEqual((await current().findCredentialsById(user.id))?.user);
    });
  });
}
