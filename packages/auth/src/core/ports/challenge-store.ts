import type { Challenge } from "../domain/credential.ts";

/**
 * The port to the challenges. Part of `AuthStore`; its rules apply.
 *
 * A challenge is valid for the client that has its secret, until it expires, while it has a try left, its user is active and has
 * its `credentialVersion`, and its session, if it has one, is not revoked. It is consumed by `SessionStore.createSession` or
 * `SessionStore.recordStepUp` for its own user, in the transaction of what it proves, also when that was its last try: of any
 * number of concurrent calls exactly one succeeds.
 */
export interface ChallengeStore {
  /**
   * Adds a challenge. Atomic: only while its user is active and has that `credentialVersion`. The same transaction removes the
   * expired ones of the user and of the network, and then the oldest of them beyond the quota, so that a stranger can neither
   * fill the table nor keep a user from a new one.
   */
  addChallenge(add: {
    challenge: Challenge;
    quota: ChallengeQuota;
    now: number;
  }): Promise<"added" | "credentials_changed">;

  /** A valid challenge. Takes no try. */
  findChallenge(key: ChallengeKey): Promise<Challenge | undefined>;

  /**
   * Takes one try of a valid challenge, and returns the challenge as it is then. Before the response is checked, so that concurrent
   * tries do not bypass the bound. Undefined when none is left.
   */
  takeChallengeTry(key: ChallengeKey): Promise<Challenge | undefined>;

  /** Replaces what the response is checked against. False when the challenge is not valid. */
  setChallengeData(change: ChallengeKey & { data: string }): Promise<boolean>;

  /** Removes challenges that expired at or before that instant, at most so many. Returns how many. */
  removeExpiredChallenges(query: { before: number; limit: number }): Promise<number>;
}

export interface ChallengeKey {
  id: string;
  secretHash: Uint8Array;
  now: number;
}

/** How many challenges there may be, the new one included. */
export interface ChallengeQuota {
  perUser: number;
  perNetwork: number;
}
