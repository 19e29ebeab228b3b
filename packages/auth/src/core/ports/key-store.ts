/**
 * The port to where signing keys are kept, for all processes of an installation alike. Private halves arrive sealed (see
 * `signing-key.ts`) and are nobody's to open here. Part of `AuthStore`; the same rules hold for its methods.
 */
export interface SigningKeyStore {
  /** A number that changes with every change of the keys: what `findSessionWithUser` says, too. One read by key. */
  keyRingVersion(): Promise<number>;

  /** Every key, in the order of `seq`, and the version of just this state, read together. */
  readKeyRing(): Promise<StoredKeyRing>;

  /** Adds a key. Atomic: of any number of concurrent calls with the same `seq` exactly one returns true. */
  addSigningKey(key: StoredSigningKey): Promise<boolean>;

  /**
   * Adds a key and revokes every other one as of `now`, at one stroke. False, and nothing is changed, when there is already
   * a key with that `seq`.
   */
  replaceSigningKeys(change: { key: StoredSigningKey; now: number }): Promise<boolean>;

  /** Puts the same private half under another secret. Atomic: only while it is sealed as in `from`. */
  resealSigningKey(change: { kid: string; from: Uint8Array; to: Uint8Array }): Promise<boolean>;

  /** Removes the keys that nothing has to be verified with since `before` or earlier. Returns how many those were. */
  removeSigningKeys(sweep: { before: number }): Promise<number>;
}

export interface StoredKeyRing {
  version: number;
  keys: StoredSigningKey[];
}

/** When a key is used, in milliseconds since 1970. Each instant is the first at which it no longer, or already, holds. */
export interface KeyTimes {
  /** Grows by one with each key: of two processes that make one at the same instant, one finds its number taken. */
  seq: number;
  createdAt: number;
  signsFrom: number;
  signsUntil: number;
  /** After the last token that it signed has run out, by any server's clock. */
  verifiesUntil: number;
  /** Set in an emergency: from then on, nothing that it signed is believed. */
  revokedAt: number | null;
}

export interface StoredSigningKey extends KeyTimes {
  /** The thumbprint of the public half (RFC 7638): 43 characters of base64url. */
  kid: string;
  algorithm: string;
  /** A JWK (RFC 7517, RFC 8037) as JSON. */
  publicJwk: string;
  /** 60 octets; see `encryptPrivateKey`. */
  sealedPrivateKey: Uint8Array;
}
