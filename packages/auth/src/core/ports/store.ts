import type { AccountStore } from "./account-store.ts";
import type { AuditStore } from "./audit-store.ts";
import type { ChallengeStore } from "./challenge-store.ts";
import type { CleanupStore } from "./cleanup-store.ts";
import type { CredentialStore } from "./credential-store.ts";
import type { EmailStore } from "./email-store.ts";
import type { SigningKeyStore } from "./key-store.ts";
import type { SessionStore } from "./session-store.ts";

/**
 * The port to where accounts and sessions are kept. It speaks the rules' language, and each method states what it does
 * at one stroke, because every race in this product is decided here and nowhere else. The suite that every store must
 * pass is `testing/store-contract/index.ts`.
 *
 * For all methods: times are milliseconds since 1970; ids are UUIDs in lower case; a store that is busy, full, read-only
 * or gone throws `AuthError("temporarily_unavailable")` having changed nothing, and acknowledges a write only when it is
 * durable (assumption A4 of the refresh protocol).
 */
export interface AuthStore
  extends AccountStore,
    CredentialStore,
    ChallengeStore,
    SessionStore,
    EmailStore,
    SigningKeyStore,
    AuditStore,
    CleanupStore {}
