import type { StoredSession } from "../../core/domain/model.ts";
import type { AuthStore } from "../../core/ports/store.ts";
import {
  changeName,
  changePassword,
  createAccount,
  credentialsOf,
  disableUser,
  highestPasswordCost,
  upgradePasswordHash,
} from "./account.ts";
import { enableUser, findUsers, setRole } from "./account-admin.ts";
import { createMemoryRegistrationLinks } from "./account-registration.ts";
import { createMemoryTimeline } from "./audit.ts";
import { removeEndedSessions, removeOldAuditEntries } from "./cleanup.ts";
import { createMailTables, createMemoryMail, removeFutureLinks } from "./email.ts";
import { createMemoryKeyStore } from "./key.ts";
import {
  createSession,
  endSession,
  findSessionWithUser,
  findStoredSession,
  listSessions,
  recordStepUp,
  revokeSessionsOf,
  sessionsOf,
} from "./session.ts";
import { reissueSession, rotateSession } from "./session-rotation.ts";
import { publicPart, type Tables } from "./tables.ts";

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
  const sessions = new Map<string, StoredSession>();
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
    findSessionWithUser: (sessionId) => atomically("findSessionWithUser", () => findSessionWithUser(tables, sessionId)),
    findStoredSession: (sessionId) => atomically("findStoredSession", () => findStoredSession(tables, sessionId)),
    listSessions: (userId) => atomically("listSessions", () => listSessions(tables, userId)),
    rotateSession: (change) => atomically("rotateSession", () => rotateSession(tables, change)),
    reissueSession: (change) => atomically("reissueSession", () => reissueSession(tables, change)),
    revokeSession: ({ sessionId, userId, reason, now }) =>
      atomically("revokeSession", () => {
        const session = tables.sessions.get(sessionId);
        return (userId === undefined || session?.userId === userId) && endSession(tables, session, reason, now);
      }),
    revokeSessionsOf: (end) => atomically("revokeSessionsOf", () => revokeSessionsOf(tables, end)),
    upgradePasswordHash: ({ userId, from, to }) =>
      atomically("upgradePasswordHash", () => upgradePasswordHash(tables, userId, from, to)),
    changePassword: (change) => atomically("changePassword", () => changePassword(tables, change)),
    recordStepUp: (proof) => atomically("recordStepUp", () => recordStepUp(tables, proof)),
    changeName: ({ userId, name }) => atomically("changeName", () => changeName(tables, userId, name)),
    disableUser: ({ userId, now }) => atomically("disableUser", () => disableUser(tables, userId, now)),
    enableUser: ({ userId }) => atomically("enableUser", () => enableUser(tables.users, userId)),
    setRole: ({ userId, role }) => atomically("setRole", () => setRole(tables.users, userId, role)),
    findUsers: (query) => atomically("findUsers", () => findUsers(tables.users, query).map(publicPart)),
    removeEndedSessions: (step) => atomically("removeEndedSessions", () => removeEndedSessions(tables.sessions, step)),
    // Without pauses: the rules wait for neither, so there is no order in which it could matter.
    ...keys,
    appendAuditEntry: async (entry) => timeline.append(entry),
    listAuditEntries: async (query) => timeline.list(query),
    listDevices: async (query) => timeline.devices(query),
    removeOldAuditEntries: async (step) => removeOldAuditEntries(timeline, step),
    ...registrations.methods,
    removeFutureLinks: (latest) =>
      atomically(
        "removeFutureLinks",
        () => removeFutureLinks(mail, latest) + registrations.removeFuture(latest.register),
      ),
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
