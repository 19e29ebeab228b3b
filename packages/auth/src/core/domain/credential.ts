/** One way in which a user proves who they are. */
export interface Credential {
  /** UUID, version 7. Of a password the user's id: there is one at most. */
  id: string;
  userId: string;
  /** A text and no union: a later version of the app may have stored kinds that this one does not know. */
  kind: string;
  /** What a login finds it by, such as the id of a passkey; null where it is found by its user. Unique. */
  lookupKey: string | null;
  /** Of a password its hash; of other kinds what they need, encrypted where it is secret. */
  data: string;
  /** Grows with each change of `data`. */
  version: number;
  /** The name that the user gave it. */
  label: string | null;
  createdAt: number;
  lastUsedAt: number | null;
}

/** A kind of credential that a user proved, and when, in milliseconds since 1970. */
export interface ProvenMethod {
  kind: string;
  at: number;
}

/** A login or a step-up that waits for the response of a device. */
export interface Challenge {
  /** UUID, version 7. */
  id: string;
  purpose: ChallengePurpose;
  /** SHA-256 of the secret that only the client has that began it. */
  secretHash: Uint8Array;
  userId: string;
  /** The user's `credentialVersion` when it began. With another one it is void. */
  credentialVersion: number;
  /** The session whose device steps up; null for a login. */
  sessionId: string | null;
  /** The network that it was begun from, for the bound of each; null where that is not known. */
  network: string | null;
  /** What the response is checked against, encrypted. */
  data: string;
  /** How many responses it still takes. */
  triesLeft: number;
  createdAt: number;
  expiresAt: number;
}

export type ChallengePurpose = "login" | "step_up";
