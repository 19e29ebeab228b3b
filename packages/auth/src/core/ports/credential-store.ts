import type { Credential, ProvenMethod } from "../domain/credential.ts";
import type { Credentials } from "../domain/model.ts";
import type { SessionRotation } from "./session-store.ts";

/**
 * The port to the credentials of a login. Part of `AuthStore`; its rules apply.
 *
 * A credential that is added, replaced or removed raises the user's `credentialVersion` by one in the same transaction, and that of
 * the user's living sessions with it: they go on, while a login that was proven before and has not begun its session yet, links
 * and waiting emails with a link count no more.
 */
export interface CredentialStore {
  /** All credentials of a user, the oldest first. */
  listCredentials(userId: string): Promise<Credential[]>;

  /** The credential of that kind and `lookupKey`. */
  findCredential(key: { kind: string; lookupKey: string }): Promise<Credential | undefined>;

  /**
   * Adds a credential. Atomic: only while the user is active and has that `credentialVersion`. `taken`: there is one with its
   * id or `lookupKey`, or it is a second password.
   */
  addCredential(add: {
    credential: Credential;
    credentialVersion: number;
  }): Promise<"added" | "taken" | "credentials_changed">;

  /**
   * Replaces the data of a credential by other data of the same kind that proves something else. Atomic: only while it has that
   * `version` and its user is active.
   */
  replaceCredential(change: { id: string; version: number; data: string }): Promise<boolean>;

  /**
   * Notes a use, and with it the data after it, such as the last step of a one-time password. Atomic: only while it has that
   * `version`, so that one of two uses at once wins. Raises no `credentialVersion`: it proves what it proved before.
   */
  useCredential(use: { id: string; version: number; data: string; now: number }): Promise<boolean>;

  /**
   * The next credentials by id whose `data` is encrypted, but not under the key that `current` names: their data begins with
   * `encrypted`, and not with `current`. At most `limit`, after `after`.
   */
  listOutdatedCredentials(query: {
    encrypted: string;
    current: string;
    after: string | null;
    limit: number;
  }): Promise<Credential[]>;

  /** Replaces data by the same data, encrypted under another key. Atomic: only while it is `from`. Raises nothing. */
  reencryptCredential(change: { id: string; from: string; to: string }): Promise<boolean>;

  /**
   * Removes a credential of an active user. Atomic: of those whose kind is in `waysIn` (which alone begin a session) one always
   * stays, however many calls there are at once: `last_way_in`. `unchanged`: there is none with that id.
   */
  removeCredential(end: {
    id: string;
    userId: string;
    waysIn: readonly string[];
  }): Promise<"removed" | "unchanged" | "last_way_in">;

  /** The user of a username or an email, both in canonical form, with what a login has to check. */
  findCredentials(key: { usernameKey: string } | { emailKey: string }): Promise<Credentials | undefined>;

  /** The same by the user's id. */
  findCredentialsById(userId: string): Promise<Credentials | undefined>;

  /**
   * The highest bcrypt cost in any user's password hash that is not above `atMost`, ours or another system's; undefined when there is
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
    /** What the device with the new step-up secret has proved. */
    methods: readonly ProvenMethod[];
    now: number;
    rotation?: SessionRotation | undefined;
  }): Promise<boolean>;
}
