import { ConfigError } from "../domain/config-error.ts";
import type { CredentialKind, CredentialUseKind } from "../ports/credential-kind.ts";

/** The kinds of credential that this process knows, the password included. */
export interface CredentialKinds {
  readonly uses: ReadonlyMap<string, CredentialUseKind>;
  /** The kinds that begin a login by themselves: of these the last one of an account cannot go. */
  readonly waysIn: readonly string[];
  /** How a kind is proven. Undefined for the password, and for a kind that this version does not know. */
  find(kind: string): CredentialKind | undefined;
  /** The values of RFC 8176. */
  readonly amr: ReadonlyMap<string, string>;
}

const kindShape = /^[a-z][a-z_]{1,31}$/;

/** @throws {ConfigError} for a kind that is named like another, or not as kinds are */
export function createCredentialKinds(kinds: readonly CredentialKind[]): CredentialKinds {
  const uses = new Map<string, CredentialUseKind>([["password", "first_factor"]]);
  const amr = new Map([["password", "pwd"]]);
  for (const { kind, use, amr: value } of kinds) {
    if (!kindShape.test(kind)) throw new ConfigError(`credentialKinds: "${kind}" is no name of a kind`);
    if (uses.has(kind)) throw new ConfigError(`credentialKinds: there are two of the kind "${kind}"`);
    uses.set(kind, use);
    amr.set(kind, value);
  }
  return {
    uses,
    amr,
    waysIn: [...uses].filter(([, use]) => use !== "second_factor").map(([kind]) => kind),
    find: (name) => kinds.find(({ kind }) => kind === name),
  };
}
