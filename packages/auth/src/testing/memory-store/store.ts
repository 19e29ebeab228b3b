import type { AuthStore } from "../../core/ports/store.ts";
import { createMemoryAccountStore } from "./account.ts";
import { createMemoryAuditLog, createMemoryAuditStore } from "./audit.ts";
import { createMemoryChallengeStore } from "./challenge.ts";
import { createMemoryCleanupStore } from "./cleanup.ts";
import { createMemoryCredentialStore } from "./credential.ts";
import { createMemoryEmailStore } from "./email.ts";
import { createEmailTables } from "./email-links.ts";
import { createMemoryRegistrationLinks } from "./email-registration.ts";
import { createMemoryKeyStore } from "./key.ts";
import { createMemorySessionStore } from "./session.ts";
import type { Atomically, Tables } from "./tables.ts";

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
  const sessions: Tables["sessions"] = new Map();
  const tables: Tables = {
    users: new Map(),
    credentials: new Map(),
    sessions,
    challenges: new Map(),
    audit: createMemoryAuditLog(),
    emails: createEmailTables(sessions),
    keyRingVersion: version,
  };
  const atomically: Atomically = async (method, work) => {
    await pause(method, "before");
    const result = work();
    await pause(method, "after");
    return result;
  };
  const registrations = createMemoryRegistrationLinks({ users: tables.users, atomically });
  return {
    ...createMemoryAccountStore(tables, registrations, atomically),
    ...createMemoryCredentialStore(tables, atomically),
    ...createMemoryChallengeStore(tables, atomically),
    ...createMemorySessionStore(tables, atomically),
    ...createMemoryEmailStore(tables, registrations, atomically),
    // Without pauses: the rules do not wait for the keys, so there is no order in which it could matter.
    ...keys,
    ...createMemoryAuditStore(tables.audit),
    ...createMemoryCleanupStore(tables, atomically),
  };
}
