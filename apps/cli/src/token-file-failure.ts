import type { TokenFileError, TokenFileErrorReason } from "@watchword/auth/token-file";
import { Failure } from "./failure.ts";

interface Told {
  reason: "token_file_unsafe" | "token_file_unusable";
  /** Where the command has another word for it than the library. */
  message?: string;
  next?: string;
}

const otherFile = "Name another file in WATCHWORD_TOKEN_FILE";

/** How each of them is told by a command whose file is named in the environment. */
const told: Record<TokenFileErrorReason, Told> = {
  folder_open_to_others: { reason: "token_file_unsafe" },
  symbolic_link: {
    reason: "token_file_unsafe",
    next: "Name the file itself in WATCHWORD_TOKEN_FILE, or remove the link",
  },
  not_a_token_file: { reason: "token_file_unsafe", next: otherFile },
  belongs_to_another_user: { reason: "token_file_unsafe", next: otherFile },
  newer_version: {
    reason: "token_file_unusable",
    message: "The file of logins was written by a newer version of this command",
    next: "Update watchword, or name another file in WATCHWORD_TOKEN_FILE",
  },
  unusable: {
    reason: "token_file_unusable",
    next: "See to its folder and the room on the disk, or name another file in WATCHWORD_TOKEN_FILE",
  },
};

export function explainTokenFile(error: TokenFileError): Failure {
  const { reason, message = error.message, next = error.next } = told[error.reason];
  return new Failure(message, { reason, next, cause: error });
}
