import type { NewUser, StoredSession, User } from "../../core/domain/model.ts";
import type { MailTables } from "./email.ts";

/** What the store in memory keeps. */
export interface Tables {
  users: Map<string, NewUser>;
  sessions: Map<string, StoredSession>;
  mail: MailTables;
  /** Those that began or ended in the call that is under way. */
  changed: Set<StoredSession>;
  keyRingVersion: () => number;
}

export function publicPart(stored: NewUser): User {
  const { usernameKey: _key, usernameSkeleton: _looks, emailKey: _emailKey, passwordHash: _hash, ...user } = stored;
  return user;
}
