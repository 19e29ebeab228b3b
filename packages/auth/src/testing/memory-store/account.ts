import type { Credentials, NewUser, StoredSession } from "../../core/domain/model.ts";
import type { AuthStore } from "../../core/ports/store.ts";
import { isLastAdmin } from "./account-admin.ts";
import { endOrdersOf } from "./email.ts";
import { addSession, endSession, giveStepUp, rejectTakenId, sessionsOf } from "./session.ts";
import { rotateSession } from "./session-rotation.ts";
import { publicPart, type Tables } from "./tables.ts";

export function createAccount(tables: Tables, user: NewUser, session: StoredSession) {
  const taken = (key: "usernameKey" | "usernameSkeleton" | "emailKey") =>
    [...tables.users.values()].some((other) => other[key] === user[key]);
  if (taken("usernameKey") || taken("usernameSkeleton")) return "username_taken";
  if (taken("emailKey")) return "email_taken";
  if (tables.users.has(user.id)) throw new Error("There is already a user with that id");
  if (session.userId !== user.id) throw new Error("The first session must be the new user's own");
  rejectTakenId(tables, session);
  tables.users.set(user.id, { ...user });
  addSession(tables, session);
  return "created";
}

export function upgradePasswordHash(tables: Tables, userId: string, from: string, to: string): boolean {
  const user = tables.users.get(userId);
  if (user?.passwordHash !== from) return false;
  user.passwordHash = to;
  return true;
}

export function highestPasswordCost(tables: Tables, atMost: number): number | undefined {
  const costs = [...tables.users.values()].flatMap(({ passwordHash }) => {
    const digits = /\$2[aby]?\$([01]\d)\$/.exec(passwordHash)?.[1];
    return digits === undefined || Number(digits) > atMost ? [] : [Number(digits)];
  });
  return costs.length === 0 ? undefined : Math.max(...costs);
}

export function changePassword(
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

export function changeName(tables: Tables, userId: string, name: string): boolean {
  const user = tables.users.get(userId);
  if (!user || user.disabledAt !== null) return false;
  user.name = name;
  user.claimsVersion += 1;
  return true;
}

export function disableUser(tables: Tables, userId: string, now: number) {
  const user = tables.users.get(userId);
  if (!user || user.disabledAt !== null) return "unchanged";
  if (isLastAdmin(tables.users, user)) return "last_admin";
  user.disabledAt = now;
  endOrdersOf(tables.mail, userId);
  for (const session of sessionsOf(tables, userId)) endSession(tables, session, "account_disabled", now);
  return "done";
}

export function credentialsOf(user: NewUser | undefined): Credentials | undefined {
  return user && { user: publicPart(user), passwordHash: user.passwordHash };
}
