/**
 * The port to how passwords are hashed. `createPasswordHasher` in `password.ts` makes the real one; the rules know only
 * this.
 */
export interface PasswordHasher {
  /**
   * The text to keep in the place of a new password.
   *
   * @throws {AuthError} `validation_failed` (see `checkPasswordText`) | `temporarily_unavailable`
   */
  hash(password: string): Promise<string>;

  /**
   * Compares a password with what is stored. Without anything stored (nobody has that name), or with something
   * unusable, it takes the work of a real comparison all the same, so that its time tells a stranger nothing (ASVS
   * 6.3.8).
   *
   * @throws {AuthError} `validation_failed` (see `checkPasswordText`) | `temporarily_unavailable`
   */
  verify(password: string, stored: string | undefined): Promise<PasswordVerdict>;

  /** Ends the threads. Refuses what runs, what waits and what comes later: `temporarily_unavailable`. */
  close(): Promise<void>;
}

export interface PasswordVerdict {
  matches: boolean;
  /** Matches, but was stored in another way than a new password would be: store `hash(password)` in its place. */
  needsUpgrade: boolean;
  /** No password can ever match what is stored: it is malformed, costs too much, or names a pepper that is not here. */
  unusable: boolean;
}
