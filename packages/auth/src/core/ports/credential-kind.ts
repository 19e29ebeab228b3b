import type { RandomBytes } from "../domain/clock.ts";

/**
 * The port to a kind of credential beside the password. A kind is one folder under `credentials/` that implements this, and one
 * line in `AuthOptions.credentialKinds`. What it keeps of a user is encrypted by the rules before it is stored.
 */
export interface CredentialKind {
  /** Stored with each credential, and named on the wire: lower case and underscores, such as `totp`. Never `password`. */
  readonly kind: string;
  /** Its value in `amr` (RFC 8176 section 2), such as `otp`. */
  readonly amr: string;
  /**
   * `first_factor` begins a login. `second_factor` is asked for after it: an account with one has no session without it.
   * `multi_factor` begins a login and is both, such as a passkey that verifies its user.
   */
  readonly use: CredentialUseKind;
  /**
   * Draws what a device has to respond to, where the kind needs that. Without it a response is checked against the credential
   * alone.
   */
  begin?(input: {
    credentials: readonly SecretCredential[];
    now: number;
    randomBytes: RandomBytes;
  }): Begun | Promise<Begun>;
  /**
   * Checks a response of a device against the user's credentials of this kind.
   *
   * @returns the credential that it proves, with its data from now on; undefined for a wrong response
   */
  verify(input: {
    credentials: readonly SecretCredential[];
    /** As the device sent it; any text at all. */
    response: string;
    /** What `begin` kept; undefined where it was not called. */
    state: string | undefined;
    now: number;
  }): ProvenCredential | undefined | Promise<ProvenCredential | undefined>;
}

export type CredentialUseKind = "first_factor" | "second_factor" | "multi_factor";

/** A credential as its kind sees it. */
export interface SecretCredential {
  id: string;
  /** Decrypted. */
  data: string;
}

export interface Begun {
  /** Kept, encrypted, until the response. */
  state: string;
  /** Sent to the device as JSON. */
  options: Readonly<Record<string, unknown>>;
}

export interface ProvenCredential {
  id: string;
  /** The data after this use, such as the last step of a one-time password. */
  data: string;
}
