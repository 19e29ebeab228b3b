/** The values of `amr` (RFC 8176) that this app issues, in words. */
const words: Readonly<Record<string, string>> = { pwd: "Password" };

/** A credential by the name that its user gave it, or by its kind. */
export function credentialName({ kind, label }: { kind: string; label: string | null }): string {
  return label ?? methodName(kind);
}

/** How the user logged in: "Password". A value that this version does not know stands as it is; `mfa` only says that there are several. */
export function loginMethods(amr: readonly string[]): string {
  return amr
    .filter((value) => value !== "mfa")
    .map((value) => words[value] ?? value)
    .join(", ");
}

/** The kinds of credential whose name on the wire is no word of a user. */
const kindWords = new Map<string, string>([["password", "Password"]]);

/** A kind of credential as a user reads it: "Password". One that this version has no word for by its name: "Paper code". */
export function methodName(kind: string): string {
  const spaced = kind.replaceAll("_", " ").trim();
  return kindWords.get(kind) ?? spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/**
 * Whether a step-up begins with the password, which every form knows how to ask for.
 *
 * @param methods each of which would bring the call further; undefined or none from a server that does not name them
 */
export function asksForPassword(methods: readonly string[] | undefined): boolean {
  return methods === undefined || methods.length === 0 || methods.includes("password");
}

/** For a kind that draws something for a device: one field of text cannot answer that. */
export function noFormFor(kind: string): string {
  return `This page cannot ask for that yet (${methodName(kind)}). Choose another way`;
}
