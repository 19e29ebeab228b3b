import type {
  AuthStore,
  Credentials,
  FoundLogin,
  NewUser,
  RevokedReason,
  SessionRecord,
  SessionRoom,
  SessionWithUser,
  User,
} from "../core/store.ts";
import { enableUser, findUsers, isLastAdmin, setRole } from "./memory-admin.ts";
import { removeEndedSessions, removeOldTimeline } from "./memory-housekeeping.ts";
import { createMemoryKeyStore } from "./memory-key-store.ts";
import { createMailTables, createMemoryMail, endOrdersOf, endOrdersOfSession, type MailTables } from "./memory-mail.ts";
import { rearmSession, rotateSession } from "./memory-refresh.ts";
import { createMemoryRegistrationLinks } from "./memory-registration.ts";
import { createMemoryTimeline } from "./memory-timeline.ts";

export interface MemoryStoreOptions {
  /**
   * Awaited before and after each method does its work, so that whatever else is under way gets its turn there, as it
   * would with a database. By default it lets every other waiting promise go first; a test that wants one particular
   * interleaving gives its own.
   */
  pause?: (method: keyof AuthStore, moment: "before" | "after") => Promise<void>;
}

/**
 * Accounts and sessions in the memory of one process, for tests. Honest about atomicity: each method reads, decides and
 * writes without a pause in between, and pauses before and after.
 */
export function createMemoryStore({ pause = () => Promise.resolve() }: MemoryStoreOptions = {}): AuthStore {
  const { version, ...keys } = createMemoryKeyStore();
  const sessions = new Map<string, SessionRecord>();
  const mail = createMailTables(sessions);
  const tables: Tables = { users: new Map(), sessions, mail, changed: new Set(), keyRingVersion: version };
  const timeline = createMemoryTimeline();

  /** The pauses around a method; `work` must not be asynchronous, or it would no longer be atomic. */
  async function atomically<T>(method: keyof AuthStore, work: () => T): Promise<T> {
    await pause(method, "before");
    const result = work();
    timeline.follow(tables.changed);
    tables.changed.clear();
    await pause(method, "after");
    return result;
  }

  const registrations = createMemoryRegistrationLinks({ users: tables.users, atomically });

  return {
    createAccount: ({ user, session, link }) =>
      atomically("createAccount", () => {
        const living = link && registrations.living({ ...link, emailKey: user.emailKey });
        if (link && !living) return "link_invalid";
        const outcome = createAccount(tables, user, session);
        if (outcome === "created") living?.remove();
        return outcome;
      }),
    findCredentials: (key) =>
      atomically("findCredentials", () =>
        credentialsOf(
          [...tables.users.values()].find((user) =>
            "usernameKey" in key ? user.usernameKey === key.usernameKey : user.emailKey === key.emailKey,
          ),
        ),
      ),
    findCredentialsById: (userId) => atomically("findCredentialsById", () => credentialsOf(tables.users.get(userId))),
    // Without a pause: it is one answer for all users, and no order of anything hangs on it.
    highestPasswordCost: async ({ atMost }) => highestPasswordCost(tables, atMost),
    createSession: (session, room) => atomically("createSession", () => createSession(tables, session, room)),
    findLogin: (sessionId) => atomically("findLogin", () => findLogin(tables, sessionId)),
    findSession: (sessionId) => atomically("findSession", () => findSession(tables, sessionId)),
    listSessions: (userId) => atomically("listSessions", () => listSessions(tables, userId)),
    rotateSession: (change) => atomically("rotateSession", () => rotateSession(tables, change)),
    rearmSession: (change) => atomically("rearmSession", () => rearmSession(tables, change)),
    revokeSession: ({ sessionId, userId, reason, now }) =>
      atomically("revokeSession", () => {
        const session = tables.sessions.get(sessionId);
        return (userId === undefined || session?.userId === userId) && endSession(tables, session, reason, now);
      }),
    revokeSessionsOf: (end) => atomically("revokeSessionsOf", () => revokeSessionsOf(tables, end)),
    upgradePasswordHash: ({ userId, from, to }) =>
      atomically("upgradePasswordHash", () => upgradePasswordHash(tables, userId, from, to)),
    changePassword: (change) => atomically("changePassword", () => changePassword(tables, change)),
    renewProof: (proof) => atomically("renewProof", () => renewProof(tables, proof)),
    changeName: ({ userId, name }) => atomically("changeName", () => changeName(tables, userId, name)),
    disableUser: ({ userId, now }) => atomically("disableUser", () => disableUser(tables, userId, now)),
    enableUser: ({ userId }) => atomically("enableUser", () => enableUser(tables.users, userId)),
    setRole: ({ userId, role }) => atomically("setRole", () => setRole(tables.users, userId, role)),
    findUsers: (query) => atomically("findUsers", () => findUsers(tables.users, query).map(publicPart)),
    removeEndedSessions: (step) => atomically("removeEndedSessions", () => removeEndedSessions(tables.sessions, step)),
    // Without pauses: the rules wait for neither, so there is no order in which it could matter.
    ...keys,
    appendTimeline: async (entry) => timeline.append(entry),
    listTimeline: async (query) => timeline.list(query),
    listDevices: async (query) => timeline.devices(query),
    removeOldTimeline: async (step) => removeOldTimeline(timeline, step),
    ...registrations.methods,
    ...createMemoryMail({
      tables: mail,
      users: tables.users,
      timeline,
      publicPart,
      atomically,
      endSessions: (userId, now) => {
        for (const session of sessionsOf(tables, userId)) endSession(tables, session, "password_changed", now);
      },
      removeSessions: (userId) => {
        for (const { id } of sessionsOf(tables, userId)) tables.sessions.delete(id);
      },
    }),
  };
}

interface Tables {
  users: Map<string, NewUser>;
  sessions: Map<string, SessionRecord>;
  mail: MailTables;
  /** Those that began or ended in the call that is under way. */
  changed: Set<SessionRecord>;
  keyRingVersion: () => number;
}

function createAccount(tables: Tables, user: NewUser, session: SessionRecord) {
  const taken = (key: "usernameKey" | "usernameSkeleton" | "emailKey") =>
    [...tables.users.values()].some((other) => other[key] === user[key]);
  if (taken("usernameKey") || taken("usernameSkeleton")) return "username_taken";
  if (taken("emailKey")) return "email_taken";
  if (tables.users.has(user.id)) throw new Error("There is already a user with that id");
  if (session.userId !== user.id) throw new Error("The first session must be the new user's own");
  refuseTakenId(tables, session);
  tables.users.set(user.id, { ...user });
  addSession(tables, session);
  return "created";
}

function createSession(tables: Tables, session: SessionRecord, room: SessionRoom | undefined) {
  const user = tables.users.get(session.userId);
  const current = user && user.disabledAt === null && user.credentialVersion === session.credentialVersion;
  if (!current) return "credentials_changed";
  refuseTakenId(tables, session);
  addSession(tables, session);
  if (room) endBeyond(tables, session, room);
  return "created";
}

function endBeyond(tables: Tables, added: SessionRecord, { atMost, now, idleSince }: SessionRoom): void {
  const begun = ({ id, createdAt }: SessionRecord) => (id === added.id ? Infinity : Math.min(createdAt, now));
  const order = (a: SessionRecord, b: SessionRecord) => begun(b) - begun(a) || (a.id < b.id ? 1 : -1);
  sessionsOf(tables, added.userId)
    .filter(({ revokedAt, expiresAt, rotatedAt }) => revokedAt === null && expiresAt > now && rotatedAt > idleSince)
    .sort(order)
    .slice(atMost)
    .forEach((session) => {
      endSession(tables, session, "too_many_sessions", now);
    });
}

function refuseTakenId(tables: Tables, session: SessionRecord): void {
  if (tables.sessions.has(session.id)) throw new Error("There is already a session with that id");
}

function findLogin(tables: Tables, sessionId: string): FoundLogin | undefined {
  const found = findSession(tables, sessionId);
  if (!found) return undefined;
  const { familyHash, nextHash, lastUsedHash, salt, stepUpHash, stepUpAt, ...session } = found.session;
  return { session, user: found.user, keyRingVersion: tables.keyRingVersion() };
}

function findSession(tables: Tables, sessionId: string): SessionWithUser | undefined {
  const session = tables.sessions.get(sessionId);
  const user = session && tables.users.get(session.userId);
  return session && user && { session: copyOf(session), user: publicPart(user) };
}

function listSessions(tables: Tables, userId: string): SessionWithUser[] {
  return sessionsOf(tables, userId).flatMap(({ id, revokedAt }) => {
    const found = revokedAt === null ? findSession(tables, id) : undefined;
    return found ? [found] : [];
  });
}

function addSession(tables: Tables, session: SessionRecord): void {
  const stored = copyOf(session);
  tables.sessions.set(stored.id, stored);
  tables.changed.add(stored);
}

function endSession(tables: Tables, session: SessionRecord | undefined, reason: RevokedReason, now: number): boolean {
  if (!session || session.revokedAt !== null) return false;
  tables.changed.add(session);
  session.revokedAt = now;
  session.revokedReason = reason;
  if (reason !== "logout") endOrdersOfSession(tables.mail, session.id);
  return true;
}

function revokeSessionsOf(tables: Tables, end: Parameters<AuthStore["revokeSessionsOf"]>[0]): number {
  const { userId, reason, now, keepSessionId, askingSessionId } = end;
  const others = sessionsOf(tables, userId).filter(({ id }) => id !== keepSessionId);
  const ended = others.filter((session) => endSession(tables, session, reason, now));
  for (const { id } of ended) if (id !== askingSessionId) endOrdersOfSession(tables.mail, id);
  return ended.length;
}

function upgradePasswordHash(tables: Tables, userId: string, from: string, to: string): boolean {
  const user = tables.users.get(userId);
  if (user?.passwordHash !== from) return false;
  user.passwordHash = to;
  return true;
}

function highestPasswordCost(tables: Tables, atMost: number): number | undefined {
  const costs = [...tables.users.values()].flatMap(({ passwordHash }) => {
    const digits = /\$2[aby]?\$([01]\d)\$/.exec(passwordHash)?.[1];
    return digits === undefined || Number(digits) > atMost ? [] : [Number(digits)];
  });
  return costs.length === 0 ? undefined : Math.max(...costs);
}

function changePassword(
  tables: Tables,
  { userId, from, to, keepSessionId, stepUpHash, now, rotation }: Parameters<AuthStore["changePassword"]>[0],
): boolean {
  const user = tables.users.get(userId);
  if (user?.passwordHash !== from || user.disabledAt !== null) return false;
  if (rotation && !rotateSession(tables, rotation)) return false;
  user.passwordHash = to;
  user.credentialVersion += 1;
  endOrdersOf(tables.mail, userId);
  user.claimsVersion += 1;
  for (const session of sessionsOf(tables, userId)) {
    if (session.id !== keepSessionId) {
      endSession(tables, session, "password_changed", now);
      continue;
    }
    session.credentialVersion += 1;
    giveStepUp(session, stepUpHash, now);
  }
  return true;
}

function renewProof(
  tables: Tables,
  { sessionId, credentialVersion, stepUpHash, now }: Parameters<AuthStore["renewProof"]>[0],
): boolean {
  const session = tables.sessions.get(sessionId);
  const user = session && tables.users.get(session.userId);
  if (!session || session.revokedAt !== null || session.expiresAt <= now) return false;
  if (session.credentialVersion !== credentialVersion) return false;
  if (user?.credentialVersion !== credentialVersion || user.disabledAt !== null) return false;
  giveStepUp(session, stepUpHash, now);
  return true;
}

function giveStepUp(session: SessionRecord, stepUpHash: Uint8Array, now: number): void {
  session.authenticatedAt = now;
  session.stepUpHash = Uint8Array.from(stepUpHash);
  session.stepUpAt = now;
}

function changeName(tables: Tables, userId: string, name: string): boolean {
  const user = tables.users.get(userId);
  if (!user || user.disabledAt !== null) return false;
  user.name = name;
  user.claimsVersion += 1;
  return true;
}

function disableUser(tables: Tables, userId: string, now: number) {
  const user = tables.users.get(userId);
  if (!user || user.disabledAt !== null) return "unchanged";
  if (isLastAdmin(tables.users, user)) return "last_admin";
  user.disabledAt = now;
  endOrdersOf(tables.mail, userId);
  for (const session of sessionsOf(tables, userId)) endSession(tables, session, "account_disabled", now);
  return "done";
}

function sessionsOf(tables: Tables, userId: string): SessionRecord[] {
  return [...tables.sessions.values()].filter((session) => session.userId === userId);
}

function credentialsOf(user: NewUser | undefined): Credentials | undefined {
  return user && { user: publicPart(user), passwordHash: user.passwordHash };
}

function publicPart(stored: NewUser): User {
  const { usernameKey: _key, usernameSkeleton: _looks, emailKey: _emailKey, passwordHash: _hash, ...user } = stored;
  return user;
}

function copyOf(session: SessionRecord): SessionRecord {
  return {
    ...session,
    familyHash: Uint8Array.from(session.familyHash),
    nextHash: Uint8Array.from(session.nextHash),
    lastUsedHash: session.lastUsedHash && Uint8Array.from(session.lastUsedHash),
    salt: Uint8Array.from(session.salt),
    stepUpHash: session.stepUpHash && Uint8Array.from(session.stepUpHash),
  };
}
