/** The values of `amr` (RFC 8176) that this app issues, in words. */
const words: Readonly<Record<string, string>> = { pwd: "Password" };

/** The kinds of credentials that this app makes, in words. */
const credentialKinds: Readonly<Record<string, string>> = { password: "Password" };

/** A credential by the name that its user gave it, or by its kind: a kind that this version does not know stands as it is. */
export function credentialName({ kind, label }: { kind: string; label: string | null }): string {
  return label ?? credentialKinds[kind] ?? kind;
}

/** How the user logged in: "Password". A value that this version does not know stands as it is; `mfa` only says that there are several. */
export function loginMethods(amr: readonly string[]): string {
  return amr
    .filter((value) => value !== "mfa")
    .map((value) => words[value] ?? value)
    .join(", ");
}
