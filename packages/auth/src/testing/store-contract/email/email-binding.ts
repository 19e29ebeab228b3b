import { describe, expect, it } from "vitest";
import type { EmailLinkKind, NewUser, RevokedReason, StoredSession } from "../../../core/domain/model.ts";
import type { ClaimedEmail, OutboxEmail } from "../../../core/ports/email-store.ts";
import type { AuthStore } from "../../../core/ports/store.ts";
import { testStart } from "../../fake-clock.ts";
import { aLinkUse, aSession, type NewUserWithPassword, someBytes } from "../../fixtures.ts";
import { type CurrentStore, inParallel, storedAccount, storedSession } from "../harness.ts";
import { aLink } from "./email-links.ts";
import { anOutboxEmail } from "./email-outbox.ts";

const now = testStart + 60_000;
const lease = { now, leaseUntil: now + 1_000 };

/** What an order with a link is bound to, and what ends it. */
export function describeEmailBinding(current: CurrentStore): void {
  describeTaking(current);
  describeEndsOfUser(current);
  describeEndsOfSession(current);
  describeClaimed(current);
}

/** A change of the address, ordered in that session. */
function aChange(user: NewUser, session: StoredSession, overrides: Partial<OutboxEmail> = {}): OutboxEmail {
  return anOutboxEmail({
    kind: "change_email",
    userId: user.id,
    boundEmailKey: user.emailKey,
    boundCredentialVersion: user.credentialVersion,
    boundSessionId: session.id,
    ...overrides,
  });
}

/** Every mail that waits. */
async function waiting(store: AuthStore): Promise<ClaimedEmail[]> {
  const claimed: ClaimedEmail[] = [];
  for (let mail = await store.claimEmail(lease); mail; mail = await store.claimEmail(lease)) claimed.push(mail);
  return claimed;
}

function describeTaking(current: CurrentStore): void {
  describe("enqueueEmail() of a bound order", () => {
    it("takes it while everything holds, and gives it back as it was", async () => {
      const { user, session } = await storedAccount(current());
      const order = aChange(user, session);
      expect(await current().enqueueEmail(order)).toBe("ordered");
      expect(await waiting(current())).toEqual([{ ...order, attempts: 1 }]);
    });

    it.each<[string, (user: NewUser) => Partial<OutboxEmail>]>([
      ["another address", () => ({ boundEmailKey: "other@example.com" })],
      ["another password", ({ credentialVersion }) => ({ boundCredentialVersion: credentialVersion + 1 })],
      ["a session that is not there", () => ({ boundSessionId: aSession({ userId: "x" }).id })],
      ["a user who is not there", () => ({ userId: aSession({ userId: "x" }).id })],
    ])("is void with %s (P13)", async (_, change) => {
      const { user, session } = await storedAccount(current());
      expect(await current().enqueueEmail(aChange(user, session, change(user)))).toBe("void");
      expect(await waiting(current())).toEqual([]);
    });

    it("is void with another user's session, an ended one, and a disabled user (P13)", async () => {
      const { user, session } = await storedAccount(current());
      const other = await storedAccount(current());
      expect(await current().enqueueEmail(aChange(user, other.session))).toBe("void");
      await current().revokeSession({ sessionId: session.id, reason: "logout", now });
      expect(await current().enqueueEmail(aChange(user, session))).toBe("void");
      await current().disableUser({ userId: other.user.id, now });
      const unbound = { kind: "verify_email", boundSessionId: null } as const;
      expect(await current().enqueueEmail(aChange(other.user, other.session, unbound))).toBe("void");
    });

    it("stays within the limit, of any number of concurrent calls (P14)", async () => {
      const { user, session } = await storedAccount(current());
      const limit = { atMost: 3, since: testStart - 1_000 };
      const taken = await inParallel(8, () => current().enqueueEmail(aChange(user, session), limit));
      expect(taken.toSorted()).toEqual([...Array(5).fill("limited"), ...Array(3).fill("ordered")]);
    });
  });
}

type Account = { user: NewUserWithPassword; session: StoredSession };
type Act = (store: AuthStore, account: Account) => Promise<unknown>;

function choosePassword(method: "consumeResetLink" | "consumeInvitation", kind: EmailLinkKind): [string, Act] {
  const act: Act = async (store, { user }) => {
    const link = aLink(user, kind);
    await store.putEmailLink(link);
    expect(await store[method]({ ...aLinkUse(link.secretHash, now), passwordHash: "new" })).toBeDefined();
  };
  return [`${method}()`, act];
}

const endsOfUser: Array<[string, Act]> = [
  choosePassword("consumeResetLink", "reset_password"),
  choosePassword("consumeInvitation", "invitation"),
  [
    "changePassword()",
    (store, { user, session }) =>
      store.changePassword({
        userId: user.id,
        from: user.passwordHash,
        to: "new",
        keepSessionId: session.id,
        stepUpHash: someBytes(32),
        methods: [],
        now,
      }),
  ],
  [
    "consumeChangeLink()",
    async (store, { user }) => {
      const link = aLink(user, "change_email");
      await store.putEmailLink(link);
      expect(await store.consumeChangeLink(aLinkUse(link.secretHash, now))).toBeDefined();
    },
  ],
  ["disableUser()", (store, { user }) => store.disableUser({ userId: user.id, now })],
  ["deleteUser()", (store, { user }) => store.deleteUser({ userId: user.id })],
];

function describeEndsOfUser(current: CurrentStore): void {
  describe.each(endsOfUser)("%s", (name, act) => {
    it("settles every waiting order with a link of that user, no notice, and nobody else's (P13)", async () => {
      const account = await storedAccount(current());
      const other = await storedAccount(current());
      const { user, session } = account;
      await current().enqueueEmail(aChange(user, session));
      for (const kind of ["verify_email", "invitation"] as const)
        await current().enqueueEmail(aChange(user, session, { kind, boundSessionId: null }));
      const notice = anOutboxEmail({ kind: "password_changed", userId: user.id });
      const typed = anOutboxEmail({ kind: "reset_password" });
      const others = aChange(other.user, other.session);
      for (const kept of [notice, typed, others]) await current().enqueueEmail(kept);
      await act(current(), account);
      const ids = (await waiting(current())).map(({ id }) => id);
      expect(ids.toSorted()).toEqual([notice.id, typed.id, others.id].toSorted());
    });

    it("leaves what was ordered in the count of its address (P14)", async () => {
      const account = await storedAccount(current());
      const limit = { atMost: 2, since: testStart - 1_000 };
      for (const _ of [1, 2]) await current().enqueueEmail(aChange(account.user, account.session), limit);
      await act(current(), account);
      expect(await current().enqueueEmail(anOutboxEmail(), limit)).toBe("limited");
    });

    if (name !== "deleteUser()")
      it("kills the links that were sent, also once the account is enabled again (P13)", async () => {
        const account = await storedAccount(current());
        const link = aLink(account.user, "verify_email");
        await current().putEmailLink(link);
        await act(current(), account);
        await current().enableUser({ userId: account.user.id });
        expect(await current().consumeVerifyLink(aLinkUse(link.secretHash, now))).toBeUndefined();
      });
  });
}

const revoke = (reason: RevokedReason): Act => {
  return (store, { session }) => store.revokeSession({ sessionId: session.id, reason, now });
};

const endsOfSession: Array<[string, Act]> = [
  ["revokeSession() for reuse", revoke("refresh_token_reused")],
  ["revokeSession() by the user", revoke("ended_by_user")],
  [
    "revokeSession() with the user's id",
    (store, { user, session }) =>
      store.revokeSession({ sessionId: session.id, userId: user.id, reason: "ended_by_admin", now }),
  ],
  [
    "revokeSessionsOf()",
    (store, { user }) => store.revokeSessionsOf({ userId: user.id, reason: "ended_by_admin", now }),
  ],
  [
    "revokeSessionsOf() but one",
    (store, { user }) =>
      store.revokeSessionsOf({
        userId: user.id,
        reason: "ended_by_user",
        now,
        keepSessionId: aSession({ userId: "" }).id,
      }),
  ],
  [
    "revokeSessionsOf() as a logout that another session asks for",
    (store, { user }) => {
      const askingSessionId = aSession({ userId: "" }).id;
      return store.revokeSessionsOf({ userId: user.id, reason: "logout", now, askingSessionId });
    },
  ],
  [
    "createSession() without room",
    (store, { user }) =>
      store.createSession(aSession({ userId: user.id, createdAt: now }), { atMost: 1, now, idleSince: 0 }),
  ],
];

const keepsOrders: Array<[string, Act]> = [
  ["revokeSession() as a logout", revoke("logout")],
  [
    "revokeSessionsOf() as a logout that it asks for",
    (store, { user, session }) =>
      store.revokeSessionsOf({ userId: user.id, reason: "logout", now, askingSessionId: session.id }),
  ],
  [
    "revokeSessionsOf() but itself",
    (store, { user, session }) =>
      store.revokeSessionsOf({ userId: user.id, reason: "ended_by_user", now, keepSessionId: session.id }),
  ],
  [
    "removeEndedSessions()",
    async (store, { session }) => {
      const idleSince = session.rotatedAt;
      expect(await store.removeEndedSessions({ after: null, window: 99, endedBefore: 0, idleSince })).toMatchObject({
        removed: expect.any(Number),
      });
    },
  ],
];

function describeEndsOfSession(current: CurrentStore): void {
  /** A session that ordered one change, which waits, and another, whose link was sent. */
  const prepare = async () => {
    const account = await storedAccount(current());
    const { user, session } = account;
    const order = aChange(user, session);
    const link = aLink(user, "change_email", { sessionId: session.id });
    await current().enqueueEmail(order);
    expect(await current().putEmailLink(link)).toBe(true);
    return { account, order, link, use: aLinkUse(link.secretHash, now) };
  };

  describe.each(endsOfSession)("%s", (_, act) => {
    it("ends the order and the link of that session, at the same stroke (P13)", async () => {
      const { account, link, use } = await prepare();
      await act(current(), account);
      expect(await waiting(current())).toEqual([]);
      expect(await current().findEmailLink({ ...use, kind: "change_email" })).toBeUndefined();
      expect(await current().consumeChangeLink(use)).toBeUndefined();
      expect(await current().putEmailLink(link)).toBe(await isLogout(current(), account.session));
    });

    it("ends nothing of another session, and no order to verify the address", async () => {
      const { account } = await prepare();
      const { user, session } = await storedAccount(current());
      const other = aChange(user, session);
      const verify = aChange(account.user, account.session, { kind: "verify_email", boundSessionId: null });
      for (const kept of [other, verify]) await current().enqueueEmail(kept);
      await act(current(), account);
      expect((await waiting(current())).map(({ id }) => id).toSorted()).toEqual([other.id, verify.id].toSorted());
    });
  });

  describe.each(keepsOrders)("%s", (_, act) => {
    it("ends neither the order nor the link (P13)", async () => {
      const { account, order, use } = await prepare();
      await storedSession(current(), { userId: account.user.id, rotatedAt: now });
      await act(current(), account);
      expect((await waiting(current())).map(({ id }) => id)).toEqual([order.id]);
      expect(await current().consumeChangeLink(use)).toBeDefined();
    });
  });
}

/** What the row of a session says: there the order is what ends its link. */
async function isLogout(store: AuthStore, { id }: StoredSession): Promise<boolean> {
  return (await store.findStoredSession(id))?.session.revokedReason === "logout";
}

function describeClaimed(current: CurrentStore): void {
  describe("putMailLink() for an order", () => {
    it("takes the link only while that order waits, as it was claimed (P13)", async () => {
      const { user, session } = await storedAccount(current());
      const order = aChange(user, session);
      await current().enqueueEmail(order);
      await current().claimEmail(lease);
      const put = (attempts: number) => {
        const link = aLink(user, "change_email", { sessionId: session.id });
        return current().putEmailLink(link, { id: order.id, attempts });
      };
      expect(await put(1)).toBe(true);
      await current().claimEmail({ now: lease.leaseUntil, leaseUntil: now + 9_000 });
      expect(await put(1)).toBe(false);
      expect(await put(2)).toBe(true);
      await current().revokeSessionsOf({ userId: user.id, reason: "logout", now });
      expect(await put(2)).toBe(false);
    });

    it("leaves an order settled that was ended while somebody had it in hand (P13)", async () => {
      const { user, session } = await storedAccount(current());
      const { id } = aChange(user, session);
      await current().enqueueEmail(aChange(user, session, { id }));
      await current().claimEmail(lease);
      await current().revokeSession({ sessionId: session.id, reason: "ended_by_user", now });
      await current().settleEmail({ id, attempts: 1, dueAt: now + 5 });
      expect(await current().claimEmail({ now: now + 99_999, leaseUntil: now + 100_000 })).toBeUndefined();
    });
  });
}
