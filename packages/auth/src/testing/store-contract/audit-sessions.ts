import { describe, expect, it } from "vitest";
import type { AuthStore } from "../../core/ports/store.ts";
import { testStart } from "../fake-clock.ts";
import { aLinkUse, aNewUser, aSession, someBytes } from "../fixtures.ts";
import { aLink } from "./email/email-links.ts";
import { type CurrentStore, inParallel, storedAccount, storedSession } from "./harness.ts";

const now = testStart + 5;

/** Each call that ends sessions of a user, with all that it needs to do so; returns the ids of the sessions that it ends. */
export const endingCalls = {
  revokeSession: async (store: AuthStore) => {
    const { user, session } = await storedAccount(store);
    return {
      userId: user.id,
      ended: [session.id],
      end: () => store.revokeSession({ sessionId: session.id, reason: "refresh_token_reused", now }),
    };
  },
  revokeSessionsOf: async (store: AuthStore) => {
    const { user, session, other } = await twoSessions(store);
    return {
      userId: user.id,
      ended: [session.id, other.id],
      end: () => store.revokeSessionsOf({ userId: user.id, reason: "logout", now }),
    };
  },
  changePassword: async (store: AuthStore) => {
    const { user, session, other } = await twoSessions(store);
    const change = {
      from: user.passwordHash,
      to: "new",
      stepUpHash: someBytes(32),
      methods: [],
      keepSessionId: session.id,
    };
    return { userId: user.id, ended: [other.id], end: () => store.changePassword({ userId: user.id, now, ...change }) };
  },
  consumeResetLink: async (store: AuthStore) => {
    const { user, session, other } = await twoSessions(store);
    const { secretHash } = await putLink(store, aLink(user, "reset_password"));
    const use = { ...aLinkUse(secretHash, now), passwordHash: "new" };
    return { userId: user.id, ended: [session.id, other.id], end: () => store.consumeResetLink(use) };
  },
  disableUser: async (store: AuthStore) => {
    const { user, session, other } = await twoSessions(store);
    return { userId: user.id, ended: [session.id, other.id], end: () => store.disableUser({ userId: user.id, now }) };
  },
  createSession: async (store: AuthStore) => {
    const { user, session, other } = await twoSessions(store);
    const quota = { atMost: 1, now, idleSince: 0 };
    const added = () => aSession({ userId: user.id, createdAt: now });
    return { userId: user.id, ended: [session.id, other.id], end: () => store.createSession(added(), quota) };
  },
} satisfies Record<string, (store: AuthStore) => Promise<EndingCall>>;

interface EndingCall {
  userId: string;
  ended: string[];
  end(): Promise<unknown>;
}

export const endingMethods = Object.keys(endingCalls) as Array<keyof typeof endingCalls>;

async function twoSessions(store: AuthStore) {
  const { user, session } = await storedAccount(store);
  return { user, session, other: await storedSession(store, { userId: user.id }) };
}

async function putLink<Link extends Parameters<AuthStore["putEmailLink"]>[0]>(store: AuthStore, link: Link) {
  expect(await store.putEmailLink(link)).toBe(true);
  return link;
}

/** Calls that are rejected, each against an account with one session; none may write an entry or a change. */
export const rejectedCalls: Array<[string, (store: AuthStore, of: Account) => Promise<unknown>]> = [
  [
    "createAccount() with a username that is taken",
    (store, { user }) => {
      const another = aNewUser({ usernameKey: user.usernameKey });
      return store.createAccount({ user: another, session: aSession({ userId: another.id }) });
    },
  ],
  [
    "createSession() with another credential version",
    (store, { user }) => store.createSession(aSession({ userId: user.id, credentialVersion: 9 })),
  ],
  [
    "changePassword() from another hash",
    (store, { user }) => {
      const change = { from: "another", to: "new", stepUpHash: someBytes(32), methods: [], keepSessionId: "another" };
      return store.changePassword({ userId: user.id, now, ...change });
    },
  ],
  [
    "consumeResetLink() with an unknown link",
    (store) => store.consumeResetLink({ ...aLinkUse(someBytes(32), now), passwordHash: "new" }),
  ],
  [
    "revokeSession() of another user's session",
    (store, { session }) => store.revokeSession({ sessionId: session.id, userId: "another", reason: "logout", now }),
  ],
  ["disableUser() of the last administrator", (store, { user }) => store.disableUser({ userId: user.id, now })],
  ["deleteUser() of the last administrator", (store, { user }) => store.deleteUser({ userId: user.id })],
];

type Account = Awaited<ReturnType<typeof storedAccount>>;

/** The entries that the store writes itself, at the same stroke as the change. */
export function describeSessionAudit(current: CurrentStore): void {
  describeWrittenEntries(current);
  describeOtherSessionAudit(current);
}

function entriesIn(current: CurrentStore) {
  return async (userId: string) => {
    const entries = await current().listAuditEntries({ userId, limit: 99 });
    return entries.map(({ event, sessionId, at }) => ({ event, sessionId, at }));
  };
}

function describeWrittenEntries(current: CurrentStore): void {
  const entriesOf = entriesIn(current);

  describe("the audit log of sessions, written in the transaction of the cause", () => {
    it.each(endingMethods)("%s() writes session_expired for every session that it ends", async (method) => {
      const { userId, ended, end } = await endingCalls[method](current());
      const before = await entriesOf(userId);
      await end();
      const written = (await entriesOf(userId)).slice(0, -before.length);
      const expired = written.filter(({ event }) => event === "session_expired");
      expect(expired.map(({ sessionId }) => sessionId).sort()).toEqual([...ended].sort());
      expect(new Set(expired.map(({ at }) => at))).toEqual(new Set([now]));
      await end();
      const again = (await entriesOf(userId)).filter(({ sessionId }) => ended.some((id) => id === sessionId));
      expect(again.filter(({ event }) => event === "session_expired")).toHaveLength(ended.length);
    });

    it("createSession() beyond the quota writes session_created first, then session_expired", async () => {
      const { userId, ended, end } = await endingCalls.createSession(current());
      await end();
      const [last, second, first] = await entriesOf(userId);
      expect(first?.event).toBe("session_created");
      expect([second?.event, last?.event]).toEqual(["session_expired", "session_expired"]);
      expect(ended).not.toContain(first?.sessionId);
    });

    it.each(rejectedCalls)("%s writes no entry", async (_, call) => {
      const account = await storedAccount(current(), { user: { role: "admin" } });
      const before = await entriesOf(account.user.id);
      await call(current(), account);
      expect(await entriesOf(account.user.id)).toEqual(before);
    });
  });
}

function describeOtherSessionAudit(current: CurrentStore): void {
  const entriesOf = entriesIn(current);

  describe("the audit log of sessions, beyond their ends", () => {
    it("a session that is stored as ended writes no entry", async () => {
      const { user } = await storedAccount(current(), { session: { revokedAt: now, revokedReason: "logout" } });
      expect(await entriesOf(user.id)).toEqual([]);
    });

    it("of concurrent calls that end one session, one writes session_expired", async () => {
      const { user, session } = await storedAccount(current());
      await inParallel<unknown>(6, (index) =>
        index % 2
          ? current().revokeSession({ sessionId: session.id, reason: "logout", now })
          : current().disableUser({ userId: user.id, now }),
      );
      expect((await entriesOf(user.id)).map(({ event }) => event)).toEqual(["session_expired", "session_created"]);
    });

    it("removeEndedSessions() writes no entry, and deleteUser() leaves none", async () => {
      const { user } = await storedAccount(current(), { session: { expiresAt: testStart } });
      const before = await entriesOf(user.id);
      const step = { after: null, window: 9, endedBefore: testStart, idleSince: 0 };
      expect((await current().removeEndedSessions(step)).removed).toBe(1);
      expect(await entriesOf(user.id)).toEqual(before);
      await storedSession(current(), { userId: user.id });
      expect(await current().deleteUser({ userId: user.id })).toBe("done");
      expect(await entriesOf(user.id)).toEqual([]);
    });
  });
}
