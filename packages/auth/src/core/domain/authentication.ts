import type { ProvenMethod } from "./credential.ts";
import type { User } from "./model.ts";

/**
 * A user who has just proved who they are, by credentials of that version. Made by `flows/authenticate.ts` alone (a rule of
 * `.dependency-cruiser.cjs`), and needed to begin a session: no flow can begin one for a user who has proved nothing.
 */
export class Authentication {
  /** Makes the type nominal: an object of the same shape is none. */
  readonly #isProven = true;

  constructor(
    readonly user: User,
    readonly methods: readonly ProvenMethod[],
  ) {
    if (methods.length === 0) throw new RangeError("An authentication needs a proven method");
  }

  /** The user's `credentialVersion` when it was proven. A session begins only while the user still has it. */
  get credentialVersion(): number {
    return this.user.credentialVersion;
  }

  /** When the last of the methods was proven, in milliseconds since 1970. */
  get at(): number {
    return Math.max(...this.methods.map(({ at }) => at));
  }

  get isProven(): boolean {
    return this.#isProven;
  }
}
