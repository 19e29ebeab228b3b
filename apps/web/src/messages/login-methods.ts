/** The values of `amr` (RFC 8176) that this app issues, in words. */
const words: Readonly<Record<string, string>> = { pwd: "Password" };

/** How the user logged in: "Password". A value that this version does not know stands as it is; `mfa` only says that there are several. */
export function loginMethods(amr: readonly string[]): string {
  return amr
    .filter((value) => value !== "mfa")
    .map((value) => words[value] ?? value)
    .join(", ");
}
