/**
 * The port to how passwords are hashed. `createPasswordHasher` in `password.ts` makes the real one; the rules know only
 * this.
 */
export interface PasswordHasher {
  /**
   * The text to keep in the place of a new password. Given what is stored for that same password now, it costs at least as much
   * as that: an upgrade must not weaken what is there.
   *
   * @throws {AuthError} `validation_failed` (see `checkPasswordText`) | `temporarily_unavailable`
   */
  hash(password: string, former?: string): Promise<string>;

  /**
   * Compares a password with what is stored. Without anything stored (no user has that name), or with something
   * unusable, it takes the work of a real comparison all the same, so that its time tells a stranger nothing (ASVS
   * 6.3.8). That is the work of the dearest hash in the store: where the cost was lowered, known users would take longer.
   *
   * @throws {AuthError} `validation_failed` (see `checkPasswordText`) | `temporarily_unavailable`
   */
  verify(password: string, stored: string | undefined, costs?: StoredCosts): Promise<PasswordVerdict>;

  /** Ends the threads. Rejects what runs, what waits and what comes later: `temporarily_unavailable`. */
  close(): Promise<void>;
}

/** What is known of all stored hashes together. */
export interface StoredCosts {
  /** The highest cost of any stored hash that is not above `atMost`; undefined when there is none. */
  highest(atMost: number): Promise<number | undefined>;
}

export interface PasswordVerdict {
  matches: boolean;
  /** Matches, but a new password would be stored in a better way: store `hash(password, stored)` in its place. */
  needsUpgrade: boolean;
  /** No password can ever match what is stored: it is malformed, costs too much, or names a pepper that is not here. */
  unusable: boolean;
}
