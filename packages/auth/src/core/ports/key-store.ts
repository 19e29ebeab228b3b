/**
 * The port to the signing keys of all processes of an installation. Private keys arrive encrypted (see
 * `signing-key.ts`), and the store never decrypts them. Part of `AuthStore`; its rules apply.
 */
export interface SigningKeyStore {
  /** A number that changes with every change of the keys: what `findSessionWithUser` says, too. One read by key. */
  keyRingVersion(): Promise<number>;

  /** Every key, in the order of `seq`, and the version of just this state, read together. */
  readKeyRing(): Promise<StoredKeyRing>;

  /** Adds a key. Atomic: of any number of concurrent calls with the same `seq` exactly one returns true. */
  addSigningKey(key: StoredSigningKey): Promise<boolean>;

  /**
   * Adds a key and revokes every other one as of `now`, in one transaction. False, and nothing is changed, when there is already
   * a key with that `seq`.
   */
  replaceSigningKeys(change: { key: StoredSigningKey; now: number }): Promise<boolean>;

  /** Replaces the ciphertext of a private key by one under another secret. Atomic: only while it is `from`. */
  reencryptSigningKey(change: { kid: string; from: Uint8Array; to: Uint8Array }): Promise<boolean>;

  /** Removes the keys that have verified nothing since `before` or earlier. Returns how many. */
  removeSigningKeys(step: { before: number }): Promise<number>;
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
  /** After the last token that it signed has expired, by any server's clock. */
  verifiesUntil: number;
  /** Set in an emergency: from then on, nothing that it signed is trusted. */
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
