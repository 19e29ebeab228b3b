import type { Challenge, Credential } from "../../core/domain/credential.ts";
import type { StoredSession, StoredUser, User } from "../../core/domain/model.ts";
import type { AuthStore } from "../../core/ports/store.ts";
import type { MemoryAuditLog } from "./audit.ts";
import type { EmailTables } from "./email-links.ts";

/** What the store in memory keeps. */
export interface Tables {
  users: Map<string, StoredUser>;
  /** By their ids. */
  credentials: Map<string, Credential>;
  sessions: Map<string, StoredSession>;
  challenges: Map<string, Challenge>;
  audit: MemoryAuditLog;
  emails: EmailTables;
  keyRingVersion: () => number;
}

/** The pauses around a method; `work` must not be asynchronous, or it would no longer be atomic. */
export type Atomically = <T>(method: keyof AuthStore, work: () => T) => Promise<T>;

export function publicPart(stored: StoredUser): User {
  const { usernameKey: _key, usernameSkeleton: _skeleton, emailKey: _emailKey, ...user } = stored;
  return user;
}

/** The kinds of the user's credentials, each once, in the order of the alphabet. */
export function kindsOf({ credentials }: Tables, userId: string): string[] {
  const own = [...credentials.values()].filter((one) => one.userId === userId);
  return [...new Set(own.map(({ kind }) => kind))].sort();
}
