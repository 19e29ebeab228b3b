import type { NewUser, StoredSession } from "../../core/domain/model.ts";
import type { AccountStore } from "../../core/ports/account-store.ts";
import { enableUser, findUsers, isLastAdmin, setRole } from "./account-admin.ts";
import { addFirstPassword } from "./credential.ts";
import { voidEmailsOfUser } from "./email-links.ts";
import type { MemoryRegistrationLinks } from "./email-registration.ts";
import { addSession, endSession, rejectTakenId, sessionsOf } from "./session.ts";
import { type Atomically, publicPart, type Tables } from "./tables.ts";

/** Accounts in memory. */
export function createMemoryAccountStore(
  tables: Tables,
  registrations: Pick<MemoryRegistrationLinks, "living">,
  atomically: Atomically,
): AccountStore {
  return {
    createAccount: ({ user, session, link }) =>
      atomically("createAccount", () => {
        const living = link && registrations.living({ ...link, emailKey: user.emailKey });
        if (link && !living) return "link_invalid";
        const outcome = createAccount(tables, user, session);
        if (outcome === "created") living?.remove();
        return outcome;
      }),
    changeName: ({ userId, name }) => atomically("changeName", () => changeName(tables, userId, name)),
    disableUser: ({ userId, now }) => atomically("disableUser", () => disableUser(tables, userId, now)),
    enableUser: ({ userId }) => atomically("enableUser", () => enableUser(tables.users, userId)),
    setRole: ({ userId, role }) => atomically("setRole", () => setRole(tables.users, userId, role)),
    findUsers: (query) => atomically("findUsers", () => findUsers(tables.users, query).map(publicPart)),
    deleteUser: ({ userId }) => atomically("deleteUser", () => deleteUser(tables, userId)),
  };
}

function createAccount(tables: Tables, user: NewUser, session: StoredSession | undefined) {
  const taken = (key: "usernameKey" | "usernameSkeleton" | "emailKey") =>
    [...tables.users.values()].some((other) => other[key] === user[key]);
  if (taken("usernameKey") || taken("usernameSkeleton")) return "username_taken";
  if (taken("emailKey")) return "email_taken";
  if (tables.users.has(user.id)) throw new Error("There is already a user with that id");
  if (session && session.userId !== user.id) throw new Error("The first session must be the new user's own");
  if (session) rejectTakenId(tables, session);
  const { passwordHash, ...stored } = user;
  tables.users.set(user.id, stored);
  if (passwordHash !== null) addFirstPassword(tables, user.id, passwordHash, user.createdAt);
  if (session) addSession(tables, session);
  return "created";
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
  voidEmailsOfUser(tables.emails, userId);
  for (const { id, userId: owner } of tables.challenges.values()) if (owner === userId) tables.challenges.delete(id);
  for (const session of sessionsOf(tables, userId)) endSession(tables, session, "account_disabled", now);
  return "done";
}

function deleteUser(tables: Tables, userId: string) {
  const { users, credentials, sessions, challenges, audit } = tables;
  const user = users.get(userId);
  if (!user) return "unchanged";
  if (isLastAdmin(users, user)) return "last_admin";
  users.delete(userId);
  for (const { id, userId: owner } of credentials.values()) if (owner === userId) credentials.delete(id);
  for (const { id, userId: owner } of challenges.values()) if (owner === userId) challenges.delete(id);
  for (const { id } of sessionsOf(tables, userId)) sessions.delete(id);
  voidEmailsOfUser(tables.emails, userId);
  const own = audit.entries.filter((entry) => entry.userId === userId);
  for (const entry of own) audit.entries.splice(audit.entries.indexOf(entry), 1);
  return "done";
}
