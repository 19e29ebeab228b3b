import type { Credentials } from "../domain/model.ts";
import type { SessionRotation } from "./session-store.ts";

/** The port to the credentials of a login. Part of `AuthStore`; its rules apply. */
export interface CredentialStore {
  /** The user of a username or an email, both in canonical form, with what a login has to check. */
  findCredentials(key: { usernameKey: string } | { emailKey: string }): Promise<Credentials | undefined>;

  /** The same by the user's id. */
  findCredentialsById(userId: string): Promise<Credentials | undefined>;

  /**
   * The highest bcrypt cost in any user's password hash that is not above `atMost`, whoever made the hash; undefined when there is
   * none. Asked at each login, so it must cost microseconds, however many users there are.
   */
  highestPasswordCost(query: { atMost: number }): Promise<number | undefined>;

  /**
   * Replaces a password hash by one of the same password made in a newer way. Atomic: only while the stored hash is
   * `from`, so that it never undoes a password change (fault case P15).
   */
  upgradePasswordHash(upgrade: { userId: string; from: string; to: string }): Promise<boolean>;

  /**
   * Changes a password and revokes every other session of the user. Atomic: all of it or nothing, and only while the stored
   * hash is `from` and the user is active. `credentialVersion` grows by one, on the user and on the session that is kept,
   * whose `authenticatedAt` and step-up become those of `now`, because the user has just sent the password. `claimsVersion` grows too, so
   * that older access tokens count as expired.
   *
   * Given `rotation`, the same transaction does to the kept session what `rotateSession` does, under the same conditions; where
   * that cannot be done, nothing is.
   */
  changePassword(change: {
    userId: string;
    from: string;
    to: string;
    keepSessionId: string;
    stepUpHash: Uint8Array;
    now: number;
    rotation?: SessionRotation | undefined;
  }): Promise<boolean>;
}
