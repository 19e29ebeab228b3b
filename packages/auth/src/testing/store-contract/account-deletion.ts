import { describe, expect, it } from "vitest";
import { testStart as now } from "../fake-clock.ts";
import { aLinkUse } from "../fixtures.ts";
import { aLink } from "./email/email-links.ts";
import { type CurrentStore, inParallel, storedAccount } from "./harness.ts";

/** The end of an account. */
export function describeDeletion(current: CurrentStore): void {
  describe("deleteUser()", () => {
    it("removes the user with sessions, links and audit entries, and no other user", async () => {
      const { user, session } = await storedAccount(current());
      const other = await storedAccount(current());
      const link = aLink(user, "verify_email");
      await current().putEmailLink(link);
      expect(await current().deleteUser({ userId: user.id })).toBe("done");
      expect(await current().deleteUser({ userId: user.id })).toBe("unchanged");
      expect(await current().findCredentialsById(user.id)).toBeUndefined();
      expect(await current().findSessionWithUser(session.id)).toBeUndefined();
      expect(await current().listAuditEntries({ userId: user.id, limit: 9 })).toEqual([]);
      expect(await current().consumeVerifyLink(aLinkUse(link.secretHash, now))).toBeUndefined();
      expect(await current().findSessionWithUser(other.session.id)).toBeDefined();
      expect(await current().listAuditEntries({ userId: other.user.id, limit: 9 })).toHaveLength(1);
    });

    it("leaves the last active administrator, however many go at once", async () => {
      const admins = await inParallel(
        3,
        async () => (await storedAccount(current(), { user: { role: "admin" } })).user,
      );
      const outcomes = await inParallel(3, (index) => current().deleteUser({ userId: admins[index]?.id ?? "" }));
      expect([...outcomes].sort()).toEqual(["done", "done", "last_admin"]);
    });
  });
}
