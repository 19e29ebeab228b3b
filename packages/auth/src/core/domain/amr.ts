import type { ProvenMethod } from "./authentication.ts";

/** The values of RFC 8176 by kind of credential. */
const amrValues: Readonly<Record<string, string>> = { password: "pwd" };

/** Authentication method references (RFC 8176 section 2): one for each kind, and `mfa` where there are several. */
export function amrOf(methods: readonly ProvenMethod[]): readonly string[] {
  const kinds = [...new Set(methods.map(({ kind }) => kind))];
  const values = kinds.map((kind) => amrValues[kind] ?? kind);
  return kinds.length > 1 ? [...values, "mfa"] : values;
}
