import { describe, expect, it } from "vitest";
import type { LinkEnds } from "../../../core/domain/model.ts";
import type { RegistrationLink } from "../../../core/ports/email-store.ts";
import { testStart } from "../../fake-clock.ts";
import { aLinkUse, aNewUser, aSession, someBytes } from "../../fixtures.ts";
import { type CurrentStore, inParallel, storedAccount } from "../harness.ts";
import { linksUntil } from "./email-links.ts";

const now = testStart + 60_000;

/** Links with which an account is made, of addresses that no user has yet. */
export function describeRegistration(current: CurrentStore): void {
  describeRegistrationLinkLife(current);
  describeRegistrationLinkAddress(current);
}

function registrationHelpers(current: CurrentStore) {
  const put = async (overrides: Partial<RegistrationLink> = {}) => {
    const { email, emailKey } = aNewUser();
    const link = { email, emailKey, secretHash: someBytes(32), expiresAt: now + 1, ...overrides };
    expect(await current().putRegistrationLink(link)).toBe(true);
    return link;
  };
  const find = ({ secretHash }: Pick<RegistrationLink, "secretHash">) =>
    current().findRegistrationLink(aLinkUse(secretHash, now));
  const make = (
    { email, emailKey, secretHash }: RegistrationLink,
    { ends, ...overrides }: { username?: string; ends?: LinkEnds } = {},
  ) => {
    const user = { ...aNewUser(overrides), email, emailKey };
    return current().createAccount({
      user,
      session: aSession({ userId: user.id }),
      link: { ...aLinkUse(secretHash, now), ...ends },
    });
  };
  return { put, find, make };
}

function describeRegistrationLinkLife(current: CurrentStore): void {
  const { put, find, make } = registrationHelpers(current);

  describe("a registration link", () => {
    it("makes one account of any number of concurrent uses, and none ever after (P13)", async () => {
      const link = await put();
      expect(await find(link)).toEqual({ email: link.email });
      const outcomes = await inParallel(8, () => make(link));
      expect(outcomes.filter((outcome) => outcome === "created")).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === "link_invalid")).toHaveLength(7);
      expect(await find(link)).toBeUndefined();
      const owner = await current().findCredentials({ emailKey: link.emailKey });
      await current().deleteUser({ userId: owner?.user.id ?? "" });
      expect(await make(link)).toBe("link_invalid");
      expect(await current().findCredentials({ emailKey: link.emailKey })).toBeUndefined();
    });

    it("is dead at its end, and good a moment before (P13)", async () => {
      const over = await put({ expiresAt: now });
      expect(await find(over)).toBeUndefined();
      expect(await make(over)).toBe("link_invalid");
      expect(await make(await put({ expiresAt: now + 1 }))).toBe("created");
    });

    it("is found and used only where it ends between the two instants that are named (T07, D07)", async () => {
      const [link, { secretHash, expiresAt }] = [await put(), await put({ expiresAt: now + 5 })];
      for (const ends of [
        { endsAfter: expiresAt, endsBy: expiresAt },
        { endsAfter: now, endsBy: expiresAt - 1 },
      ]) {
        expect(await current().findRegistrationLink({ secretHash, ...ends })).toBeUndefined();
        expect(await make(link, { ends: { endsAfter: now, endsBy: now } })).toBe("link_invalid");
      }
      const ends = { endsAfter: expiresAt - 1, endsBy: expiresAt };
      expect(await current().findRegistrationLink({ secretHash, ...ends })).toBeDefined();
      expect(await make(link, { ends: { endsAfter: now, endsBy: now + 1 } })).toBe("created");
    });

    it("is removed when it ends later than any may, and not before (T07)", async () => {
      const link = await put();
      expect(await current().removeFutureLinks({ ...linksUntil(0), register: link.expiresAt })).toBe(0);
      expect(await current().removeFutureLinks({ ...linksUntil(0), register: link.expiresAt - 1 })).toBe(1);
      expect(await find(link)).toBeUndefined();
    });
  });
}

function describeRegistrationLinkAddress(current: CurrentStore): void {
  const { put, find, make } = registrationHelpers(current);

  describe("a registration link", () => {
    it("takes the place of the one that was sent to the address before, and of no other's (P13)", async () => {
      const first = await put();
      const another = await put();
      const second = await put({ email: first.email.toUpperCase(), emailKey: first.emailKey });
      expect(await find(first)).toBeUndefined();
      expect(await make(first)).toBe("link_invalid");
      expect(await find(second)).toEqual({ email: first.email.toUpperCase() });
      expect(await find(another)).toEqual({ email: another.email });
    });

    it("is good for its own address alone (P13)", async () => {
      const [link, other] = [await put(), await put()];
      expect(await make({ ...other, secretHash: link.secretHash })).toBe("link_invalid");
      expect(await make({ ...link, secretHash: someBytes(32) })).toBe("link_invalid");
      expect(await find(link)).toBeDefined();
      expect(await current().findCredentials({ emailKey: other.emailKey })).toBeUndefined();
    });

    it("stays when the username is taken: nothing is used up and nothing is made", async () => {
      const { user } = await storedAccount(current());
      const link = await put();
      expect(await make(link, { username: user.username })).toBe("username_taken");
      expect(await current().findCredentials({ emailKey: link.emailKey })).toBeUndefined();
      expect(await make(link)).toBe("created");
    });

    it("is neither put nor good once somebody has the address", async () => {
      const link = await put();
      const { user } = await storedAccount(current(), { user: { email: link.email, emailKey: link.emailKey } });
      expect(await find(link)).toBeUndefined();
      expect(await make(link)).toBe("link_invalid");
      expect(await current().putRegistrationLink(link)).toBe(false);
      expect((await current().findCredentials({ emailKey: link.emailKey }))?.user.id).toBe(user.id);
    });

    it("goes when it has run out, and not before", async () => {
      const [over, good] = [await put({ expiresAt: now }), await put({ expiresAt: now + 1 })];
      await current().removeOldRegistrationLinks({ before: now - 1 });
      const later = aLinkUse(over.secretHash, now - 1);
      expect(await current().findRegistrationLink(later)).toBeDefined();
      expect(await current().removeOldRegistrationLinks({ before: now })).toBeGreaterThan(0);
      expect(await current().findRegistrationLink(later)).toBeUndefined();
      expect(await find(good)).toBeDefined();
      expect(await current().removeOldRegistrationLinks({ before: now })).toBe(0);
    });
  });
}
