import type { ProvenMethod } from "./credential.ts";

/**
 * Authentication method references (RFC 8176 section 2): one for each kind, and `mfa` where there are several.
 *
 * @param values of RFC 8176 by kind of credential
 */
export function amrOf(methods: readonly ProvenMethod[], values: ReadonlyMap<string, string>): readonly string[] {
  const kinds = [...new Set(methods.map(({ kind }) => kind))];
  const references = kinds.map((kind) => values.get(kind) ?? kind);
  return kinds.length > 1 ? [...references, "mfa"] : references;
}
