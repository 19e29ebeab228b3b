import { describe, expect, it } from "vitest";
import {
  type AnyLinkKind,
  type EmailLinkKind,
  emailLinkKinds,
  type LinkEnds,
  type NewUser,
  type User,
} from "../../../core/domain/model.ts";
import type { EmailLink } from "../../../core/ports/email-store.ts";
import { testStart } from "../../fake-clock.ts";
import { aLinkUse, aNewUser, someBytes } from "../../fixtures.ts";
import { type CurrentStore, found, inParallel, storedAccount, storedSession } from "../harness.ts";

const now = testStart + 60_000;
const expiresAt = testStart + 1_800_000;

export function aLink(user: NewUser, kind: EmailLinkKind, overrides: Partial<EmailLink> = {}): EmailLink {
  const { id: userId, emailKey, credentialVersion } = user;
  const to = kind === "change_email" ? `new.${user.email}` : null;
  const newEmailKey = to?.toLowerCase() ?? null;
  return {
    userId,
    kind,
    secretHash: someBytes(32),
    emailKey,
    credentialVersion,
    newEmail: to,
    newEmailKey,
    sessionId: null,
    expiresAt,
    ...overrides,
  };
}

/** The same latest end for every kind of link. */
export function linksUntil(latest: number): Record<AnyLinkKind, number> {
  return { verify_email: latest, reset_password: latest, change_email: latest, invitation: latest, register: latest };
}

type Used = User | { user: User; formerEmail: string } | undefined;

/** Links in mails. */
export function describeEmailLinks(current: CurrentStore): void {
  describeLinkLife(current);
  describeLinkBinding(current);
  describeLinkReplacement(current);
  describeLinkUses(current);
}

function emailLinkHelpers(current: CurrentStore) {
  const put = async (user: NewUser, kind: EmailLinkKind, overrides: Partial<EmailLink> = {}) => {
    const link = aLink(user, kind, overrides);
    expect(await current().putEmailLink(link)).toBe(true);
    return link;
  };
  const uses: Record<EmailLinkKind, (secretHash: Uint8Array, ends?: Partial<LinkEnds>) => Promise<Used>> = {
    verify_email: (secretHash, ends) => current().consumeVerifyLink({ ...aLinkUse(secretHash, now), ...ends }),
    change_email: (secretHash, ends) => current().consumeChangeLink({ ...aLinkUse(secretHash, now), ...ends }),
    reset_password: (secretHash, ends) =>
      current().consumeResetLink({ ...aLinkUse(secretHash, now), ...ends, passwordHash: "the new hash" }),
    invitation: (secretHash, ends) =>
      current().consumeInvitation({ ...aLinkUse(secretHash, now), ...ends, passwordHash: "the new hash" }),
  };
  return { put, uses, kinds: emailLinkKinds };
}

function describeLinkLife(current: CurrentStore): void {
  const { put, uses, kinds } = emailLinkHelpers(current);

  describe.each(kinds)("a link of the kind %s", (kind) => {
    const use = (secretHash: Uint8Array) => uses[kind](secretHash);

    it("is good for one of any number of concurrent uses, and never again (P13)", async () => {
      const { user } = await storedAccount(current());
      const { secretHash } = await put(user, kind);
      expect((await current().findEmailLink({ kind, ...aLinkUse(secretHash, now) }))?.id).toBe(user.id);
      const outcomes = await inParallel(8, () => use(secretHash));
      expect(outcomes.filter((outcome) => outcome !== undefined)).toHaveLength(1);
      expect(await use(secretHash)).toBeUndefined();
      expect(await current().findEmailLink({ kind, ...aLinkUse(secretHash, now) })).toBeUndefined();
    });

    it("is dead at its end, and good a moment before (P13)", async () => {
      const { user } = await storedAccount(current());
      const { secretHash } = await put(user, kind, { expiresAt: now });
      expect(await use(secretHash)).toBeUndefined();
      expect(await current().findEmailLink({ kind, ...aLinkUse(secretHash, now) })).toBeUndefined();
      const later = await put(user, kind, { expiresAt: now + 1 });
      expect(await use(later.secretHash)).toBeDefined();
    });

    it("is found and used only where it ends between the two instants that are named (T07, D07)", async () => {
      const { user } = await storedAccount(current());
      const { secretHash } = await put(user, kind);
      for (const ends of [
        { endsAfter: expiresAt, endsBy: expiresAt },
        { endsAfter: now, endsBy: expiresAt - 1 },
      ]) {
        expect(await uses[kind](secretHash, ends)).toBeUndefined();
        expect(await current().findEmailLink({ kind, secretHash, ...ends })).toBeUndefined();
      }
      const ends = { endsAfter: expiresAt - 1, endsBy: expiresAt };
      expect((await current().findEmailLink({ kind, secretHash, ...ends }))?.id).toBe(user.id);
      expect(await uses[kind](secretHash, ends)).toBeDefined();
    });

    it("is removed when it ends later than one of its kind may, and not before (T07)", async () => {
      const { user } = await storedAccount(current());
      const { secretHash } = await put(user, kind);
      expect(await current().removeFutureLinks({ ...linksUntil(0), [kind]: expiresAt })).toBe(0);
      expect(await current().removeFutureLinks({ ...linksUntil(now * 2), [kind]: expiresAt - 1 })).toBe(1);
      expect(await use(secretHash)).toBeUndefined();
    });
  });
}

function describeLinkBinding(current: CurrentStore): void {
  const { put, uses, kinds } = emailLinkHelpers(current);

  describe.each(kinds)("a link of the kind %s", (kind) => {
    const use = (secretHash: Uint8Array) => uses[kind](secretHash);

    it("is good for nothing else, and for nobody else (P13)", async () => {
      const { user } = await storedAccount(current());
      const { user: other } = await storedAccount(current());
      const { secretHash } = await put(user, kind);
      await put(other, kind);
      for (const another of kinds.filter((one) => one !== kind)) {
        expect(await uses[another](secretHash)).toBeUndefined();
        expect(await current().findEmailLink({ kind: another, ...aLinkUse(secretHash, now) })).toBeUndefined();
      }
      expect(await use(someBytes(32))).toBeUndefined();
      const used = await use(secretHash);
      expect(used && ("user" in used ? used.user : used).id).toBe(user.id);
      expect((await current().findCredentialsById(other.id))?.user).toMatchObject({ emailVerifiedAt: null });
    });

    it("is dead after a change of the password (P13)", async () => {
      const { user, session } = await storedAccount(current());
      const { secretHash } = await put(user, kind);
      const change = {
        userId: user.id,
        from: user.passwordHash,
        to: "another",
        stepUpHash: someBytes(32),
        methods: [],
        keepSessionId: session.id,
        now,
      };
      expect(await current().changePassword(change)).toBe(true);
      expect(await use(secretHash)).toBeUndefined();
      expect(await current().putEmailLink(aLink(user, kind))).toBe(false);
    });

    it("is dead after a change of the address, or once the account is disabled (P13)", async () => {
      const { user } = await storedAccount(current());
      const { secretHash } = await put(user, kind);
      const change = kind === "change_email" ? secretHash : (await put(user, "change_email")).secretHash;
      const next = await put(user, kind, { secretHash });
      expect(next.secretHash).toBe(secretHash);
      expect(await uses.change_email(change)).toBeDefined();
      expect(await use(secretHash)).toBeUndefined();
      expect(await current().putEmailLink(aLink(user, kind))).toBe(false);

      const { user: disabled } = await storedAccount(current());
      const link = await put(disabled, kind);
      await current().disableUser({ userId: disabled.id, now });
      expect(await use(link.secretHash)).toBeUndefined();
      expect(await current().putEmailLink(aLink(disabled, kind))).toBe(false);
    });
  });
}

function describeLinkReplacement(current: CurrentStore): void {
  const { put, uses, kinds } = emailLinkHelpers(current);

  describe.each(kinds)("a link of the kind %s", (kind) => {
    const use = (secretHash: Uint8Array) => uses[kind](secretHash);

    it("takes the place of the one before (P13)", async () => {
      const { user } = await storedAccount(current());
      const first = await put(user, kind);
      const second = await put(user, kind);
      expect(await use(first.secretHash)).toBeUndefined();
      expect(await use(second.secretHash)).toBeDefined();
    });
  });
}

function describeLinkUses(current: CurrentStore): void {
  const { put, uses } = emailLinkHelpers(current);

  it("consumeVerifyLink() verifies the address and changes nothing else", async () => {
    const { user, session } = await storedAccount(current());
    const { secretHash } = await put(user, "verify_email");
    const { user: before } = await found(current(), session.id);
    expect(await uses.verify_email(secretHash)).toEqual({ ...before, emailVerifiedAt: now });
    expect(await found(current(), session.id)).toMatchObject({ user: { ...before, emailVerifiedAt: now } });
  });

  it("consumeChangeLink() makes the address the user's, and keeps their sessions", async () => {
    const { user, session } = await storedAccount(current());
    const { secretHash, newEmail, newEmailKey } = await put(user, "change_email");
    expect(await uses.change_email(secretHash)).toMatchObject({
      formerEmail: user.email,
      formerEmailVerifiedAt: null,
      user: { email: newEmail },
    });
    const after = await found(current(), session.id);
    expect(after.user).toMatchObject({ email: newEmail, emailVerifiedAt: now, claimsVersion: 2, credentialVersion: 1 });
    expect(after.session.revokedAt).toBeNull();
    expect((await current().findCredentials({ emailKey: newEmailKey ?? "" }))?.user.id).toBe(user.id);
    expect(await current().findCredentials({ emailKey: user.emailKey })).toBeUndefined();
  });

  it("consumeChangeLink() changes nothing when somebody else has the address by now (P13)", async () => {
    const { user } = await storedAccount(current());
    const { secretHash, newEmail } = await put(user, "change_email");
    const { user: faster } = await storedAccount(current(), { user: { email: newEmail ?? "" } });
    expect(await uses.change_email(secretHash)).toBeUndefined();
    expect((await current().findCredentialsById(user.id))?.user).toMatchObject({ email: user.email, claimsVersion: 1 });
    expect((await current().findCredentials({ emailKey: faster.emailKey }))?.user.id).toBe(faster.id);
  });

  it("consumeInvitation() sets the first password, verifies the address and kills the other links", async () => {
    const user = { ...aNewUser(), passwordHash: null };
    expect(await current().createAccount({ user })).toBe("created");
    const reset = await put(user, "reset_password");
    const { secretHash } = await put(user, "invitation");
    expect(await uses.invitation(secretHash)).toMatchObject({
      id: user.id,
      credentialVersion: 2,
      emailVerifiedAt: now,
    });
    expect(await current().findCredentialsById(user.id)).toMatchObject({ passwordHash: "the new hash" });
    expect(await current().listCredentials(user.id)).toMatchObject([{ kind: "password", version: 1, createdAt: now }]);
    expect(await uses.reset_password(reset.secretHash)).toBeUndefined();
  });

  it("consumeInvitation() does nothing once a password was chosen in another way", async () => {
    const user = { ...aNewUser(), passwordHash: null };
    await current().createAccount({ user });
    const { secretHash } = await put(user, "invitation");
    await uses.reset_password((await put(user, "reset_password")).secretHash);
    expect(await uses.invitation(secretHash)).toBeUndefined();
  });

  it("consumeResetLink() replaces the password, ends every session of that user and kills their other links", async () => {
    const { user, session } = await storedAccount(current());
    const second = await storedSession(current(), { userId: user.id });
    const other = await storedAccount(current());
    const verify = await put(user, "verify_email");
    const { secretHash } = await put(user, "reset_password");
    expect(await uses.reset_password(secretHash)).toMatchObject({ id: user.id, credentialVersion: 2 });
    expect(await current().findCredentialsById(user.id)).toMatchObject({
      passwordHash: "the new hash",
      user: { credentialVersion: 2, emailVerifiedAt: now },
    });
    for (const { id } of [session, second]) {
      expect((await found(current(), id)).session).toMatchObject({ revokedAt: now, revokedReason: "password_changed" });
    }
    expect((await found(current(), other.session.id)).session.revokedAt).toBeNull();
    expect(await uses.verify_email(verify.secretHash)).toBeUndefined();
  });
}
