import type { Credentials, NewUser } from "../../core/domain/model.ts";
import type { CredentialStore } from "../../core/ports/credential-store.ts";
import { voidEmailsOfUser } from "./email-links.ts";
import { endSession, giveStepUp, sessionsOf } from "./session.ts";
import { rotateSession } from "./session-rotation.ts";
import { type Atomically, publicPart, type Tables } from "./tables.ts";

/** Passwords in memory. */
export function createMemoryCredentialStore(tables: Tables, atomically: Atomically): CredentialStore {
  const { users } = tables;
  return {
    findCredentials: (key) =>
      atomically("findCredentials", () =>
        credentialsOf(
          [...users.values()].find((user) =>
            "usernameKey" in key ? user.usernameKey === key.usernameKey : user.emailKey === key.emailKey,
          ),
        ),
      ),
    findCredentialsById: (userId) => atomically("findCredentialsById", () => credentialsOf(users.get(userId))),
    // Without a pause: it is one answer for all users, and no order of anything depends on it.
    highestPasswordCost: async ({ atMost }) => highestPasswordCost(tables, atMost),
    upgradePasswordHash: ({ userId, from, to }) =>
      atomically("upgradePasswordHash", () => upgradePasswordHash(tables, userId, from, to)),
    changePassword: (change) => atomically("changePassword", () => changePassword(tables, change)),
  };
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
  { userId, from, to, keepSessionId, stepUpHash, now, rotation }: Parameters<CredentialStore["changePassword"]>[0],
): boolean {
  const user = tables.users.get(userId);
  if (user?.passwordHash !== from || user.disabledAt !== null) return false;
  if (rotation && !rotateSession(tables, rotation)) return false;
  user.passwordHash = to;
  user.credentialVersion += 1;
  voidEmailsOfUser(tables.emails, userId);
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

function credentialsOf(user: NewUser | undefined): Credentials | undefined {
  return user && { user: publicPart(user), passwordHash: user.passwordHash };
}
