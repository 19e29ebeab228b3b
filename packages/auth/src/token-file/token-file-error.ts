/** Why a file of logins was not used. Closed, so that a program can say each of them in its own words. */
export type TokenFileErrorReason =
  | "folder_open_to_others"
  | "symbolic_link"
  | "not_a_token_file"
  | "belongs_to_another_user"
  | "newer_version"
  | "unusable";

/** What is said of each, and what to do about it, beginning with a verb. */
const sentences: Record<TokenFileErrorReason, (path: string, cause: unknown) => [message: string, next: string]> = {
  folder_open_to_others: (folder) => [
    `Others can change what is in the folder "${folder}"`,
    `Close it to them: chmod go-w "${folder}"`,
  ],
  symbolic_link: (path) => [
    `"${path}" is a symbolic link, which is not followed with tokens in hand`,
    "Name the file itself, or remove the link",
  ],
  not_a_token_file: (path) => [`"${path}" is not a file of logins`, "Name another file"],
  belongs_to_another_user: (path) => [`"${path}" belongs to another user`, "Name another file"],
  newer_version: () => [
    "The file of logins was written by a newer version of Watchword",
    "Update this program, or name another file",
  ],
  unusable: (path, cause) => [
    `The file of logins cannot be used (${codeOf(cause) ?? "unknown cause"}): "${path}"`,
    "See to its folder and the room on the disk, or name another file",
  ],
};

/** The only error that a file of logins throws. What was in the file is still there, and no session was ended by it. */
export class TokenFileError extends Error {
  override readonly name = "TokenFileError";
  readonly reason: TokenFileErrorReason;
  /** What to do now. */
  readonly next: string;

  /** @param path the file, or the folder, that is spoken of */
  constructor(reason: TokenFileErrorReason, path: string, cause?: unknown) {
    const [message, next] = sentences[reason](path, cause);
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.next = next;
  }
}

/** What the system said no to, in our words. What already is in our words stays. */
export function asTokenFileError(path: string, error: unknown): TokenFileError {
  return error instanceof TokenFileError ? error : new TokenFileError("unusable", path, error);
}

/** What Node's own calls have in `code`, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
