import { createHash, randomBytes } from "node:crypto";
import { v7 as uuidV7 } from "uuid";
import type { RandomBytes } from "../core/domain/clock.ts";
import type { Challenge } from "../core/domain/credential.ts";
import type { NewUser, StoredSession } from "../core/domain/model.ts";
import { usernameSkeleton } from "../core/identifiers/skeleton.ts";
import type { EmailLinkUse } from "../core/ports/email-store.ts";
import { testStart } from "./fake-clock.ts";

let users = 0;

export type NewUserWithPassword = NewUser & { passwordHash: string };

/**
 * A user that no other call of this process has made: own id, own username, own email. The keys follow the username and
 * the email that are given.
 */
export function aNewUser(overrides: Partial<NewUserWithPassword> = {}): NewUserWithPassword {
  users += 1;
  const username = overrides.username ?? `Ada${users}`;
  const email = overrides.email ?? `Ada${users}@Example.com`;
  return {
    id: uuidV7(),
    username,
    usernameKey: username.toLowerCase(),
    usernameSkeleton: usernameSkeleton(username),
    email,
    emailKey: email.toLowerCase(),
    name: "Ada Lovelace",
    passwordHash: `$2b$12$not-the-hash-of-any-password-${users}`,
    createdAt: testStart,
    disabledAt: null,
    credentialVersion: 1,
    role: "user",
    claimsVersion: 1,
    emailVerifiedAt: null,
    ...overrides,
  };
}

const thirtyDaysMs = 30 * 86_400_000;

/** A living session that was never refreshed: begun at `testStart`, with 30 days to live and hashes of its own. */
export function aSession(overrides: Partial<StoredSession> & Pick<StoredSession, "userId">): StoredSession {
  const stepUpAt = overrides.stepUpAt === undefined ? testStart : overrides.stepUpAt;
  return {
    id: uuidV7(),
    delivery: "cookie",
    rememberMe: true,
    familyHash: someBytes(32),
    generation: 0,
    nextHash: someBytes(32),
    lastUsedHash: null,
    salt: someBytes(16),
    stepUpHash: someBytes(32),
    stepUpAt,
    stepUpMethods: stepUpAt === null ? [] : [{ kind: "password", at: stepUpAt }],
    rotatedAt: testStart,
    createdAt: testStart,
    authenticatedAt: testStart,
    amr: ["pwd"],
    expiresAt: testStart + thirtyDaysMs,
    credentialVersion: 1,
    revokedAt: null,
    revokedReason: null,
    userAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
    ipAddress: "192.0.2.7",
    lastSeenAt: testStart,
    ...overrides,
  };
}

const tenMinutesMs = 600_000;

/** A login that waits for its second factor: begun at `testStart`, with ten minutes to live and five tries. */
export function aChallenge(overrides: Partial<Challenge> & Pick<Challenge, "userId">): Challenge {
  return {
    id: uuidV7(),
    purpose: "login",
    secretHash: someBytes(32),
    credentialVersion: 1,
    sessionId: null,
    network: "192.0.2.0/24",
    data: "encrypted",
    triesLeft: 5,
    createdAt: testStart,
    expiresAt: testStart + tenMinutesMs,
    ...overrides,
  };
}

/** What finds or uses a link at that instant, for stores: whatever its kind, and however long its life. */
export function aLinkUse(secretHash: Uint8Array, now: number): EmailLinkUse {
  return { secretHash, now, endsAfter: now, endsBy: Number.MAX_SAFE_INTEGER };
}

/** So many random octets, in memory of their own. */
export function someBytes(bytes: number): Uint8Array {
  return Uint8Array.from(randomBytes(bytes));
}

/**
 * A source of "randomness" that repeats itself: the same seed yields the same octets in the same order, so that a test
 * that failed can be run again as it was. SHA-256 of the seed and a counter; never for production.
 */
export function seededRandomBytes(seed: number | string): RandomBytes {
  let block = 0;
  let left = new Uint8Array(0);
  return (bytes) => {
    const drawn = new Uint8Array(bytes);
    for (let filled = 0; filled < bytes; ) {
      if (left.length === 0) {
        left = Uint8Array.from(createHash("sha256").update(`${seed}/${block}`).digest());
        block += 1;
      }
      const piece = left.subarray(0, bytes - filled);
      drawn.set(piece, filled);
      left = left.subarray(piece.length);
      filled += piece.length;
    }
    return drawn;
  };
}
